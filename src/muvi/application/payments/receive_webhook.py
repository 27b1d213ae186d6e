"""Hear a gateway: verify, keep once, want a check. A message decides nothing, but that a refund which it does
not refuse arrived.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from muvi.domain.payments.attempt import PaymentAttempt
from muvi.domain.payments.report import Verdict
from muvi.domain.shared.errors import NotFound
from muvi.domain.shared.ids import from_wire, to_wire
from muvi.ports.clock import Clock, Ids
from muvi.ports.payments.gateway import PaymentGateways, WebhookNotice
from muvi.ports.payments.transaction import PaymentsTx
from muvi.ports.payments.webhooks import WebhookEvent
from muvi.ports.transaction import UnitOfWork


class GatewayNotConfigured(NotFound):
    """A message of a gateway that this house does not work with."""

    code = "gateway-not-configured"
    title = "This gateway is not in use here"
    title_ar = "بوابة الدفع هذه غير مستخدمة هنا"


class WebhookFate(StrEnum):
    """What became of a message; all of these are answered with 200."""

    TEST = "test"
    KEPT = "kept"
    DUPLICATE = "duplicate"
    QUARANTINED = "quarantined"


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceiveWebhookCommand:
    """A message as it arrived: its bytes untouched."""

    gateway: str
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True, slots=True)
class ReceiveWebhook:
    """For whoever proves to be the gateway; the proof is the message's own.

    Raises `WebhookForged`, `WebhookMalformed`, `GatewayNotConfigured`.
    """

    begin: UnitOfWork[PaymentsTx]
    gateways: PaymentGateways
    clock: Clock
    ids: Ids

    async def __call__(self, command: ReceiveWebhookCommand) -> WebhookFate:
        """Keep the message and say what became of it."""
        gateway = self.gateways.of(command.gateway)
        if gateway is None:
            raise GatewayNotConfigured
        notice = gateway.read_webhook(command.headers, command.body)
        if notice.is_test:
            return WebhookFate.TEST
        now = self.clock.now()
        async with self.begin() as tx:
            attempt_id, refund_id = await _named(tx, gateway.name, notice)
            unknown = attempt_id is None and refund_id is None
            event = WebhookEvent(
                id=self.ids.new(),
                gateway=gateway.name,
                digest=notice.digest,
                kind=notice.kind,
                received_at=now,
                reference=notice.reference,
                checkout_id=notice.checkout_id,
                payment_id=notice.payment_id,
                attempt_id=attempt_id,
                refund_id=refund_id,
                quarantined=unknown,
            )
            if not await tx.webhooks.add(event):
                return WebhookFate.DUPLICATE
            if refund_id is not None:
                await _acknowledge(tx, refund_id, notice.refund_id, now)
            elif attempt_id is not None:
                await _want_attempt(tx, attempt_id, notice, now)
        return WebhookFate.QUARANTINED if unknown else WebhookFate.KEPT


async def _named(tx: PaymentsTx, gateway: str, notice: WebhookNotice) -> tuple[UUID | None, UUID | None]:
    """The attempt or the refund that a message is about: by our reference first, then by the checkout."""
    try:
        reference = from_wire(notice.reference)
    except ValueError:
        reference = None
    if reference is not None:
        attempt = await tx.attempts.get(reference)
        if attempt is not None and attempt.gateway == gateway:
            return attempt.id, None
        refund = await tx.refunds.get(reference)
        if refund is not None and refund.gateway == gateway:
            return refund.attempt_id, refund.id
    return await tx.attempts.by_checkout(gateway, notice.checkout_id), None


async def _want_attempt(tx: PaymentsTx, attempt_id: UUID, notice: WebhookNotice, now: datetime) -> None:
    """The calls of a check are counted: what is known already, or comes to its end later, costs none now."""
    attempt = await tx.attempts.get(attempt_id, for_update=True)
    declined = notice.says is Verdict.DECLINED
    if attempt is None or attempt.knows(notice.payment_id, declined=declined):
        return
    if notice.says is Verdict.PENDING:
        attempt.announce(now, notice.payment_id)
    else:
        attempt.signal(now, notice.payment_id, declined=declined)
    await tx.attempts.save(attempt)
    if notice.is_some_refund:
        await _acknowledge_all(tx, attempt, now)


async def _acknowledge_all(tx: PaymentsTx, attempt: PaymentAttempt, now: datetime) -> None:
    """It may be any refund of the payment that is out, so none of them may go out twice."""
    for refund in await tx.refunds.of_order(attempt.order_id):
        if refund.attempt_id == attempt.id and refund.is_out:
            await _acknowledge(tx, refund.id, to_wire(refund.id), now)


async def _acknowledge(tx: PaymentsTx, refund_id: UUID, name: str, now: datetime) -> None:
    """A refund arrived; `name` is the gateway's own. Without one it may have been refused: it is asked."""
    refund = await tx.refunds.get(refund_id, for_update=True)
    if refund is None:
        return
    if name:
        refund.acknowledged(now, name)
    else:
        refund.signal(now)
    await tx.refunds.save(refund)
