"""Have the machine try again what waits for a person."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from muvi.application.orders.attendance import doubted, require_attendant, signature
from muvi.application.orders.transaction import PurchaseTx
from muvi.domain.orders.checkout import CheckoutState
from muvi.domain.orders.errors import NotWaiting, OrderNotFound
from muvi.domain.orders.order import Order
from muvi.domain.payments.refund import RefundStatus
from muvi.domain.shared.actor import Actor
from muvi.domain.shared.ids import to_wire
from muvi.ports.clock import Clock
from muvi.ports.orders.attention import WaitingKind
from muvi.ports.transaction import UnitOfWork


@dataclass(frozen=True, slots=True, kw_only=True)
class RetryAttentionCommand:
    """`id` is an order's, for its checkout, a refund's or a payment attempt's."""

    actor: Actor
    id: UUID


@dataclass(frozen=True, slots=True)
class RetryAttention:
    """For staff and the system. The workers do the work; this only makes it due and writes down who did.

    A checkout asks the box office at once. A refund is asked about at the gateway; it goes out again only
    when the gateway surely knows of none; one that it never took is sent at once. A payment is asked about at
    the gateway. Raises `Forbidden`, `OrderNotFound`, `NotWaiting`.
    """

    begin: UnitOfWork[PurchaseTx]
    clock: Clock

    async def __call__(self, command: RetryAttentionCommand) -> WaitingKind:
        """What kind of thing it was."""
        require_attendant(command.actor)
        now, by = self.clock.now(), signature(command.actor)
        async with self.begin() as tx:
            refund = await tx.refunds.get(command.id)
            attempt = None if refund else await tx.attempts.get(command.id)
            named = refund or attempt
            order = await tx.orders.get(named.order_id if named else command.id, for_update=True)
            if order is None:
                raise OrderNotFound
            if refund is not None:
                kind, which = WaitingKind.REFUND, {"refund": to_wire(refund.id)}
                await _try_again(tx, refund.id, now)
            elif attempt is not None:
                kind, which = WaitingKind.PAYMENT, {"attempt": to_wire(attempt.id)}
                await _ask_again(tx, attempt.id, now)
            else:
                kind, which = WaitingKind.CHECKOUT, {}
                await _wake(tx, order, now)
            order.note("attention-retried", now, by=by, **which)
            await tx.orders.save(order)
        return kind


async def _wake(tx: PurchaseTx, order: Order, now: datetime) -> None:
    checkout = await tx.checkouts.get(order.id)
    if checkout.state is not CheckoutState.MANUAL:
        raise NotWaiting(state=checkout.state.value)
    await tx.checkouts.wake(order.id, now)


async def _try_again(tx: PurchaseTx, refund_id: UUID, now: datetime) -> None:
    refund = await tx.refunds.get(refund_id, for_update=True)
    if refund is None or not (refund.status is RefundStatus.MANUAL or refund.is_overdue(now)):
        raise NotWaiting(state=refund.status.value if refund else "")
    refund.try_again(now)
    await tx.refunds.save(refund)


async def _ask_again(tx: PurchaseTx, attempt_id: UUID, now: datetime) -> None:
    attempt = await doubted(tx, attempt_id, now)
    attempt.signal(now)
    await tx.attempts.save(attempt)
