"""Payment attempts, refunds, webhooks and call budgets in memory."""

from __future__ import annotations

import copy
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from typing_extensions import override

from muvi.adapters.memory.database import MemoryDatabase
from muvi.domain.orders.order import Order, OrderStatus
from muvi.domain.payments.attempt import PaymentAttempt
from muvi.domain.payments.capture import goes_back
from muvi.domain.payments.refund import Refund
from muvi.domain.payments.report import ReportedTransaction, Verdict
from muvi.ports.clock import Clock
from muvi.ports.payments.attempts import AttemptChanged, PaymentAttempts
from muvi.ports.payments.gateway import CallBudgets
from muvi.ports.payments.refunds import RefundChanged, Refunds
from muvi.ports.payments.views import PaymentPageView, PaymentViews, ShowPaidFor
from muvi.ports.payments.webhooks import WebhookEvent, WebhookEvents
from muvi.ports.showtimes.for_sale import ShowtimeForSale


class MemoryPaymentAttempts(PaymentAttempts):
    """Attempts on the tables of a memory database."""

    def __init__(self, database: MemoryDatabase) -> None:
        self._attempts: dict[UUID, PaymentAttempt] = database.table("payment_attempts")
        self._transactions: dict[tuple[str, str], tuple[UUID, ReportedTransaction, datetime]] = (
            database.table("gateway_transactions")
        )

    @override
    async def add(self, attempt: PaymentAttempt) -> None:
        if attempt.id in self._attempts:
            raise ValueError(f"attempt {attempt.id} is already there")
        self._attempts[attempt.id] = copy.deepcopy(attempt)

    @override
    async def get(self, attempt_id: UUID, *, for_update: bool = False) -> PaymentAttempt | None:
        found = self._attempts.get(attempt_id)
        return None if found is None else _fresh(found)

    @override
    async def by_checkout(self, gateway: str, checkout_id: str) -> UUID | None:
        if not checkout_id:
            return None
        names = ((one.id, one.gateway, one.checkout_id) for one in self._attempts.values())
        return next((found for found, *rest in names if rest == [gateway, checkout_id]), None)

    @override
    async def of_order(self, order_id: UUID, *, for_update: bool = False) -> tuple[PaymentAttempt, ...]:
        found = sorted(key for key, one in self._attempts.items() if one.order_id == order_id)
        return tuple(_fresh(self._attempts[key]) for key in found)

    @override
    async def save(self, attempt: PaymentAttempt) -> None:
        if self._attempts[attempt.id].version != attempt.version:
            raise AttemptChanged
        attempt.version += 1
        attempt.news = False
        self._attempts[attempt.id] = copy.deepcopy(attempt)

    @override
    async def record(
        self, attempt: PaymentAttempt, transactions: Sequence[ReportedTransaction], at: datetime
    ) -> tuple[ReportedTransaction, ...]:
        kept = []
        for found in transactions:
            key = (attempt.gateway, found.id)
            owner, known, seen = self._transactions.get(key, (attempt.id, found, at))
            if not found.id or owner != attempt.id:
                continue
            stays = known.verdict is Verdict.CAPTURED
            self._transactions[key] = (attempt.id, replace(known) if stays else found, seen)
            kept.append(found)
        return tuple(kept)

    @override
    async def claim_due(self, now: datetime, *, limit: int, lease_s: float) -> tuple[UUID, ...]:
        return _claimed(self._attempts, "next_check_at", now, limit, lease_s)

    @override
    async def keep_lease(self, attempt_id: UUID, until: datetime) -> None:
        row = self._attempts[attempt_id]
        row.lease_until = until if row.lease_until else None


