"""Reads the record of earlier runs back into state: a restart forgets neither a booking nor a seat."""

from collections.abc import Callable, Collection
from typing import Any

import msgspec

from muvi_sandbox.chain.prices import BY_CODE
from muvi_sandbox.chain.schedule import Session
from muvi_sandbox.vista.bookings import Booking, Bookings
from muvi_sandbox.vista.orders import Line, Order, Orders
from muvi_sandbox.vista.seats import COUNTER
from muvi_sandbox.vista.wire import from_utc
from muvi_sandbox.vista.world import World

Event = dict[str, Any]
_ENDS = frozenset({"order-cancelled", "order-expired", "booking-completed"})
_STEPS = frozenset({"order-created", "tickets-set", "order-extended"})


class Replay:
    """Applies recorded effects once more, without recording them. Shows that are over are passed by."""

    def __init__(self, world: World, orders: Orders, bookings: Bookings) -> None:
        self._world = world
        self._orders = orders
        self._bookings = bookings
        self._apply: dict[str, Callable[[Event], None]] = {
            "order-created": self._created,
            "tickets-set": self._tickets_set,
            "order-extended": self._extended,
            "booking-completed": self._completed,
            "booking-refunded": self._refunded,
            "counter-sale": self._counter_sale,
            "session-cancelled": self._session_cancelled,
            "price-changed": self._price_changed,
        }

    def run(self, events: Collection[Event]) -> None:
        """Apply events, oldest first; of an order that has ended since nothing but its booking counts."""
        ended = {event["usid"] for event in events if event["event"] in _ENDS}
        for event in events:
            apply = self._apply.get(event["event"])
            if apply is not None and not (event["event"] in _STEPS and event["usid"] in ended):
                apply(event)

    def _created(self, event: Event) -> None:
        created, expires = from_utc(event["createdAt"]), from_utc(event["expiresAt"])
        self._orders.add(Order(event["usid"], event["cinemaId"], event["platform"], created, expires))

    def _tickets_set(self, event: Event) -> None:
        order, session = self._orders.get(event["usid"]), self._session(event)
        if order is None or session is None:
            return
        lines = [
            Line(
                BY_CODE.get(ticket["code"] or ""), ticket["priceCents"], session.layout.named(ticket["seats"])
            )
            for ticket in event["tickets"]
        ]
        self._orders.put_lines(order, session, lines)
        order.fee = event["feeCents"]

    def _extended(self, event: Event) -> None:
        order = self._orders.get(event["usid"])
        if order is not None:
            self._orders.postpone(order, from_utc(event["expiresAt"]))

    def _completed(self, event: Event) -> None:
        booking = msgspec.convert(event, Booking)
        self._bookings.add(booking)
        for session, seats in self._bookings.places(booking, booking.tickets):
            self._world.halls.of(session).take(seats, booking.usid)

    def _refunded(self, event: Event) -> None:
        booking = self._bookings.of_order(event["usid"])
        if booking is None:
            return
        tickets = [ticket for ticket in booking.tickets if ticket.sequence in event["sequences"]]
        for ticket in tickets:
            ticket.refunded = True
        self._bookings.release(booking, tickets)

    def _counter_sale(self, event: Event) -> None:
        session = self._session(event)
        if session is not None:
            seats = (seat.index for seat in session.layout.named(event["seats"]))
            self._world.halls.of(session).take(seats, COUNTER)

    def _session_cancelled(self, event: Event) -> None:
        self._world.cancelled_sessions.add((event["cinemaId"], int(event["sessionId"])))

    def _price_changed(self, event: Event) -> None:
        self._world.change_price(event["cinemaId"], event["ticketTypeCode"], event["priceCents"])

    def _session(self, event: Event) -> Session | None:
        return self._world.chain.sessions.get((event["cinemaId"], int(event["sessionId"])))
