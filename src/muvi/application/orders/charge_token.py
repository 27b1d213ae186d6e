"""Charge a card by its token, after the intent to do so was committed under our reference.

The answer settles nothing but where the buyer goes next: like a webhook it is a hint, and a check is wanted.
So an answer that is lost costs nothing, and the call is never made twice.
"""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from muvi.application.orders.transaction import PurchaseTx
from muvi.domain.payments.attempt import PaymentAttempt
from muvi.domain.payments.attempt_status import AttemptStatus
from muvi.domain.payments.front_end import DirectCharge
from muvi.domain.shared.errors import Invalid
from muvi.domain.shared.ids import to_wire
from muvi.ports.clock import Clock
from muvi.ports.errors import OutcomeUnknown, Refused, Unavailable
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
        self, attempt: PaymentAttempt, charges: TokenCharges, request: CheckoutRequest, token: CardToken
    ) -> PaymentAttempt:
        """Make the one call of a committed attempt and note its answer. Raises `TokenRefused`, and
        `Unavailable` when surely nothing was charged.
        """
        try:
            answer = await charges.charge(request, token)
        except OutcomeUnknown:
            answer = None
        except Refused as error:
            await self._failed(attempt.order_id, attempt.id, error.reason)
            raise TokenRefused(field="token") from error
        except Unavailable as error:
            await self._failed(attempt.order_id, attempt.id, type(error).__name__)
            raise
        return await self._noted(attempt, answer)

    async def _noted(self, charged: PaymentAttempt, answer: ChargeAnswer | None) -> PaymentAttempt:
        async with self.begin() as tx:
            attempt = await tx.attempts.get(charged.id, for_update=True)
            if attempt is None or attempt.is_paid:
                return attempt or charged
            attempt.charge_answered = answer is not None
            if answer is not None and answer.challenge_url:
                attempt.front = DirectCharge(challenge_url=answer.challenge_url)
            else:
                attempt.signal(self.clock.now())
            await tx.attempts.save(attempt)
        return attempt

    async def _failed(self, order_id: UUID, attempt_id: UUID, code: str) -> None:
        now = self.clock.now()
        async with self.begin() as tx:
            case = await tx.cases.lock(order_id)
            found = [one for one in case.attempts if one.id == attempt_id] if case else []
            if case is None or not found or found[0].status is not AttemptStatus.PENDING:
                return
            found[0].not_opened(now, code)
            await tx.attempts.save(found[0])
            case.order.note("payment-declined", now, attempt=to_wire(attempt_id), cause=code)
            await tx.orders.save(case.order)
