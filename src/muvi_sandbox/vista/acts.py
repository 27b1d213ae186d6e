"""What happens at the cinema without any client: the counter sells, a show is called off, a price changes."""

from collections.abc import Mapping
from typing import Any, TypeVar

import msgspec

from muvi_sandbox.chain.halls import Kind, Position, Seat
from muvi_sandbox.chain.prices import BY_CODE
from muvi_sandbox.chain.schedule import Session
from muvi_sandbox.knobs import BadControl
from muvi_sandbox.vista.orders import Orders
from muvi_sandbox.vista.seats import COUNTER
from muvi_sandbox.vista.world import World


class SeatPosition(msgspec.Struct, rename="camel"):
    """A seat as V2 names it."""

    area_number: int
    row_index: int
    column_index: int


class _Show(msgspec.Struct, rename="camel", forbid_unknown_fields=True, kw_only=True):
    """Which show."""

    cinema_id: str
    session_id: str | int


class CounterSale(_Show):
    """Seats by place ("area-row-column" or an object), or any `count` free ones from the back."""

    seats: list[SeatPosition | str] = []
    count: int = 0


class CancelSession(_Show):
    """The show leaves feed, plan and sale; orders and bookings on it stay."""


class ChangePrice(msgspec.Struct, rename="camel", forbid_unknown_fields=True, kw_only=True):
    """A new price of a ticket type, in one cinema or (without `cinemaId`) everywhere."""

    ticket_type_code: str
    price_in_cents: int
    cinema_id: str = ""


A = TypeVar("A", bound=msgspec.Struct)


class Acts:
    """The acts by name."""

    def __init__(self, world: World, orders: Orders) -> None:
        self._world = world
        self._orders = orders

    def perform(self, action: str, facts: Mapping[str, Any]) -> dict[str, Any]:
        """Perform an act. Raises BadControl for an unknown one, wrong facts or seats that are not free."""
        match action:
            case "counter-sale":
                return self._counter_sale(_facts(facts, CounterSale))
            case "cancel-session":
                return self._cancel_session(_facts(facts, CancelSession))
            case "change-price":
                return self._change_price(_facts(facts, ChangePrice))
            case "sweep":
                self._orders.sweep()
                return {}
            case _:
                raise BadControl(
                    f"no such act: {action}; there are counter-sale, cancel-session, change-price, sweep"
                )

    def _counter_sale(self, sale: CounterSale) -> dict[str, Any]:
        session = self._session(sale)
        seats = self._world.halls.of(session)
        wanted = [_seat(session, name) for name in sale.seats] or self._any_free(session, sale.count)
        if not wanted:
            raise BadControl("a counter sale needs seats or a count")
        if any(seat.index in seats.taken for seat in wanted):
            raise BadControl("a seat of the counter sale is not free")
        seats.take((seat.index for seat in wanted), COUNTER)
        names = [str(seat.position) for seat in wanted]
        self._world.record(
            "counter-sale", cinemaId=session.cinema.id, sessionId=str(session.number), seats=names
        )
        return {"seats": names}

    def _any_free(self, session: Session, count: int) -> list[Seat]:
        """Return single free seats from the back; raises BadControl when there are too few."""
        taken = self._world.halls.of(session).taken
        free = [
            seat
            for seat in reversed(session.layout.seats)
            if seat.kind is Kind.NORMAL and not seat.group and seat.index not in taken
        ]
        if len(free) < count:
            raise BadControl(f"only {len(free)} seats are free")
        return free[:count]

    def _cancel_session(self, show: CancelSession) -> dict[str, Any]:
        session = self._session(show)
        self._world.cancelled_sessions.add(session.key)
        self._world.record("session-cancelled", cinemaId=session.cinema.id, sessionId=str(session.number))
        return {}

    def _change_price(self, change: ChangePrice) -> dict[str, Any]:
        if change.ticket_type_code not in BY_CODE:
            raise BadControl(f"no such ticket type: {change.ticket_type_code}")
        self._world.change_price(change.cinema_id, change.ticket_type_code, change.price_in_cents)
        self._world.record(
            "price-changed",
            cinemaId=change.cinema_id,
            ticketTypeCode=change.ticket_type_code,
            priceCents=change.price_in_cents,
        )
        return {}

    def _session(self, show: _Show) -> Session:
        session = self._world.session(show.cinema_id, show.session_id)
        if session is None:
            raise BadControl(f"no such session: {show.session_id} of cinema {show.cinema_id}")
        return session


def _facts(facts: Mapping[str, Any], shape: type[A]) -> A:
    try:
        return msgspec.convert(dict(facts), shape)
    except msgspec.ValidationError as error:
        raise BadControl(str(error)) from error


def _seat(session: Session, name: SeatPosition | str) -> Seat:
    if isinstance(name, SeatPosition):
        position: Position | None = Position(name.area_number, name.row_index, name.column_index)
    else:
        position = Position.named(name)
    seat = session.layout.by_position.get(position) if position else None
    if seat is None:
        raise BadControl(f"no such seat: {name}")
    return seat
