"""What the box office in memory keeps, and its rules about tickets and prices."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime

from muvi.domain.seating.seat_plan import Seat, SeatKey, SeatPlan, SeatStatus, TicketType
from muvi.domain.shared.actor import Platform
from muvi.domain.shared.money import inclusive_vat_minor
from muvi.ports.errors import Refused
from muvi.ports.seating.box_office import (
    Booking,
    BoxOfficeOrder,
    BoxOfficeTicket,
    Buyer,
    OrderRef,
    PaidBy,
    SeatsUnavailable,
    ShowtimeRef,
    TicketChoice,
)

SYSTEM = "box-office"


@dataclass(slots=True)
class ShowtimeState:
    """A showtime on sale, and who holds which seat."""

    plan: SeatPlan
    types: tuple[TicketType, ...]
    platforms: frozenset[Platform]
    holders: dict[SeatKey, str] = field(default_factory=dict)


@dataclass(slots=True)
class OrderState:
    """An order that is alive."""

    ref: OrderRef
    expires_at: datetime
    tickets: dict[ShowtimeRef, tuple[BoxOfficeTicket, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class SoldBooking:
    """What the box office remembers of a completed order."""

    booking: Booking
    order: BoxOfficeOrder
    tenders: tuple[PaidBy, ...]
    buyer: Buyer
    made_at: datetime


def view_of(order: OrderState, fee_per_seat_minor: int) -> BoxOfficeOrder:
    """Tax is computed on the running total, so that equal tickets may differ by one minor unit."""
    tickets, total, taxed = [], 0, 0
    for ticket in (t for chosen in order.tickets.values() for t in chosen):
        total += ticket.price_minor
        tax = inclusive_vat_minor(total) - taxed
        taxed += tax
        tickets.append(replace(ticket, tax_minor=tax))
    fee = fee_per_seat_minor * sum(len(ticket.seats) for ticket in tickets)
    fee_tax = inclusive_vat_minor(total + fee) - taxed
    return BoxOfficeOrder(
        ref=order.ref,
        expires_at=order.expires_at,
        total_minor=total + fee,
        tax_minor=taxed + fee_tax,
        booking_fee_minor=fee,
        booking_fee_tax_minor=fee_tax,
        tickets=tuple(tickets),
    )


def priced(hall: ShowtimeState, holder: str, choice: TicketChoice) -> BoxOfficeTicket:
    """The ticket, when the hall allows it and its seats are free for this holder. Raises `Refused`."""
    known = next((known for known in hall.types if known.id == choice.ticket_type_id), None)
    if known is None or len(choice.seats) != known.seats:
        raise Refused("ticket type does not fit", reason="ticket-type", system=SYSTEM)
    categories = {area.id: area.category for area in hall.plan.areas}
    for key in choice.seats:
        seat = _seat(hall.plan, key)
        if categories[seat.area_id] != known.category:
            raise Refused("ticket type of another area", reason="area-category", system=SYSTEM)
        if seat.status is not SeatStatus.AVAILABLE or hall.holders.get(key, holder) != holder:
            raise SeatsUnavailable("seats are not available", reason="SeatsUnavailable", system=SYSTEM)
    return BoxOfficeTicket(
        ticket_type_id=known.id,
        name=known.name.en,
        seats=choice.seats,
        price_minor=known.price_minor,
        tax_minor=0,
    )


def _seat(plan: SeatPlan, key: SeatKey) -> Seat:
    found = next((seat for seat in plan.seats if seat.key == key), None)
    if found is None:
        raise Refused("no such seat", reason="seat-not-found", system=SYSTEM)
    return found


def check_groups(plan: SeatPlan, keys: list[SeatKey]) -> None:
    """Every sofa whole, no seat twice. Raises `Refused`."""
    asked = set(keys)
    if len(asked) != len(keys):
        raise Refused("a seat is named twice", reason="seat-named-twice", system=SYSTEM)
    if any(not asked.issuperset(_seat(plan, key).group) for key in asked):
        raise Refused("all seats of a group go together", reason="seat-group", system=SYSTEM)
