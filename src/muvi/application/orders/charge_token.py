"""Charge a card by its token, after the intent to do so was committed under our reference.

The answer settles nothing but where the buyer goes next: like a webhook it is a hint, and a check is wanted.
So an answer that is lost costs nothing, and the call is never made twice. It is made while the operation of
`pay` is surely ours, which ends with what is noted of it.
"""

from __future__ import annotations

from dataclasses import dataclass

from muvi.application.orders.operations import Lease, end_operation
from muvi.application.orders.transaction import PurchaseTx
from muvi.domain.orders.errors import OrderBusy
from muvi.domain.payments.attempt import PaymentAttempt
from muvi.domain.payments.attempt_status import AttemptStatus
from muvi.domain.payments.front_end import DirectCharge
from muvi.domain.shared.errors import Invalid
from muvi.domain.shared.ids import to_wire
from muvi.ports.clock import Clock
from muvi.ports.errors import OutcomeUnknown, Refused, Unavailable
from muvi.ports.orders.cases import LockedCase
from muvi.ports.payments.gateway import CheckoutRequest, PaymentGateway
from muvi.ports.payments.tokens import CardToken, ChargeAnswer, TokenCharges, TokenGateways
from muvi.ports.transaction import UnitOfWork


class TokenNotAccepted(Invalid):
    """The gateway takes cards on its own form only."""

    code = "token-not-accepted"
    title = "This payment provider takes no card tokens"
    title_ar = "مزود الدفع هذا لا يقبل رموز البطاقات"


class TokenRefused(Invalid):
    """The token is malformed, or the gateway charges nothing for it: unknown, used or switched off."""

    code = "token-refused"
    title = "This card token cannot be charged"
    title_ar = "لا يمكن الدفع برمز البطاقة هذا"


@dataclass(frozen=True, slots=True)
class TokenCharging:
    """What paying by token adds to paying."""

    begin: UnitOfWork[PurchaseTx]
    gateways: TokenGateways
    clock: Clock

    def at(self, gateway: PaymentGateway) -> TokenCharges:
        """The same gateway as one that charges tokens. Raises `TokenNotAccepted`."""
        charges = self.gateways.by_token(gateway.name)
        if charges is None:
            raise TokenNotAccepted(field="token", gateway=gateway.name)
        return charges

    async def charge(
        self,
        attempt: PaymentAttempt,
        charges: TokenCharges,
        request: CheckoutRequest,
        token: CardToken,
        lease: Lease,
    ) -> PaymentAttempt:
        """Make the one call of a committed attempt, note its answer and end the operation. Raises
        `TokenRefused`; `OrderBusy` and `Unavailable` when surely nothing was charged.
        """
        try:
            lease.require()  # whoever was held up until others took over charges nothing any more
            answer = await charges.charge(request, token)
        except OutcomeUnknown:
            return await self._noted(attempt, lease, None)
        except Refused as error:
            await self._not_charged(attempt, lease, "payment-declined", error.reason)
            raise TokenRefused(field="token") from error
        except (OrderBusy, Unavailable) as error:
            await self._not_charged(attempt, lease, "payment-not-started", type(error).__name__)
            raise
        return await self._noted(attempt, lease, answer)

    async def _noted(
        self, charged: PaymentAttempt, lease: Lease, answer: ChargeAnswer | None
    ) -> PaymentAttempt:
        now = self.clock.now()
        async with self.begin() as tx:
            case, attempt = await _locked(tx, charged)
            if not attempt.is_paid:
                attempt.charge_answered = answer is not None
                if answer is not None and answer.challenge_url:
                    attempt.front = DirectCharge(challenge_url=answer.challenge_url)
                else:
                    attempt.signal(now)
                await tx.attempts.save(attempt)
            if case.order.owns(lease.operation_id):
                # a message may have been faster than the answer: then there is money to go on with
                await end_operation(tx, case, now, until=now if attempt.is_paid else None)
        return attempt

    async def _not_charged(self, charged: PaymentAttempt, lease: Lease, code: str, cause: str) -> None:
        now = self.clock.now()
        async with self.begin() as tx:
            case, attempt = await _locked(tx, charged)
            if attempt.status is AttemptStatus.PENDING:
                attempt.not_opened(now, cause)
                await tx.attempts.save(attempt)
                case.order.note(code, now, attempt=to_wire(attempt.id), cause=cause)
            if case.order.owns(lease.operation_id):
                await end_operation(tx, case, now)
            else:
                await tx.orders.save(case.order)


async def _locked(tx: PurchaseTx, charged: PaymentAttempt) -> tuple[LockedCase, PaymentAttempt]:
    case = await tx.cases.lock(charged.order_id)
    if case is None:
        raise LookupError(f"payment {charged.id} has no order")
    return case, next(one for one in case.attempts if one.id == charged.id)
