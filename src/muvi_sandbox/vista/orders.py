"""Orders between their creation and their end: booked, cancelled or swept."""

import heapq
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from uuid import uuid4

from muvi_sandbox.chain.halls import Seat
from muvi_sandbox.chain.prices import TicketType
from muvi_sandbox.chain.schedule import Session
from muvi_sandbox.vista.wire import after, utc
from muvi_sandbox.vista.world import World


@dataclass(frozen=True, slots=True)
class Line:
    """One ticket of an order, or seats held without a ticket type yet (price 0)."""

    ticket_type: TicketType | None
    price: int
    seats: tuple[Seat, ...]


@dataclass(slots=True)
class Order:
    """What a client builds up under its UserSessionId."""

    usid: str
    cinema_id: str
    platform: str
    created: datetime
    expires: datetime
    lines: dict[int, list[Line]] = field(default_factory=dict)
    fee: int = 0

    def all_lines(self) -> Iterator[Line]:
        """Every line of every session."""
        return (line for lines in self.lines.values() for line in lines)

    @property
    def total(self) -> int:
        """What the guest owes, booking fee included."""
        return sum(line.price for line in self.all_lines()) + self.fee

    def seat_names(self, session_number: int) -> list[str]:
        """Return seats of one session as area-row-column."""
        return [str(seat.position) for line in self.lines.get(session_number, ()) for seat in line.seats]


class Orders:
    """Every order that is alive. The sweep runs before each call, so an expired order is never met."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._alive: dict[str, Order] = {}
        self._deadlines: list[tuple[datetime, str]] = []

    def create(self, cinema_id: str, platform: str) -> Order:
        """Open an empty order."""
        now = self._world.now()
        order = Order(uuid4().hex, cinema_id, platform, now, after(now, self._world.knobs.order_ttl_s))
        self.add(order)
        self._world.record(
            "order-created",
            usid=order.usid,
            cinemaId=cinema_id,
            platform=platform,
            createdAt=utc(now),
            expiresAt=utc(order.expires),
        )
        return order

    def add(self, order: Order) -> None:
        """Put an order among the living."""
        self._alive[order.usid] = order
        self._watch(order)

    def get(self, usid: str) -> Order | None:
        """Return a living order."""
        return self._alive.get(usid)

    def put_lines(self, order: Order, session: Session, lines: list[Line]) -> None:
        """Replace the tickets of one session; seats that are not asked for again are free at once."""
        seats = self._world.halls.of(session)
        seats.release(
            (seat.index for line in order.lines.get(session.number, ()) for seat in line.seats), order.usid
        )
        seats.take((seat.index for line in lines for seat in line.seats), order.usid)
        if lines:
            order.lines[session.number] = lines
        else:
            order.lines.pop(session.number, None)
        sold = sum(len(line.seats) for line in order.all_lines() if line.ticket_type is not None)
        order.fee = sold * self._world.knobs.booking_fee_cents

    def set_tickets(self, order: Order, session: Session, lines: list[Line]) -> None:
        """Replace the tickets of one session and note it."""
        self.put_lines(order, session, lines)
        self._world.record(
            "tickets-set",
            usid=order.usid,
            cinemaId=order.cinema_id,
            sessionId=str(session.number),
            seats=order.seat_names(session.number),
            tickets=[
                {
                    "code": line.ticket_type.code if line.ticket_type else None,
                    "priceCents": line.price,
                    "seats": [str(seat.position) for seat in line.seats],
                }
                for line in lines
            ],
            feeCents=order.fee,
            totalCents=order.total,
        )

    def extend(self, order: Order, expires: datetime, why: str) -> None:
        """Let an order live longer; never shorter."""
        if expires > order.expires:
            self.postpone(order, expires)
            self._world.record("order-extended", usid=order.usid, by=why, expiresAt=utc(expires))

    def postpone(self, order: Order, expires: datetime) -> None:
        """Move an order's expiry."""
        order.expires = expires
        self._watch(order)

    def end(self, order: Order, event: str) -> None:
        """Free the seats, forget the order and note why."""
        seats = {str(number): order.seat_names(number) for number in order.lines}
        self.drop(order)
        self._world.record(event, usid=order.usid, cinemaId=order.cinema_id, sessions=seats)

    def complete(self, order: Order) -> None:
        """Forget an order whose seats now belong to its booking, under the same key."""
        del self._alive[order.usid]

    def drop(self, order: Order) -> None:
        """Free the seats and forget the order."""
        for number, lines in order.lines.items():
            session = self._world.chain.sessions.get((order.cinema_id, number))
            if session is not None:
                held = (seat.index for line in lines for seat in line.seats)
                self._world.halls.of(session).release(held, order.usid)
        del self._alive[order.usid]

    def sweep(self) -> None:
        """End every order past its expiry and the grace after it."""
        limit = after(self._world.now(), -self._world.knobs.expiry_grace_s)
        while self._deadlines and self._deadlines[0][0] <= limit:
            _, usid = heapq.heappop(self._deadlines)
            order = self._alive.get(usid)
            if order is not None and order.expires <= limit:
                self.end(order, "order-expired")

    def _watch(self, order: Order) -> None:
        heapq.heappush(self._deadlines, (order.expires, order.usid))
