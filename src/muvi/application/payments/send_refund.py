"""Give money back: say so first, send once, ask until known, hand over what the gateway will not do."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from muvi.domain.ledger.journal import refunded
from muvi.domain.orders.order import Order
from muvi.domain.payments.refund import UNREACHABLE, Refund, RefundStatus, RefundStep
from muvi.domain.payments.report import RefundReport, Verdict
from muvi.domain.shared.ids import to_wire
from muvi.ports.clock import Clock
from muvi.ports.errors import PortError, Refused, Unavailable
from muvi.ports.payments.gateway import PaymentGateway, PaymentGateways, RefundRequest
from muvi.ports.payments.transaction import PaymentsTx
from muvi.ports.transaction import UnitOfWork

LEASE_S = 45.0


@dataclass(frozen=True, slots=True, kw_only=True)
class SendRefundCommand:
    """`leased`: the caller claimed the refund from the work list and holds its lease."""

    refund_id: UUID
    leased: bool = False


@dataclass(frozen=True, slots=True)
class _NoEffect:
    """The call surely changed nothing."""

    retry_after_s: float | None
    code: str


@dataclass(frozen=True, slots=True)
class SendRefund:
    """For workers. Returns the status reached, or None when somebody else is at it.

    Killed after the sending was committed, the next run asks the gateway and never sends again on a guess.
    """

    begin: UnitOfWork[PaymentsTx]
    gateways: PaymentGateways
    clock: Clock

    async def __call__(self, command: SendRefundCommand) -> RefundStatus | None:
        """One step of a refund."""
        refund, step, others_minor = await self._intended(command)
        if refund is None or step in (RefundStep.NOTHING, RefundStep.HAND_OVER):
            return refund.status if refund else None
        gateway = self.gateways.of(refund.gateway)
        if gateway is None:
            outcome: RefundReport | _NoEffect = RefundReport(verdict=Verdict.UNKNOWN)
        elif step is RefundStep.SEND:
            outcome = await _send(gateway, RefundRequest.of(refund, others_minor=others_minor))
        else:
            outcome = await _ask(gateway, RefundRequest.of(refund, others_minor=others_minor))
        return await self._recorded(refund, outcome)

    async def _intended(self, command: SendRefundCommand) -> tuple[Refund | None, RefundStep, int]:
        """The refund, its next step, and what others of the same capture were ever asked for."""
        now = self.clock.now()
        async with self.begin() as tx:
            refund = await tx.refunds.get(command.refund_id, for_update=True)
            if refund is None or not (command.leased or refund.take_lease(now, LEASE_S)):
                return None, RefundStep.NOTHING, 0
            step = refund.next_step(now)
            match step:
                case RefundStep.SEND:
                    refund.sending(now)
                case RefundStep.HAND_OVER:
                    refund.hand_over()
                    await tx.checkouts.wake(refund.order_id, now)
                case RefundStep.ASK | RefundStep.NOTHING:
                    pass
            await tx.refunds.save(refund)
            attempt = await tx.attempts.get(refund.attempt_id)
        return refund, step, refund.others_minor(attempt) if attempt else 0

    async def _recorded(self, sent: Refund, outcome: RefundReport | _NoEffect) -> RefundStatus | None:
        now = self.clock.now()
        went = isinstance(outcome, RefundReport) and outcome.verdict is Verdict.CAPTURED
        async with self.begin() as tx:
            order = await tx.orders.get(sent.order_id, for_update=True) if went else None
            attempt = await tx.attempts.get(sent.attempt_id, for_update=True)
            refund = await tx.refunds.get(sent.id, for_update=True)
            if attempt is None or refund is None or not refund.is_out:
                return refund.status if refund else None
            if isinstance(outcome, _NoEffect):
                refund.unsent(now, outcome.retry_after_s, outcome.code)
            else:
                refund.answered(outcome, now)
            if refund.is_done:
                attempt.refund_done(refund.payment_id, refund.amount)
                await tx.attempts.save(attempt)
                await _post(tx, refund, now)
                await _note(tx, order, refund, now)
            await tx.refunds.save(refund)
            if refund.is_final:
                await tx.checkouts.wake(refund.order_id, now)
        return refund.status


async def _post(tx: PaymentsTx, refund: Refund, now: datetime) -> None:
    await tx.ledger.post(
        refunded(
            source=to_wire(refund.id),
            order_id=refund.order_id,
            gateway=refund.gateway,
            minor=refund.amount.minor,
            currency=refund.amount.currency,
            at=now,
        )
    )


async def _note(tx: PaymentsTx, order: Order | None, refund: Refund, now: datetime) -> None:
    if order is None:
        return
    order.note(
        "refunded", now, refund=to_wire(refund.id), reason=refund.reason, amount_minor=refund.amount.minor
    )
    await tx.orders.save(order)


async def _send(gateway: PaymentGateway, request: RefundRequest) -> RefundReport | _NoEffect:
    try:
        return await gateway.refund(request)
    except Unavailable as error:
        return _NoEffect(error.retry_after_s, error.reason or UNREACHABLE)
    except Refused as error:
        return RefundReport(verdict=Verdict.DECLINED, code=error.reason)
    except PortError:
        return RefundReport(verdict=Verdict.UNKNOWN)


async def _ask(gateway: PaymentGateway, request: RefundRequest) -> RefundReport:
    try:
        return await gateway.check_refund(request)
    except PortError:
        return RefundReport(verdict=Verdict.UNKNOWN)
