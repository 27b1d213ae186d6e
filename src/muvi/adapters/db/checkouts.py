"""The checkout process in PostgreSQL: leased work, woken by a doorbell."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Boolean, RowMapping, bindparam, case, func, null, select, text, update
from sqlalchemy.ext.asyncio import AsyncConnection
from typing_extensions import override

from muvi.adapters.db.leases import claimed, claiming
from muvi.adapters.db.tables.orders import checkouts
from muvi.domain.orders.checkout import Checkout, CheckoutState
from muvi.domain.orders.order import OrderStatus
from muvi.ports.orders.checkouts import Checkouts

CHANNEL = "muvi_checkouts"

_CLAIM = claiming("checkouts", key="order_id", due="next_at")
_WAKE = text(
    "UPDATE checkouts SET next_at = least(next_at, :at) WHERE order_id = :order"
    " RETURNING pg_notify(:channel, '')"
)
KEPT = ("order_id", "lease_until")
_ADD = checkouts.insert()
_GET = select(checkouts).where(checkouts.c.order_id == bindparam("key")).with_for_update()
_FRESH: dict[str, Any] = {
    column.name: bindparam(f"new_{column.name}", type_=column.type)
    for column in checkouts.columns
    if column.name not in KEPT
}
_LEASE = case((bindparam("rest", type_=Boolean), null()), else_=checkouts.c.lease_until)
_DUE = (checkouts.c.next_at <= func.now()) & checkouts.c.lease_until.is_(None)
_SAVE = (
    update(checkouts)
    .where(checkouts.c.order_id == bindparam("key"))
    .values(**_FRESH, lease_until=_LEASE)
    .returning(case((_DUE, func.pg_notify(CHANNEL, ""))))
)


class SqlCheckouts(Checkouts):
    """The process rows of one transaction."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    @override
    async def add(self, checkout: Checkout) -> None:
        await self._connection.execute(_ADD, _row(checkout))

    @override
    async def get(self, order_id: UUID) -> Checkout:
        row = (await self._connection.execute(_GET, {"key": order_id})).mappings().first()
        if row is None:
            raise LookupError(f"order {order_id} has no checkout")
        return _checkout(row)

    @override
    async def save(self, checkout: Checkout, *, rest: bool = False) -> None:
        row = {f"new_{name}": value for name, value in _row(checkout).items() if name not in KEPT}
        row |= {"key": checkout.order_id, "rest": rest, "new_version": checkout.version + 1}
        await self._connection.execute(_SAVE, row)
        checkout.version += 1

    @override
    async def claim_due(self, now: datetime, *, limit: int, lease_s: float) -> tuple[UUID, ...]:
        return await claimed(self._connection, _CLAIM, now, limit=limit, lease_s=lease_s)

    @override
    async def keep_lease(self, order_id: UUID, until: datetime) -> None:
        held = update(checkouts).where(checkouts.c.order_id == order_id, checkouts.c.lease_until.is_not(None))
        await self._connection.execute(held.values(lease_until=until))

    @override
    async def wake(self, order_id: UUID, at: datetime) -> None:
        await self._connection.execute(_WAKE, {"order": order_id, "at": at, "channel": CHANNEL})


def _row(checkout: Checkout) -> dict[str, object]:
    return {column.name: getattr(checkout, column.name) for column in checkouts.columns}


def _checkout(row: RowMapping) -> Checkout:
    return Checkout(**{**row, "state": CheckoutState(row["state"]), "target": OrderStatus(row["target"])})
