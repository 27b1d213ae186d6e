"""What waits for a person, read from PostgreSQL."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum

from sqlalchemy import (
    ColumnElement,
    RowMapping,
    Uuid,
    bindparam,
    false,
    func,
    literal,
    literal_column,
    null,
    select,
    union_all,
)
from sqlalchemy.ext.asyncio import AsyncEngine
from typing_extensions import override

from muvi.adapters.db.errors import translating
from muvi.adapters.db.tables.orders import checkouts, orders
from muvi.adapters.db.tables.payments import payment_attempts, refunds
from muvi.domain.orders.checkout import CheckoutState
from muvi.domain.payments.attempt_status import PAID
from muvi.domain.payments.doubt import UNCLEAR, doubted_since
from muvi.domain.payments.refund import RefundStatus, overdue_since
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
        null().cast(Uuid).label("attempt_id"),
        checkouts.c.since.label("since"),
        orders.c.total_minor.label("amount_minor"),
        orders.c.currency,
        checkouts.c.reason.label("code"),
        false().label("still_sent"),
    )
    .join(orders, orders.c.id == checkouts.c.order_id)
    .where(checkouts.c.state == _literal(CheckoutState.MANUAL))
)
_REFUNDS = select(
    literal(WaitingKind.REFUND.value).label("kind"),
    refunds.c.order_id,
    refunds.c.id.label("refund_id"),
    null().cast(Uuid).label("attempt_id"),
    refunds.c.requested_at.label("since"),
    refunds.c.amount_minor,
    refunds.c.currency,
    refunds.c.last_code.label("code"),
    (refunds.c.status != _literal(RefundStatus.MANUAL)).label("still_sent"),
)
_OWED = _REFUNDS.where(refunds.c.status == _literal(RefundStatus.MANUAL))
_OVERDUE = _REFUNDS.where(
    refunds.c.next_at.is_not(None),
    refunds.c.status.in_([_literal(RefundStatus.REQUESTED), _literal(RefundStatus.SENT)]),
    refunds.c.transaction_id == literal_column("''"),
    refunds.c.requested_at <= bindparam("overdue_since"),
)
_PAYMENTS = select(
    literal(WaitingKind.PAYMENT.value).label("kind"),
    payment_attempts.c.order_id,
    null().cast(Uuid).label("refund_id"),
    payment_attempts.c.id.label("attempt_id"),
    payment_attempts.c.watch_until.label("since"),
    payment_attempts.c.amount_minor,
    payment_attempts.c.currency,
    payment_attempts.c.last_code.label("code"),
    false().label("still_sent"),
).where(
    payment_attempts.c.next_check_at.is_not(None),
    payment_attempts.c.last_verdict.in_([_literal(verdict) for verdict in sorted(UNCLEAR)]),
    payment_attempts.c.status.not_in([_literal(status) for status in sorted(PAID)]),
    payment_attempts.c.watch_until <= bindparam("doubted_since"),
)
_ALL = union_all(_CHECKOUTS, _OWED, _OVERDUE, _PAYMENTS).subquery("waiting")
_WHICH = func.coalesce(_ALL.c.refund_id, _ALL.c.attempt_id)
_WAITING = select(_ALL).order_by(_ALL.c.since, _ALL.c.order_id, _WHICH).limit(bindparam("most"))
_COUNT = select(_ALL.c.kind, func.count()).group_by(_ALL.c.kind)


class SqlAttentionViews(AttentionViews):
    """Three tables, one list."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    @override
    async def waiting(self, limit: int, *, now: datetime) -> tuple[Waiting, ...]:
        facts = _moments(now) | {"most": limit}
        async with translating(), self._engine.connect() as connection:
            found = (await connection.execute(_WAITING, facts)).mappings().all()
        return tuple(_waiting(row) for row in found)

    @override
    async def count(self, *, now: datetime) -> Mapping[WaitingKind, int]:
        async with translating(), self._engine.connect() as connection:
            found = (await connection.execute(_COUNT, _moments(now))).all()
        return dict.fromkeys(WaitingKind, 0) | {WaitingKind(kind): number for kind, number in found}


def _moments(now: datetime) -> dict[str, object]:
    return {"doubted_since": doubted_since(now), "overdue_since": overdue_since(now)}


def _waiting(row: RowMapping) -> Waiting:
    return Waiting(
        kind=WaitingKind(row["kind"]),
        order_id=row["order_id"],
        refund_id=row["refund_id"],
        attempt_id=row["attempt_id"],
        since=row["since"],
        amount=Money(row["amount_minor"], row["currency"]),
        code=row["code"],
        still_sent=row["still_sent"],
    )
