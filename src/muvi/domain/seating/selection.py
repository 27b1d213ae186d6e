"""A guest's choice of seats and tickets, held against the plan of the hall before anybody is asked for it.

Whether a seat is still free is not decided here: the plan may be some seconds old. Only what cannot change
while the hall stands is checked.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from muvi.domain.seating.seat_plan import Seat, SeatKey, SeatPlan, SeatStatus, TicketType
from muvi.domain.shared.errors import Conflict, Invalid


class SeatNotFound(Invalid):
    """The hall of this showtime has no such seats; `seats` names those that it does not have."""

    code = "seat-not-found"
    title = "This hall has no such seat"
    title_ar = "لا يوجد مقعد كهذا في هذه القاعة"


class SeatChosenTwice(Invalid):
    """One seat stands in the request more than once; `seats` names which."""

    code = "seat-chosen-twice"
    title = "A seat is chosen more than once"
    title_ar = "تم اختيار مقعد أكثر من مرة"


class SeatsRequired(Invalid):
    """There is nothing to claim."""

    code = "seats-missing"
    title = "Choose at least one seat"
    title_ar = "اختر مقعدًا واحدًا على الأقل"


class TooManySeats(Invalid):
    """More seats than one order may hold; `max_seats` says how many."""

    code = "too-many-seats"
    title = "Too many seats for one order"
    title_ar = "عدد المقاعد يتجاوز المسموح في الطلب الواحد"


class TicketTypeNotFound(Invalid):
    """No ticket of this type is sold for this showtime."""

    code = "ticket-type-not-found"
    title = "This ticket is not sold for this showtime"
    title_ar = "هذه التذكرة غير متاحة لهذا العرض"


class TicketTypeNotAllowed(Invalid):
    """The ticket belongs to another area than the seat."""

    code = "ticket-type-not-allowed"
    title = "This ticket cannot be used on this seat"
    title_ar = "لا يمكن استخدام هذه التذكرة لهذا المقعد"


class TooManyTickets(Invalid):
    """More tickets of one type than an order may hold."""

    code = "too-many-tickets"
    title = "Too many tickets of one type"
    title_ar = "عدد التذاكر من هذا النوع يتجاوز المسموح"


class SeatGroupIncomplete(Invalid):
    """A sofa is sold as a whole; `missing_seats` names the rest of it."""

    code = "seat-group-incomplete"
    title = "A sofa is sold as a whole"
    title_ar = "تُباع الأريكة كاملة"


class WrongSeatCount(Invalid):
    """One ticket takes a fixed number of seats, and another number was named."""

    code = "wrong-seat-count"
    title = "The ticket takes another number of seats"
    title_ar = "عدد المقاعد لا يناسب التذكرة"


class SeatsTaken(Conflict):
    """Somebody else has the seats that `seats` names by id and label."""

    code = "seats-unavailable"
    title = "Some of the seats are no longer available"
    title_ar = "بعض المقاعد لم تعد متاحة"

    @classmethod
    def naming(cls, seats: Iterable[Seat]) -> SeatsTaken:
        """Name the seats lost."""
        named = sorted(seats, key=lambda seat: seat.key)
        message = f"No longer available: {', '.join(seat.label for seat in named)}"
        return cls(message, seats=[{"id": seat.key, "label": seat.label} for seat in named])


@dataclass(frozen=True, slots=True, kw_only=True)
class TicketWish:
    """One ticket as a guest asks for it."""

    ticket_type_id: str
    seats: tuple[SeatKey, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ChosenTicket:
    """One ticket that the hall allows."""

    ticket_type: TicketType
    seats: tuple[Seat, ...]


def choose(
    plan: SeatPlan, ticket_types: Sequence[TicketType], wishes: Sequence[TicketWish], *, max_seats: int
) -> tuple[ChosenTicket, ...]:
    """Check a whole choice and give it back with what the plan knows of it.

    Raises one of the errors above; `SeatsTaken` only for places that are not sold at all.
    """
    seats = {seat.key: seat for seat in plan.seats}
    _check_seats([key for wish in wishes for key in wish.seats], seats, max_seats)
    categories = {area.id: area.category for area in plan.areas}
    types = {known.id: known for known in ticket_types}
    chosen = tuple(_ticket(wish, seats, types, categories) for wish in wishes)
    _check_limits(chosen)
    return chosen


def lost_seats(
    plan: SeatPlan, asked: Iterable[SeatKey], own: frozenset[SeatKey] = frozenset()
) -> tuple[Seat, ...]:
    """Those of the asked seats that a fresh plan shows as gone, seats of our `own` order excepted.

    The box office refuses without naming a seat: when all of them look free, all of them are named.
    """
    keys = frozenset(asked)
    seats = [seat for seat in plan.seats if seat.key in keys]
    gone = tuple(s for s in seats if s.status is not SeatStatus.AVAILABLE and s.key not in own)
    return gone or tuple(s for s in seats if s.key not in own) or tuple(seats)


def _check_seats(keys: list[SeatKey], seats: Mapping[SeatKey, Seat], max_seats: int) -> None:
    if not keys:
        raise SeatsRequired
    if len(keys) > max_seats:
        raise TooManySeats(f"An order holds at most {max_seats} seats", max_seats=max_seats)
    twice = sorted(key for key, count in Counter(keys).items() if count > 1)
    if twice:
        raise SeatChosenTwice(seats=twice)
    unknown = sorted(key for key in keys if key not in seats)
    if unknown:
        raise SeatNotFound(f"No such seat in this hall: {', '.join(unknown)}", seats=unknown)
    asked = frozenset(keys)
    missing = sorted({key for chosen in asked for key in seats[chosen].group} - asked)
    if missing:
        raise SeatGroupIncomplete(
            missing_seats=[{"id": key, "label": seats[key].label if key in seats else key} for key in missing]
        )
    blocked = [seats[key] for key in keys if seats[key].status is SeatStatus.BLOCKED]
    if blocked:
        raise SeatsTaken.naming(blocked)


def _ticket(
    wish: TicketWish,
    seats: Mapping[SeatKey, Seat],
    types: Mapping[str, TicketType],
    categories: Mapping[str, str],
) -> ChosenTicket:
    known = types.get(wish.ticket_type_id)
    if known is None:
        raise TicketTypeNotFound(ticket_type_id=wish.ticket_type_id)
    places = tuple(seats[key] for key in wish.seats)
    strange = [seat.key for seat in places if categories.get(seat.area_id) != known.category]
    if strange:
        raise TicketTypeNotAllowed(ticket_type_id=known.id, seats=strange)
    if len(places) != known.seats:
        raise WrongSeatCount(
            f"{known.name.en or known.id} takes {known.seats} seat(s)",
            ticket_type_id=known.id,
            seat_count=known.seats,
        )
    return ChosenTicket(ticket_type=known, seats=places)


def _check_limits(chosen: Sequence[ChosenTicket]) -> None:
    counted = Counter(ticket.ticket_type for ticket in chosen)
    for known, count in counted.items():
        if known.max_per_order is not None and count > known.max_per_order:
            raise TooManyTickets(ticket_type_id=known.id, max_tickets=known.max_per_order)
