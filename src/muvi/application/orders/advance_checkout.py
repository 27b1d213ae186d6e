"""Advance the checkout of one order until it has to wait.

One phase locks, decides and carries out local steps until a foreign one is due, whose intent it commits;
then the box office is asked; the next phase records the answer, if nobody else has moved the process
meanwhile, and decides on. Being killed between any two lines is harmless: what was intended is asked about.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from muvi.application.orders.box_office_steps import BoxOfficeSteps, Work
from muvi.application.orders.checkout_facts import Case, lock_case
from muvi.application.orders.checkout_steps import take_step
from muvi.application.orders.learned import Record
from muvi.application.orders.transaction import PurchaseTx
from muvi.domain.orders.checkout import CheckoutState, Step, decide
from muvi.ports.clock import Clock, Ids
from muvi.ports.transaction import UnitOfWork

MAX_STEPS = 24
FOREIGN = frozenset({Step.FOLLOW, Step.COMPLETE, Step.ASK_BOOKING, Step.REORDER, Step.CANCEL})


@dataclass(frozen=True, slots=True)
class AdvanceCheckout:
    """For the worker. Raises `Unavailable` when the database cannot be reached; the lease then lapses."""

    begin: UnitOfWork[PurchaseTx]
    box_office: BoxOfficeSteps
    clock: Clock
    ids: Ids

    async def __call__(self, order_id: UUID) -> None:
        """Take steps until the process waits; a bound keeps one order from holding a worker for ever."""
        work = await self._decide(order_id)
        for _ in range(MAX_STEPS):
            if work is None:
                return
            record = await self.box_office.ask(work)
            work = await self._decide(order_id, work, record)

    async def _decide(
        self, order_id: UUID, done: Work | None = None, record: Record | None = None
    ) -> Work | None:
        """Record what was learned, then decide: the next foreign step with its intent committed, or None."""
        now = self.clock.now()
        async with self.begin() as tx:
            case = await lock_case(tx, order_id)
            if case is None:
                return None
            if done is not None and case.checkout.version != done.version:
                return None  # somebody else moved the process: this answer is theirs to find again
            waiting = False
            if record is not None:
                await record(tx, case, now)
                waiting = case.checkout.next_at is None or case.checkout.next_at > now
            step = None if waiting else await self._local(tx, case, now)
            if step is Step.COMPLETE:  # from here on a booking may exist: it is asked for, never sent blindly
                case.checkout.state = CheckoutState.RESOLVING
            await tx.orders.save(case.order)
            await tx.checkouts.save(case.checkout, rest=step is None)
        return Work(step=step, case=case, version=case.checkout.version) if step else None

    async def _local(self, tx: PurchaseTx, case: Case, now: datetime) -> Step | None:
        """Carry out local steps; a foreign one is named, None means that the process waits."""
        for _ in range(MAX_STEPS):
            decision = decide(case.checkout, case.facts, now)
            if decision.step is Step.WAIT:
                case.checkout.next_at = decision.until
                return None
            if decision.step in FOREIGN:
                if decision.step is Step.FOLLOW:
                    case.order.take_over(self.ids.new())
                # Should this process die, another looks once the lease has lapsed.
                case.checkout.next_at = now
                return decision.step
            await take_step(tx, case, decision, now, self.ids)
            if decision.step is Step.ASK_PAYMENT:
                return None
        raise RuntimeError(f"the checkout of order {case.order.id} does not come to rest")
