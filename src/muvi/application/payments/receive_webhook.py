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
        async with self.begin.alone() as tx:
            about = await _named(tx, gateway.name, notice)
        event = WebhookEvent(
            id=self.ids.new(),
            gateway=gateway.name,
            digest=notice.digest,
            kind=notice.kind,
            received_at=now,
            reference=notice.reference,
            checkout_id=notice.checkout_id,
            payment_id=notice.payment_id,
            attempt_id=about.attempt_id,
            refund_id=about.refund_id,
            quarantined=about.nothing,
        )
        begin = self.begin if about.may_be_news else self.begin.alone
        async with begin() as tx:
            if not await tx.webhooks.add(event):
                return WebhookFate.DUPLICATE
            if about.refund_id is not None:
                await _acknowledge(tx, about.refund_id, notice.refund_id, now)
            elif about.attempt_id is not None and about.may_be_news:
                await _want_attempt(tx, about.attempt_id, notice, now)
        return WebhookFate.QUARANTINED if about.nothing else WebhookFate.KEPT


@dataclass(frozen=True, slots=True)
class _About:
    """What a message is about. Without a lock: what is known once is known for good, so that a message which
    brings no news need only be kept; whether another does is asked again under the lock.
    """

    attempt_id: UUID | None = None
    refund_id: UUID | None = None
    may_be_news: bool = True

    @property
    def nothing(self) -> bool:
        return self.attempt_id is None and self.refund_id is None


async def _named(tx: PaymentsTx, gateway: str, notice: WebhookNotice) -> _About:
    """The attempt or the refund that a message is about: by our reference first, then by the checkout."""
    try:
        reference = from_wire(notice.reference)
    except ValueError:
        reference = None
    if reference is not None:
        attempt = await tx.attempts.get(reference)
        if attempt is not None and attempt.gateway == gateway:
            return _About(attempt.id, may_be_news=not _is_known(attempt, notice))
        refund = await tx.refunds.get(reference)
        if refund is not None and refund.gateway == gateway:
            return _About(refund.attempt_id, refund.id)
    found = await tx.attempts.by_checkout(gateway, notice.checkout_id)
    return _About(found, may_be_news=found is not None)


def _is_known(attempt: PaymentAttempt, notice: WebhookNotice) -> bool:
    return attempt.knows(notice.payment_id, declined=notice.says is Verdict.DECLINED)


async def _want_attempt(tx: PaymentsTx, attempt_id: UUID, notice: WebhookNotice, now: datetime) -> None:
    """The calls of a check are counted: what is known already, or comes to its end later, costs none now."""
    attempt = await tx.attempts.get(attempt_id, for_update=True)
    if attempt is None or _is_known(attempt, notice):
        return
    if notice.says is Verdict.PENDING:
        attempt.announce(now, notice.payment_id)
    else:
        attempt.signal(now, notice.payment_id, declined=notice.says is Verdict.DECLINED)
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
