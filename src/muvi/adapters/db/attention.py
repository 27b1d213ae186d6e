"""What waits for a person, read from PostgreSQL."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from sqlalchemy import ColumnElement, RowMapping, Uuid, func, literal, literal_column, null, select, union_all
from sqlalchemy.ext.asyncio import AsyncEngine
from typing_extensions import override

from muvi.adapters.db.errors import translating
from muvi.adapters.db.tables.orders import checkouts, orders
from muvi.adapters.db.tables.payments import refunds
from muvi.domain.orders.checkout import CheckoutState
from muvi.domain.payments.refund import RefundStatus
from muvi.domain.shared.money import Money
from muvi.ports.orders.attention import AttentionViews, Waiting, WaitingKind


def _literal(state: StrEnum) -> ColumnElement[str]:
    """Written into the statement, since a partial index is of no use to a parameter."""
    return literal_column(f"'{state.value}'")


_CHECKOUTS = (
    select(
        literal(WaitingKind.CHECKOUT.value).label("kind"),
        checkouts.c.order_id,
        null().cast(Uuid).label("refund_id"),
        checkouts.c.since.label("since"),
        orders.c.total_minor.label("amount_minor"),
        orders.c.currency,
        checkouts.c.reason.label("code"),
    )
    .join(orders, orders.c.id == checkouts.c.order_id)
    .where(checkouts.c.state == _literal(CheckoutState.MANUAL))
)
_REFUNDS = select(
    literal(WaitingKind.REFUND.value).label("kind"),
    refunds.c.order_id,
    refunds.c.id.label("refund_id"),
    refunds.c.requested_at.label("since"),
    refunds.c.amount_minor,
    refunds.c.currency,
    refunds.c.last_code.label("code"),
).where(refunds.c.status == _literal(RefundStatus.MANUAL))
_ALL = union_all(_CHECKOUTS, _REFUNDS).subquery("waiting")
_WAITING = select(_ALL).order_by(_ALL.c.since, _ALL.c.order_id, _ALL.c.refund_id)
_COUNT = select(_ALL.c.kind, func.count()).group_by(_ALL.c.kind)


class SqlAttentionViews(AttentionViews):
    """Two tables, one list."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    @override
    async def waiting(self, limit: int) -> tuple[Waiting, ...]:
        async with translating(), self._engine.connect() as connection:
            found = (await connection.execute(_WAITING.limit(limit))).mappings().all()
        return tuple(_waiting(row) for row in found)

    @override
    async def count(self) -> Mapping[WaitingKind, int]:
        async with translating(), self._engine.connect() as connection:
            found = (await connection.execute(_COUNT)).all()
        return dict.fromkeys(WaitingKind, 0) | {WaitingKind(kind): number for kind, number in found}


def _waiting(row: RowMapping) -> Waiting:
    return Waiting(
        kind=WaitingKind(row["kind"]),
        order_id=row["order_id"],
        refund_id=row["refund_id"],
        since=row["since"],
        amount=Money(row["amount_minor"], row["currency"]),
        code=row["code"],
    )
