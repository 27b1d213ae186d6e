"""Write down that a person gave money back in some other way than through the gateway."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from muvi.application.orders.attendance import note_of, require_attendant, signature
from muvi.application.orders.transaction import PurchaseTx
from muvi.domain.ledger.journal import paid_out
from muvi.domain.orders.errors import NotWaiting, OrderNotFound
from muvi.domain.payments.refund import Refund, RefundStatus
from muvi.domain.shared.actor import Actor
from muvi.domain.shared.ids import to_wire
from muvi.ports.clock import Clock
from muvi.ports.transaction import UnitOfWork


@dataclass(frozen=True, slots=True, kw_only=True)
class PayOutRefundCommand:
    """`note` says how and where it can be found again, such as the number of a bank transfer."""

    actor: Actor
    refund_id: UUID
    note: str


@dataclass(frozen=True, slots=True)
class PayOutRefund:
    """For staff and the system: the refund is done, posted once, and no gateway is asked about it any more.

    Raises `Forbidden`, `Invalid` for a note that is empty or too long, `OrderNotFound`, `NotWaiting`.
    """

    begin: UnitOfWork[PurchaseTx]
    clock: Clock

    async def __call__(self, command: PayOutRefundCommand) -> Refund:
        """The refund as it stands now."""
        require_attendant(command.actor)
        note = note_of(command.note)
        now = self.clock.now()
        async with self.begin() as tx:
            named = await tx.refunds.get(command.refund_id)
            order = await tx.orders.get(named.order_id, for_update=True) if named else None
            attempt = await tx.attempts.get(named.attempt_id, for_update=True) if named else None
            refund = await tx.refunds.get(command.refund_id, for_update=True)
            if order is None or attempt is None or refund is None:
                raise OrderNotFound("no such refund")
            if refund.status is not RefundStatus.MANUAL:
                raise NotWaiting(state=refund.status.value)
            refund.paid_out(now)
            attempt.refund_done(refund.payment_id, refund.amount)
            source, minor, currency = to_wire(refund.id), refund.amount.minor, refund.amount.currency
            await tx.attempts.save(attempt)
            await tx.ledger.post(
                paid_out(source=source, order_id=order.id, minor=minor, currency=currency, at=now)
            )
            await tx.refunds.save(refund)
            order.note(
                "refund-paid-out",
                now,
                by=signature(command.actor),
                refund=source,
                amount_minor=minor,
                note=note,
            )
            await tx.orders.save(order)
            await tx.checkouts.wake(order.id, now)
        return refund
