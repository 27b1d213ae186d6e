"""Take over what the box office holds, inside a phase in which the order is locked."""

from __future__ import annotations

from datetime import datetime

from muvi.application.orders.transaction import PurchaseTx
from muvi.domain.orders.line import OrderLine
from muvi.domain.orders.order import Order
from muvi.domain.seating.seat_plan import SeatKey
from muvi.ports.seating.box_office import BoxOfficeOrder


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


async def drop_selection(tx: PurchaseTx, order: Order, now: datetime, *, gone: bool = True) -> None:
    """Nothing is chosen any more.

    `gone`: the box office has no order of ours. Else it holds something that the buyer has not seen: the
    claims stand as long as it does, and the next choice or the end of the order replaces both.
    """
    order.lines = ()
    order.note("selection-lost", now)
    if not gone:
        return
    order.detach()
    await tx.claims.release(order.showtime_id, order_id=order.id, now=now)
