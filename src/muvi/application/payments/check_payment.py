"""Ask a gateway what became of a checkout, and take it over."""

from __future__ import annotations

from dataclasses import dataclass, replace
from uuid import UUID

from muvi.domain.payments.attempt import PaymentAttempt
from muvi.domain.payments.attempt_status import AttemptEvent, AttemptEventKind, AttemptStatus
from muvi.domain.payments.report import PaymentReport, Verdict
from muvi.domain.payments.watch import OPENING_LOST, OPENING_S
from muvi.domain.shared.ids import to_wire
from muvi.ports.clock import Clock
from muvi.ports.errors import PortError
from muvi.ports.payments.gateway import PaymentGateways, PaymentToCheck
from muvi.ports.payments.transaction import PaymentsTx
from muvi.ports.transaction import UnitOfWork

LEASE_S = 45.0
"""Longer than the calls of one check may take together."""
_NOT_CONFIGURED = "gateway-not-configured"


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckPaymentCommand:
    """`leased`: the caller claimed the attempt from the work list and holds its lease."""

    attempt_id: UUID
    leased: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class PaymentChecked:
    """What is known now, and what of it is new."""

    status: AttemptStatus
    verdict: Verdict
    events: tuple[AttemptEvent, ...] = ()


@dataclass(frozen=True, slots=True)
class CheckPayment:
    """For workers. One lease holder per attempt asks; killed anywhere, its lease lapses and another asks.

    Returns None when there is nothing to ask: unknown, leased by somebody else, or never opened.
    """

    begin: UnitOfWork[PaymentsTx]
    gateways: PaymentGateways
    clock: Clock

    async def __call__(self, command: CheckPaymentCommand) -> PaymentChecked | None:
        """Take the lease, ask outside of any transaction, commit the answer with what follows from it."""
        attempt = await self._taken(command)
        if attempt is None:
            return None
        report = await self._asked(attempt)
        return await self._recorded(attempt, report)

    async def _taken(self, command: CheckPaymentCommand) -> PaymentAttempt | None:
        async with self.begin.alone() as tx:
            attempt = await tx.attempts.get(command.attempt_id)
        if attempt is not None and not attempt.checkout_id:
            await self._give_up_opening(attempt.id)
            return None
        if attempt is None or command.leased:
            return attempt
        async with self.begin() as tx:
            attempt = await tx.attempts.get(attempt.id, for_update=True)
            if attempt is None or not attempt.take_lease(self.clock.now(), LEASE_S):
                return None
            await tx.attempts.save(attempt)
        return attempt

    async def _give_up_opening(self, attempt_id: UUID) -> None:
        """An opening whose end was never recorded: a checkout that nobody knows of cannot be paid."""
        now = self.clock.now()
        async with self.begin() as tx:
            attempt = await tx.attempts.get(attempt_id, for_update=True)
            if attempt is None or attempt.checkout_id or attempt.status is not AttemptStatus.INITIATED:
                return
            if (now - attempt.opened_at).total_seconds() < OPENING_S:
                return
            attempt.not_opened(now, OPENING_LOST)
            await tx.attempts.save(attempt)
            await tx.checkouts.wake(attempt.order_id, now)

    async def _asked(self, attempt: PaymentAttempt) -> PaymentReport:
        gateway = self.gateways.of(attempt.gateway)
        if gateway is None:
            return PaymentReport(verdict=Verdict.UNKNOWN, code=_NOT_CONFIGURED)
        try:
            return await gateway.check(PaymentToCheck.of(attempt))
        except PortError as error:
            return PaymentReport(verdict=Verdict.UNKNOWN, code=type(error).__name__)

    async def _recorded(self, asked: PaymentAttempt, report: PaymentReport) -> PaymentChecked | None:
        now = self.clock.now()
        declined = asked.is_open and report.verdict is Verdict.DECLINED
        async with self.begin() as tx:
            order = await tx.orders.get(asked.order_id, for_update=True) if declined else None
            attempt = await tx.attempts.get(asked.id, for_update=True)
            if attempt is None:
                return None
            ours = await tx.attempts.record(attempt, report.transactions, now)
            told = replace(report, transactions=ours)
            events = attempt.apply(told, now, signals_seen=asked.signals, heard=asked.payment_ids)
            await tx.attempts.save(attempt)
            if order is not None and any(event.kind is AttemptEventKind.FAILED for event in events):
                order.note("payment-declined", now, attempt=to_wire(attempt.id), cause=report.code)
                await tx.orders.save(order)
            if events or (now >= attempt.pay_by and not attempt.is_paid):  # an order at its end waits for it
                await tx.checkouts.wake(attempt.order_id, now)
        return PaymentChecked(status=attempt.status, verdict=report.verdict, events=events)
