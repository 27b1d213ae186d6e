"""The one foreign operation of an order, under a lease that lives as long as the process that works on it.

The lease is short, so that what a dead process began is followed soon. It is prolonged in the background
while calls are under way, so that a slow third party takes no operation from a living process. Who has lost
it, or could not prolong it in time, begins no further call: by then it may be somebody else's.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from muvi.application.orders.transaction import PurchaseTx
from muvi.domain.orders.errors import OrderBusy
from muvi.domain.orders.order import Operation, OperationKind, Order
from muvi.ports.clock import Clock, Ids, Pauses
from muvi.ports.errors import PortError
from muvi.ports.orders.cases import LockedCase
from muvi.ports.transaction import UnitOfWork

LEASE_S = 10.0
PROLONG_EVERY_S = 3.0
"""Three tries before a lease ends. Calls that are answered sooner cost no statement at all."""


@dataclass(slots=True)
class Lease:
    """What a process knows of the operation that it began."""

    order_id: UUID
    operation_id: UUID
    until: datetime
    clock: Clock
    lost: bool = False

    def require(self) -> None:
        """Raise `OrderBusy` unless the operation is surely ours still; ask before each call of a chain."""
        if self.lost or self.clock.now() >= self.until:
            raise OrderBusy(retry_after_s=2)


@dataclass(frozen=True, slots=True)
class Operations:
    """Begins operations and keeps them."""

    begin: UnitOfWork[PurchaseTx]
    clock: Clock
    pauses: Pauses
    ids: Ids

    def start(self, order: Order, kind: OperationKind, now: datetime) -> Operation:
        """Begin one, to be saved with the order. Raises `OrderBusy` while another is in flight."""
        operation = Operation(id=self.ids.new(), kind=kind, deadline=now + timedelta(seconds=LEASE_S))
        order.begin(operation)
        return operation

    @asynccontextmanager
    async def kept(self, order_id: UUID, operation: Operation) -> AsyncGenerator[Lease]:
        """Prolong a saved operation for as long as the block runs."""
        lease = Lease(order_id, operation.id, operation.deadline, self.clock)
        keeper = asyncio.create_task(self._keep(lease), name=f"operation:{operation.id}")
        try:
            yield lease
        finally:
            keeper.cancel()

    async def _keep(self, lease: Lease) -> None:
        while not lease.lost:
            await self.pauses.pause(PROLONG_EVERY_S)
            until = self.clock.now() + timedelta(seconds=LEASE_S)
            try:
                async with self.begin.alone() as tx:
                    kept = await tx.orders.prolong(lease.order_id, lease.operation_id, until)
            except PortError:
                continue
            lease.lost = not kept
            lease.until = until if kept else lease.until


async def end_operation(
    tx: PurchaseTx, case: LockedCase, now: datetime, *, until: datetime | None = None
) -> None:
    """The operation in flight is settled: save the order without it, and let its checkout rest, if not until
    then until it expires.
    """
    order, checkout = case.order, case.checkout
    checkout.rest_until(until or max(order.expires_at, now), operation=order.operation)
    order.finish()
    await tx.orders.save(order)
    await tx.checkouts.save(checkout)
