"""The checkout process in PostgreSQL: leased work, woken by a doorbell."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Boolean, Text, bindparam, case, func, null, select, text, update
from sqlalchemy.ext.asyncio import AsyncConnection
from typing_extensions import override

from muvi.adapters.db.causes import CAUSE, cause_facts, cause_row, caused
from muvi.adapters.db.direct import later
from muvi.adapters.db.leases import claimed, claiming
from muvi.adapters.db.tables.orders import checkouts
from muvi.domain.orders.checkout import Checkout, CheckoutState
from muvi.domain.orders.order import OrderStatus
from muvi.ports.orders.checkouts import Checkouts

CHANNEL = "muvi_checkouts"

_CLAIM = claiming("checkouts", key="order_id", due="next_at")
_WAKE = text(
    "UPDATE checkouts SET next_at = least(next_at, :at),"
    " request_id = coalesce(:caused_request_id, request_id),"
    " traceparent = coalesce(:caused_traceparent, traceparent) WHERE order_id = :order"
    " RETURNING pg_notify(:channel, '')"
).bindparams(bindparam("caused_request_id", type_=Text), bindparam("caused_traceparent", type_=Text))
KEPT = ("order_id", "lease_until")
_ADD = checkouts.insert()
_GET = select(checkouts).where(checkouts.c.order_id == bindparam("key")).with_for_update()
_FRESH: dict[str, Any] = {
    column.name: bindparam(f"new_{column.name}", type_=column.type)
    for column in checkouts.columns
    if column.name not in (*KEPT, *CAUSE)
}
_LEASE = case((bindparam("rest", type_=Boolean), null()), else_=checkouts.c.lease_until)
_DUE = (checkouts.c.next_at <= func.now()) & checkouts.c.lease_until.is_(None)
_SAVE = (
    update(checkouts)
    .where(checkouts.c.order_id == bindparam("key"))
    .values(**_FRESH, lease_until=_LEASE, **caused(checkouts.c))
    .returning(case((_DUE, func.pg_notify(CHANNEL, ""))))
)


class SqlCheckouts(Checkouts):
    """The process rows of one transaction."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    @override
    async def add(self, checkout: Checkout) -> None:
        await later(self._connection, _ADD, _row(checkout) | cause_row())

    @override
    async def get(self, order_id: UUID) -> Checkout:
        row = (await self._connection.execute(_GET, {"key": order_id})).mappings().first()
        if row is None:
            raise LookupError(f"order {order_id} has no checkout")
        return checkout_of(row)

    @override
    async def save(self, checkout: Checkout, *, rest: bool = False) -> None:
        row = {f"new_{name}": value for name, value in _row(checkout).items() if name not in KEPT}
        row |= {"key": checkout.order_id, "rest": rest, "new_version": checkout.version + 1}
        row |= cause_facts()
        await later(self._connection, _SAVE, row)
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
        facts = {"order": order_id, "at": at, "channel": CHANNEL}
        await later(self._connection, _WAKE, facts | cause_facts())


_PLAIN = tuple(column.name for column in checkouts.columns if column.name not in CAUSE)


def _row(checkout: Checkout) -> dict[str, object]:
    return {name: getattr(checkout, name) for name in _PLAIN}


def checkout_of(row: Mapping[Any, Any]) -> Checkout:
    """A process from its row."""
    plain = {name: row[name] for name in _PLAIN}
    return Checkout(**plain | {"state": CheckoutState(row["state"]), "target": OrderStatus(row["target"])})
