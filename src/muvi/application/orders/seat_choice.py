"""A choice of seats on its way to the box office."""

from __future__ import annotations

from dataclasses import dataclass

from muvi.domain.orders.order import Operation, Order
from muvi.domain.seating.seat_plan import SeatKey, SeatPlan
from muvi.domain.seating.selection import ChosenTicket
from muvi.ports.seating.box_office import BoxOfficeOrder, TicketChoice
from muvi.ports.showtimes.for_sale import ShowtimeForSale


@dataclass(frozen=True, slots=True, kw_only=True)
class SeatChoice:
    """What phase one committed. `former`: the seats that both systems held for the order until now."""

    operation: Operation
    order: Order
    showtime: ShowtimeForSale
    tickets: tuple[ChosenTicket, ...]
    plan: SeatPlan
    former: frozenset[SeatKey]

    @property
    def wanted(self) -> tuple[SeatKey, ...]:
        """Every seat of the choice."""
        return tuple(seat.key for ticket in self.tickets for seat in ticket.seats)

    @property
    def asked(self) -> tuple[TicketChoice, ...]:
        """The choice in the words of the port."""
        return tuple(
            TicketChoice(ticket_type_id=ticket.ticket_type.id, seats=tuple(seat.key for seat in ticket.seats))
            for ticket in self.tickets
        )

    def taken_by(self, held: BoxOfficeOrder) -> bool:
        """Whether the box office holds exactly what was wanted: these seats with these tickets."""
        wanted = {seat: ticket.ticket_type_id for ticket in self.asked for seat in ticket.seats}
        return wanted == {seat: ticket.ticket_type_id for ticket in held.tickets for seat in ticket.seats}

    def untouched_by(self, held: BoxOfficeOrder) -> bool:
        """Whether the box office holds what it held before, at the price that the buyer was shown if any."""
        shown = not self.order.seats or held.total_minor == self.order.total_minor
        return shown and held.seats == self.former
