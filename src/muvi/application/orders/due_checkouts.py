"""The work list of checkouts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from muvi.application.orders.transaction import PurchaseTx
from muvi.ports.clock import Clock
from muvi.ports.transaction import UnitOfWork

LEASE_S = 15.0


@dataclass(frozen=True, slots=True)
class ClaimDueCheckouts:
    """For workers: lease checkouts that are due; give each to `AdvanceCheckout`."""

    begin: UnitOfWork[PurchaseTx]
    clock: Clock

    async def __call__(self, limit: int) -> tuple[UUID, ...]:
        """At most `limit` order ids, the longest waiting first."""
        async with self.begin.alone() as tx:
            return await tx.checkouts.claim_due(self.clock.now(), limit=limit, lease_s=LEASE_S)


@dataclass(frozen=True, slots=True)
class KeepCheckout:
    """For workers: prolong the lease of a checkout that is still being advanced."""

    begin: UnitOfWork[PurchaseTx]
    clock: Clock

    async def __call__(self, order_id: UUID) -> None:
        """Hold it for another lease."""
        async with self.begin.alone() as tx:
            await tx.checkouts.keep_lease(order_id, self.clock.now() + timedelta(seconds=LEASE_S))

    async def give_back(self, order_id: UUID) -> None:
        """Hold it no longer: another may take it at once."""
        async with self.begin.alone() as tx:
            await tx.checkouts.keep_lease(order_id, self.clock.now())
