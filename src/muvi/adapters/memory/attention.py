"""What waits for a person, in memory."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import datetime
from uuid import UUID

from typing_extensions import override

from muvi.adapters.memory.database import MemoryDatabase
from muvi.domain.orders.checkout import Checkout, CheckoutState
from muvi.domain.orders.order import Order
from muvi.domain.payments.attempt import PaymentAttempt
from muvi.domain.payments.doubt import in_doubt
from muvi.domain.payments.refund import Refund, RefundStatus
from muvi.domain.shared.money import Money
from muvi.ports.orders.attention import AttentionViews, Waiting, WaitingKind


class MemoryAttentionViews(AttentionViews):
    """Reads the tables of checkouts, refunds and payment attempts."""

    def __init__(self, database: MemoryDatabase) -> None:
        self._database = database

    @override
    async def waiting(self, limit: int, *, now: datetime) -> tuple[Waiting, ...]:
        found = [*self._checkouts(), *self._refunds(now), *self._payments(now)]
        return tuple(sorted(found, key=_place)[:limit])

    @override
    async def count(self, *, now: datetime) -> Mapping[WaitingKind, int]:
        everything = (*self._checkouts(), *self._refunds(now), *self._payments(now))
        counted = Counter(one.kind for one in everything)
        return {kind: counted[kind] for kind in WaitingKind}

    def _checkouts(self) -> Iterator[Waiting]:
        orders: dict[UUID, Order] = self._database.table("orders")
        rows: dict[UUID, Checkout] = self._database.table("checkouts")
        for row in rows.values():
            if row.state is CheckoutState.MANUAL:
                order = orders[row.order_id]
                yield Waiting(
                    kind=WaitingKind.CHECKOUT,
                    order_id=order.id,
                    since=row.since,
                    amount=Money(order.total_minor, order.currency),
                    code=row.reason,
                )

    def _refunds(self, now: datetime) -> Iterator[Waiting]:
        rows: dict[UUID, Refund] = self._database.table("refunds")
        for row in rows.values():
            overdue = row.is_overdue(now)
            if overdue or row.status is RefundStatus.MANUAL:
                yield Waiting(
                    kind=WaitingKind.REFUND,
                    order_id=row.order_id,
                    refund_id=row.id,
                    since=row.requested_at,
                    amount=row.amount,
                    code=row.last_code,
                    still_sent=overdue,
                )

    def _payments(self, now: datetime) -> Iterator[Waiting]:
        rows: dict[UUID, PaymentAttempt] = self._database.table("payment_attempts")
        for row in rows.values():
            if in_doubt(row, now):
                yield Waiting(
                    kind=WaitingKind.PAYMENT,
                    order_id=row.order_id,
                    attempt_id=row.id,
                    since=row.watch_until,
                    amount=row.amount,
                    code=row.last_code,
                )


def _place(one: Waiting) -> tuple[object, ...]:
    which = one.refund_id or one.attempt_id
    return one.since, one.order_id, which is None, str(which)
