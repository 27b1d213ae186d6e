"""Lines of an order from what the box office holds: its prices, its taxes, our names for seats and
tickets.
"""

from __future__ import annotations

from dataclasses import dataclass

from muvi.domain.orders.line import ChosenSeat, LineKind, OrderLine, split_minor
from muvi.domain.seating.seat_plan import Seat, SeatKey, TicketType
from muvi.ports.clock import Ids
from muvi.ports.errors import OutcomeUnknown
from muvi.ports.seating.box_office import BoxOfficeOrder, BoxOfficeTicket, ShowtimeRef
from muvi.ports.seating.plans import SeatPlans

FEE_EN, FEE_AR = "Booking fee", "رسوم الحجز"
ANY_AGE_S = 3600.0


@dataclass(frozen=True, slots=True)
class LineWriter:
    """Writes the lines of a box office order. Their sum is the box office's own total."""

    plans: SeatPlans
    ids: Ids

    async def write(self, held: BoxOfficeOrder, showtime: ShowtimeRef) -> tuple[OrderLine, ...]:
        """One line per seat, one for the booking fee. Raises what `SeatPlans` raises."""
        plan = await self.plans.plan(showtime, held.ref.platform, max_age_s=ANY_AGE_S)
        types = await self.plans.ticket_types(showtime, held.ref.platform)
        seats = {seat.key: seat for seat in plan.seats}
        names = {known.id: known for known in types}
        lines: list[OrderLine] = []
        for index, ticket in enumerate(held.tickets):
            lines += self._of_ticket(index, len(lines), ticket, seats, names.get(ticket.ticket_type_id))
        return tuple(lines + self._fee(held, len(lines)))

    def _of_ticket(
        self,
        index: int,
        position: int,
        ticket: BoxOfficeTicket,
        seats: dict[SeatKey, Seat],
        known: TicketType | None,
    ) -> list[OrderLine]:
        prices = split_minor(ticket.price_minor, len(ticket.seats))
        taxes = split_minor(ticket.tax_minor, len(ticket.seats))
        return [
            OrderLine(
                id=self.ids.new(),
                position=position + offset,
                kind=LineKind.TICKET,
                name_en=known.name.en if known else ticket.name,
                name_ar=(known.name.ar if known else "") or ticket.name,
                price_minor=prices[offset],
                vat_minor=taxes[offset],
                seat=_chosen(key, seats),
                ticket_type_id=ticket.ticket_type_id,
                ticket_index=index,
            )
            for offset, key in enumerate(ticket.seats)
        ]

    def _fee(self, held: BoxOfficeOrder, position: int) -> list[OrderLine]:
        rest = held.total_minor - sum(ticket.price_minor for ticket in held.tickets)
        if rest < 0:
            raise OutcomeUnknown("the box office's total is less than its tickets", system="box-office")
        if rest == 0:
            return []
        return [
            OrderLine(
                id=self.ids.new(),
                position=position,
                kind=LineKind.BOOKING_FEE,
                name_en=FEE_EN,
                name_ar=FEE_AR,
                price_minor=rest,
                vat_minor=min(rest, held.booking_fee_tax_minor),
            )
        ]


def _chosen(key: SeatKey, seats: dict[SeatKey, Seat]) -> ChosenSeat:
    seat = seats.get(key)
    if seat is None:
        raise OutcomeUnknown("the box office holds a seat that its plan does not have", system="box-office")
    return ChosenSeat(
        key=seat.key,
        row=seat.row,
        number=seat.number,
        label=seat.label,
        area_id=seat.area_id,
        kind=seat.kind,
    )