class MemoryRefunds(Refunds):
    """Refunds on a table of a memory database."""

    def __init__(self, database: MemoryDatabase) -> None:
        self._refunds: dict[UUID, Refund] = database.table("refunds")

    @override
    async def add(self, refund: Refund) -> None:
        if refund.id in self._refunds:
            raise ValueError(f"refund {refund.id} is already there")
        self._refunds[refund.id] = copy.deepcopy(refund)

    @override
    async def get(self, refund_id: UUID, *, for_update: bool = False) -> Refund | None:
        return copy.deepcopy(self._refunds.get(refund_id))

    @override
    async def of_order(self, order_id: UUID) -> tuple[Refund, ...]:
        found = sorted(key for key, one in self._refunds.items() if one.order_id == order_id)
        return tuple(copy.deepcopy(self._refunds[key]) for key in found)

    @override
    async def save(self, refund: Refund) -> None:
        if self._refunds[refund.id].version != refund.version:
            raise RefundChanged
        refund.version += 1
        self._refunds[refund.id] = copy.deepcopy(refund)

    @override
    async def claim_due(self, now: datetime, *, limit: int, lease_s: float) -> tuple[UUID, ...]:
        return _claimed(self._refunds, "next_at", now, limit, lease_s)

    @override
    async def keep_lease(self, refund_id: UUID, until: datetime) -> None:
        row = self._refunds[refund_id]
        row.lease_until = until if row.lease_until else None


class MemoryWebhookEvents(WebhookEvents):
    """Messages on a table of a memory database."""

    def __init__(self, database: MemoryDatabase) -> None:
        self._events: dict[tuple[str, str], WebhookEvent] = database.table("webhook_events")

    @override
    async def add(self, event: WebhookEvent) -> bool:
        return self._events.setdefault((event.gateway, event.digest), event) is event


class MemoryCallBudgets(CallBudgets):
    """A sliding window per key in one process."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._taken: dict[str, list[datetime]] = {}

    @override
    async def take(self, key: str, *, limit: int, per_s: int) -> float:
        now, window = self._clock.now(), timedelta(seconds=per_s)
        recent = [at for at in self._taken.get(key, []) if at > now - window]
        if len(recent) >= limit:
            return max(0.05, (recent[-limit] + window - now).total_seconds())
        self._taken[key] = [*recent, now]
        return 0.0


def _fresh(attempt: PaymentAttempt) -> PaymentAttempt:
    """A copy as read from a database: without what happened to it in memory."""
    read = copy.deepcopy(attempt)
    read.events = []
    return read


def _claimed(
    rows: dict[UUID, Any], due_field: str, now: datetime, limit: int, lease_s: float
) -> tuple[UUID, ...]:
    waiting = [
        (getattr(row, due_field), key)
        for key, row in rows.items()
        if getattr(row, due_field) is not None
        and getattr(row, due_field) <= now
        and (row.lease_until is None or row.lease_until <= now)
    ]
    chosen = [key for _, key in sorted(waiting)[:limit]]
    for key in chosen:
        rows[key].lease_until = now + timedelta(seconds=lease_s)
    return tuple(chosen)


class MemoryPaymentViews(PaymentViews):
    """Pages of the attempts of a memory database."""

    def __init__(self, database: MemoryDatabase) -> None:
        self._database = database

    @override
    async def of(self, attempt_id: UUID) -> PaymentPageView | None:
        attempt = self._database.table("payment_attempts").get(attempt_id)
        if not isinstance(attempt, PaymentAttempt):
            return None
        order = self._database.table("orders").get(attempt.order_id)
        return PaymentPageView(
            attempt_id=attempt.id,
            order_id=attempt.order_id,
            gateway=attempt.gateway,
            status=attempt.status,
            amount=attempt.amount,
            pay_by=attempt.pay_by,
            front=attempt.front,
            success_url=attempt.success_url,
            failed_url=attempt.failed_url,
            language=attempt.language,
            last_verdict=attempt.last_verdict,
            next_check_at=attempt.next_check_at,
            order=None if order is None else order.status,
            another_card=order is not None and self._waits(order, attempt),
            was_heard_of=attempt.signals > 0,
            goes_back=goes_back(attempt.captured),
            show=None if order is None else self._show(order),
        )

    def _waits(self, order: Order, attempt: PaymentAttempt) -> bool:
        others = self._database.table("payment_attempts").values()
        newer = any(other.order_id == order.id and other.id > attempt.id for other in others)
        same = order.total_minor == attempt.amount.minor
        return order.status is OrderStatus.PENDING and same and not newer

    def _show(self, order: Order) -> ShowPaidFor:
        showtime: ShowtimeForSale = self._database.table("showtimes_for_sale")[order.showtime_id]
        return ShowPaidFor(
            film=showtime.film_title,
            cinema=showtime.cinema_name,
            screen=showtime.screen_name,
            starts_at=showtime.starts_at,
            zone=showtime.zone,
            seats=tuple(line.seat.label for line in order.lines if line.seat is not None),
        )
