"""Take over what the box office holds, inside a phase in which the order is locked."""

from __future__ import annotations

from collections.abc import Set as AbstractSet
from datetime import datetime, timedelta

from muvi.application.orders.transaction import PurchaseTx
from muvi.domain.orders.line import OrderLine
from muvi.domain.orders.order import Order
from muvi.domain.seating.seat_plan import SeatKey
from muvi.ports.seating.box_office import BoxOfficeOrder

CLAIM_SAFETY_S = 900
"""A claim outlives its order by this, since only a known cancel or the box office's own expiry frees a
seat.
"""

NOTHING: AbstractSet[str] = frozenset()


async def adopt(
    tx: PurchaseTx, order: Order, held: BoxOfficeOrder, lines: tuple[OrderLine, ...], now: datetime
) -> None:
    """The box office's seats and prices become the order's; every other claim is given up."""
    order.choose(lines, held.expires_at)
    record = order.box_office_order
    if record is not None:
        order.attach(record.read(expires_at=held.expires_at, total_minor=held.total_minor))
    order.note("seats-chosen", now, seats=len(order.seats), total_minor=order.total_minor)
    await tx.claims.release(order.showtime_id, order_id=order.id, now=now, keep=map(SeatKey, order.seats))


async def drop_selection(
    tx: PurchaseTx, order: Order, now: datetime, *, held: AbstractSet[str] = NOTHING
) -> None:
    """Nothing is chosen any more.

    `held`: the seats that the box office holds for us all the same and that the buyer has not seen. They are
    claimed, whoever asked for them, until the next choice or the end of the order replaces both. Without
    any, there is no order of ours.
    """
    order.lines = ()
    order.note("selection-lost", now)
    if not held:
        order.detach()
    else:
        await tx.claims.claim(
            order.showtime_id, map(SeatKey, held), order_id=order.id, until=claimed_until(order), now=now
        )
    await tx.claims.release(order.showtime_id, order_id=order.id, now=now, keep=map(SeatKey, held))


def claimed_until(order: Order) -> datetime:
    """When the claims of an unpaid order lapse, whatever happens."""
    return order.expires_at + timedelta(seconds=CLAIM_SAFETY_S)
