"""What has to be true of a purchase, whatever happened: counted from what buyers did, not from our rows.

Written without the program's own tables of states; it shares no code with what it judges.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from uuid import UUID

from tests.shop import Shop

from muvi.adapters.memory.seating import ClaimState

WAYS = {
    "": {"PENDING"},
    "PENDING": {"PENDING", "CONFIRMED", "EXPIRED", "CANCELLED"},
    "EXPIRED": {"EXPIRED", "CONFIRMED"},
    "CONFIRMED": {"CONFIRMED"},
    "CANCELLED": {"CANCELLED"},
}
HOLDING = (ClaimState.HELD, ClaimState.PAYING, ClaimState.SOLD)


@dataclass(slots=True)
class Bought:
    """One order as its buyer knows it: `charges` are what the card was charged, in minor units; `standing`
    those among them since the choice was last changed.
    """

    buyer: int
    seen: str = ""
    charges: list[int] = field(default_factory=list)
    standing: list[int] = field(default_factory=list)
    told_cancelled: bool = False

    def charged(self, minor: int) -> None:
        """The card was charged."""
        self.charges.append(minor)
        self.standing.append(minor)

    @property
    def paid_minor(self) -> int:
        return sum(self.charges)


@dataclass(slots=True)
class Model:
    """All orders of one run."""

    orders: dict[UUID, Bought] = field(default_factory=dict)
    disturbed: bool = False
    """Whether a third party failed, a process died or the counter sold a seat: then who pays may lose."""

    def breaches(self, shop: Shop) -> Iterator[str]:
        """What must not be, at any moment."""
        if shop.balance() != 0:
            yield "the ledger does not add up"
        for order_id, known in self.orders.items():
            for told in self._of(shop, order_id, known):
                yield f"{told}: order {order_id}, {known}"
        yield from _shared_seats(shop, self.orders)

    def _of(self, shop: Shop, order_id: UUID, known: Bought) -> Iterator[str]:
        order = shop.order(order_id)
        if order.status not in WAYS[known.seen]:
            yield f"{known.seen} became {order.status}"
        known.seen = str(order.status)
        if known.told_cancelled and order.status != "CANCELLED":
            yield "told cancelled"
        yield from _money(shop, order_id, known)
        if order.status == "CONFIRMED":
            yield from _sale(shop, order_id, known)
        elif shop.seats_of(order_id, ClaimState.SOLD) or shop.tickets_of(order_id):
            yield "seats or tickets without a confirmed order"

    def ends(self, shop: Shop) -> Iterator[str]:
        """What must not be once everything has come to rest."""
        for order_id, known in self.orders.items():
            shop.must_be_whole(order_id)
            order = shop.order(order_id)
            wanted = order.total_minor if order.status == "CONFIRMED" else 0
            if shop.kept_minor(order_id) != wanted:
                yield f"{shop.kept_minor(order_id)} kept of {order_id}, not {wanted}"
            # money for another choice goes back, also when the buyer returns to that choice afterwards
            alone = len(self.orders) == 1 and not self.disturbed and not known.told_cancelled
            if alone and order.total_minor in known.standing and order.status != "CONFIRMED":
                yield f"paid alone and in peace, but {order.status}"


def _money(shop: Shop, order_id: UUID, known: Bought) -> Iterator[str]:
    """Nothing without a charge, nothing returned that was not taken."""
    kept, bookings = shop.kept_minor(order_id), shop.bookings(order_id)
    if not 0 <= kept <= known.paid_minor:
        yield f"{kept} kept of {known.paid_minor}"
    if bookings > bool(known.charges):
        yield f"{bookings} bookings for {len(known.charges)} charges"
    for attempt in shop.attempts(order_id):
        for capture in attempt.captured:
            if shop.gateway.refunded_minor(capture.transaction_id) > capture.amount.minor:
                yield "more returned than taken"


def _sale(shop: Shop, order_id: UUID, known: Bought) -> Iterator[str]:
    """A confirmed order has its money, its booking, its seats and a ticket for each."""
    order, sold = shop.order(order_id), shop.seats_of(order_id, ClaimState.SOLD)
    if order.total_minor not in known.charges:
        yield "confirmed without its money"
    if shop.kept_minor(order_id) < order.total_minor:
        yield f"confirmed, but only {shop.kept_minor(order_id)} kept"
    if shop.bookings(order_id) != 1:
        yield "confirmed without a booking"
    if sold != set(order.seats) or not sold:
        yield f"confirmed seats are {order.seats}, sold are {sold}"
    if shop.tickets_of(order_id) != len(order.seats):
        yield "not a ticket for each seat"


def _shared_seats(shop: Shop, orders: dict[UUID, Bought]) -> Iterator[str]:
    """A seat belongs to one order, and a booked one to nobody else at the box office."""
    seen: dict[object, UUID] = {}
    for order_id in orders:
        for seat in shop.seats_of(order_id, *HOLDING):
            if seat in seen:
                yield f"{seat} is held for {seen[seat]} and {order_id}"
            seen[seat] = order_id
    booked = [
        seat for sold in shop.office.bookings.values() for one in sold.order.tickets for seat in one.seats
    ]
    if len(booked) != len(set(booked)):
        yield "the box office booked a seat twice"
