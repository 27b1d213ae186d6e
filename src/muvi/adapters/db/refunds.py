"""Refunds in PostgreSQL."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import RowMapping, select, text, update
from sqlalchemy.ext.asyncio import AsyncConnection
from typing_extensions import override

from muvi.adapters.db.causes import CAUSE, cause_row
from muvi.adapters.db.leases import claimed, claiming
from muvi.adapters.db.tables.payments import refunds
from muvi.domain.payments.refund import Refund, RefundStatus
from muvi.domain.shared.money import Money
from muvi.ports.payments.refunds import RefundChanged, Refunds

CHANNEL = "muvi_refunds"
_R = refunds.c
_RING = text(f"SELECT pg_notify('{CHANNEL}', '')")
_CLAIM = claiming("refunds", key="id", due="next_at")


class SqlRefunds(Refunds):
    """The refunds of one transaction; whatever becomes due rings the doorbell of the worker."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    @override
    async def add(self, refund: Refund) -> None:
        await self._connection.execute(refunds.insert().values(_row(refund) | cause_row()))
        await self._connection.execute(_RING)

    @override
    async def get(self, refund_id: UUID, *, for_update: bool = False) -> Refund | None:
        query = select(refunds).where(_R.id == refund_id)
        if for_update:
            query = query.with_for_update()
        row = (await self._connection.execute(query)).mappings().first()
        return None if row is None else _refund(row)

    @override
    async def of_order(self, order_id: UUID) -> tuple[Refund, ...]:
        query = select(refunds).where(_R.order_id == order_id).order_by(_R.id)
        return tuple(_refund(row) for row in (await self._connection.execute(query)).mappings())

    @override
    async def save(self, refund: Refund) -> None:
        changed = await self._connection.execute(
            update(refunds)
            .where(_R.id == refund.id, _R.version == refund.version)
            .values(_row(refund) | {"version": refund.version + 1})
        )
        if changed.rowcount != 1:
            raise RefundChanged
        refund.version += 1
        if refund.next_at is not None:
            await self._connection.execute(_RING)

    @override
    async def claim_due(self, now: datetime, *, limit: int, lease_s: float) -> tuple[UUID, ...]:
        return await claimed(self._connection, _CLAIM, now, limit=limit, lease_s=lease_s)

    @override
    async def keep_lease(self, refund_id: UUID, until: datetime) -> None:
        held = update(refunds).where(_R.id == refund_id, _R.lease_until.is_not(None))
        await self._connection.execute(held.values(lease_until=until))


_MAPPED = frozenset({"status", "amount_minor", "currency"})
_PLAIN = tuple(column.name for column in refunds.columns if column.name not in (*_MAPPED, *CAUSE))


def _row(refund: Refund) -> dict[str, Any]:
    return {name: getattr(refund, name) for name in _PLAIN} | {
        "status": refund.status.value,
        "amount_minor": refund.amount.minor,
        "currency": refund.amount.currency,
    }


def _refund(row: RowMapping) -> Refund:
    return Refund(
        **{name: row[name] for name in _PLAIN},
        status=RefundStatus(row["status"]),
        amount=Money(row["amount_minor"], row["currency"]),
    )
