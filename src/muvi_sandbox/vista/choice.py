"""Reads a set-tickets request into order lines: all of it is possible, or nothing changes."""

from collections.abc import Iterator

import msgspec

from muvi_sandbox.chain.halls import Kind, Position, Seat
from muvi_sandbox.chain.prices import BY_CODE, TicketType
from muvi_sandbox.chain.schedule import Session
from muvi_sandbox.vista.orders import Line, Order
from muvi_sandbox.vista.wire import Refused
from muvi_sandbox.vista.world import World

QUANTITY_PER_ORDER = 10


class SeatWish(msgspec.Struct, rename="camel"):
    """A seat as V2 names it."""

    area_number: int
    row_index: int
    column_index: int


class TicketWish(msgspec.Struct, rename="camel"):
    """The kind of ticket; without a price the list price counts."""

    ticket_type_code: str
    price_in_cents: int | None = None


class Wish(msgspec.Struct, rename="camel"):
    """One entry: seats without details hold them, details without seats ask for any seats."""

    ticket_details: TicketWish | None = None
    seats: list[SeatWish] | None = None


class SetTickets(msgspec.Struct, rename="camel"):
    """The whole ticket list of one session."""

    tickets: list[Wish] = []
    use_seat_auto_allocation: bool | None = None


def lines_for(world: World, order: Order, session: Session, wanted: SetTickets, channel: str) -> list[Line]:
    """Check a request and return its lines. Raises Refused; the order is untouched either way."""
    chooser = _Chooser(world, order, session, channel)
    lines = [
        chooser.line(wish, allocate=wanted.use_seat_auto_allocation is not False) for wish in wanted.tickets
    ]
    chooser.check_groups()
    return lines


class _Chooser:
    """Goes through the wishes of one request."""

    def __init__(self, world: World, order: Order, session: Session, channel: str) -> None:
        self._world = world
        self._order = order
        self._session = session
        self._channel = channel
        self._seats = world.halls.of(session)
        self._chosen: set[int] = set()
        self._of_type: dict[str, int] = {}

    def line(self, wish: Wish, *, allocate: bool) -> Line:
        """Return the line of one wish."""
        if wish.ticket_details is None:
            return Line(None, 0, tuple(self._named(wish.seats or [])))
        ticket_type = self._ticket_type(wish.ticket_details.ticket_type_code)
        price = self._price(ticket_type, wish.ticket_details.price_in_cents)
        if wish.seats:
            seats = tuple(self._named(wish.seats))
        elif allocate:
            seats = tuple(self._any(ticket_type))
        else:
            raise Refused(400, "SeatsRequired", "A ticket without seats needs seat auto allocation")
        self._check_fit(ticket_type, seats)
        return Line(ticket_type, price, seats)

    def check_groups(self) -> None:
        """A sofa is sold as a whole. Raises Refused."""
        plan = self._session.layout.seats
        for index in self._chosen:
            if not self._chosen.issuperset(plan[index].group):
                raise Refused(400, "SeatGroupIncomplete", "All seats of a group must be selected together")

    def _named(self, wishes: list[SeatWish]) -> Iterator[Seat]:
        if not wishes:
            raise Refused(400, "SeatsRequired", "An entry without ticket details must name seats")
        for wish in wishes:
            position = Position(wish.area_number, wish.row_index, wish.column_index)
            seat = self._session.layout.by_position.get(position)
            if seat is None or seat.index in self._chosen:
                raise Refused(400, "InvalidSeat", "A seat does not exist or is named twice")
            self._take(seat)
            yield seat

    def _take(self, seat: Seat) -> None:
        if not self._seats.is_free(seat, holder=self._order.usid):
            raise Refused(400, "SeatsUnavailable", "One or more seats are not available")
        self._chosen.add(seat.index)

    def _any(self, ticket_type: TicketType) -> Iterator[Seat]:
        """Yield free seats side by side for one ticket, from the back; special places are left alone."""
        layout = self._session.layout
        for seat in reversed(layout.seats):
            run = layout.seats[seat.index - ticket_type.seats + 1 : seat.index + 1]
            if len(run) == ticket_type.seats and all(self._suits(near, ticket_type, seat) for near in run):
                for near in run:
                    self._take(near)
                    yield near
                return
        raise Refused(400, "SeatsUnavailable", "One or more seats are not available")

    def _suits(self, seat: Seat, ticket_type: TicketType, last: Seat) -> bool:
        return (
            seat.kind is Kind.NORMAL
            and seat.position[:2] == last.position[:2]
            and (not seat.group or (len(seat.group) == ticket_type.seats and last.index == seat.group[-1]))
            and seat.index not in self._chosen
            and self._seats.is_free(seat, holder=self._order.usid)
            and self._session.layout.category_of(seat) is ticket_type.category
        )

    def _ticket_type(self, code: str) -> TicketType:
        ticket_type = BY_CODE.get(code)
        if ticket_type is None or ticket_type not in self._session.ticket_types:
            raise Refused(400, "TicketTypeNotFound", f"Ticket type {code} is not sold for this session")
        if self._channel not in ticket_type.channels:
            raise Refused(400, "TicketTypeNotFound", f"Ticket type {code} is not sold on this channel")
        self._of_type[code] = self._of_type.get(code, 0) + 1
        if self._of_type[code] > QUANTITY_PER_ORDER:
            raise Refused(400, "QuantityExceeded", f"Ticket type {code} is limited to {QUANTITY_PER_ORDER}")
        return ticket_type

    def _price(self, ticket_type: TicketType, wanted: int | None) -> int:
        price = self._world.price(self._session, ticket_type)
        if wanted is not None and wanted not in {price, -1}:
            raise Refused(400, "PriceMismatch", f"Ticket type {ticket_type.code} has another price")
        return price

    def _check_fit(self, ticket_type: TicketType, seats: tuple[Seat, ...]) -> None:
        if len(seats) != ticket_type.seats:
            raise Refused(
                400, "SeatCountMismatch", f"Ticket type {ticket_type.code} takes {ticket_type.seats} seats"
            )
        if any(self._session.layout.category_of(seat) is not ticket_type.category for seat in seats):
            raise Refused(400, "AreaCategoryMismatch", "The ticket type belongs to another area category")
