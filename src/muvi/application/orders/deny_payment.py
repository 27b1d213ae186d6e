"""Write down that a person found no money of a payment that its gateway cannot tell of."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from muvi.application.orders.attendance import doubted, note_of, require_attendant, signature
from muvi.application.orders.transaction import PurchaseTx
from muvi.domain.orders.errors import OrderNotFound
from muvi.domain.payments.attempt import PaymentAttempt
from muvi.domain.payments.report import PaymentReport, Verdict
from muvi.domain.shared.actor import Actor
from muvi.domain.shared.ids import to_wire
from muvi.ports.clock import Clock
from muvi.ports.transaction import UnitOfWork

BY_HAND = "denied-by-hand"


@dataclass(frozen=True, slots=True, kw_only=True)
class DenyPaymentCommand:
    """`note` says who looked where."""

    actor: Actor
    attempt_id: UUID
    note: str


@dataclass(frozen=True, slots=True)
class DenyPayment:
    """For staff and the system: nobody asks about the attempt any more, unless its gateway speaks of it.

    Raises `Forbidden`, `Invalid` for a note that is empty or too long, `OrderNotFound`, `NotWaiting`.
    """

    begin: UnitOfWork[PurchaseTx]
    clock: Clock

    async def __call__(self, command: DenyPaymentCommand) -> PaymentAttempt:
        """The attempt as it stands now."""
        require_attendant(command.actor)
        note, now = note_of(command.note), self.clock.now()
        async with self.begin() as tx:
            named = await tx.attempts.get(command.attempt_id)
            order = await tx.orders.get(named.order_id, for_update=True) if named else None
            if order is None:
                raise OrderNotFound("no such payment")
            attempt = await doubted(tx, command.attempt_id, now)
            denial = PaymentReport(verdict=Verdict.NEVER_PAID, code=BY_HAND)
            attempt.apply(denial, now, signals_seen=attempt.signals)
            await tx.attempts.save(attempt)
            by = signature(command.actor)
            order.note("payment-denied", now, by=by, attempt=to_wire(attempt.id), note=note)
            await tx.orders.save(order)
            await tx.checkouts.wake(order.id, now)
        return attempt
