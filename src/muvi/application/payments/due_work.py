"""The work lists of payments: what must be asked about now, and which refunds must move."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from muvi.ports.clock import Clock
from muvi.ports.payments.transaction import PaymentsTx
from muvi.ports.transaction import UnitOfWork

LEASE_S = 15.0
"""How long a killed worker's work waits for another; a living one prolongs its lease."""


@dataclass(frozen=True, slots=True)
class ClaimDueAttempts:
    """For workers: lease attempts whose check is due; give each to `CheckPayment` with `leased`."""

    begin: UnitOfWork[PaymentsTx]
    clock: Clock

    async def __call__(self, limit: int) -> tuple[UUID, ...]:
        """At most `limit` ids, the longest waiting first."""
        async with self.begin.alone() as tx:
            return await tx.attempts.claim_due(self.clock.now(), limit=limit, lease_s=LEASE_S)


@dataclass(frozen=True, slots=True)
class KeepAttempt:
    """For workers: prolong the lease of an attempt that is still being asked about."""

    begin: UnitOfWork[PaymentsTx]
    clock: Clock

    async def __call__(self, attempt_id: UUID) -> None:
        """Hold it for another lease."""
        async with self.begin.alone() as tx:
            await tx.attempts.keep_lease(attempt_id, self.clock.now() + timedelta(seconds=LEASE_S))

    async def give_back(self, attempt_id: UUID) -> None:
        """Hold it no longer: another may take it at once."""
        async with self.begin.alone() as tx:
            await tx.attempts.keep_lease(attempt_id, self.clock.now())


@dataclass(frozen=True, slots=True)
class ClaimDueRefunds:
    """For workers: lease refunds that are due; give each to `SendRefund` with `leased`."""

    begin: UnitOfWork[PaymentsTx]
    clock: Clock

    async def __call__(self, limit: int) -> tuple[UUID, ...]:
        """At most `limit` ids, the longest waiting first."""
        async with self.begin.alone() as tx:
            return await tx.refunds.claim_due(self.clock.now(), limit=limit, lease_s=LEASE_S)


@dataclass(frozen=True, slots=True)
class KeepRefund:
    """For workers: prolong the lease of a refund that is still on its way."""

    begin: UnitOfWork[PaymentsTx]
    clock: Clock

    async def __call__(self, refund_id: UUID) -> None:
        """Hold it for another lease."""
        async with self.begin.alone() as tx:
            await tx.refunds.keep_lease(refund_id, self.clock.now() + timedelta(seconds=LEASE_S))

    async def give_back(self, refund_id: UUID) -> None:
        """Hold it no longer: another may take it at once."""
        async with self.begin.alone() as tx:
            await tx.refunds.keep_lease(refund_id, self.clock.now())
