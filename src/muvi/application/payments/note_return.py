"""A browser comes back from the gateway. It proves nothing: a check is wanted, and the buyer is sent on."""

from __future__ import annotations

from dataclasses import dataclass, replace
from uuid import UUID

from muvi.domain.payments.attempt import PaymentAttempt
from muvi.domain.payments.attempt_status import AttemptStatus
from muvi.domain.payments.capture import goes_back
from muvi.domain.payments.front_end import USED_UP
from muvi.domain.shared.text import Language
from muvi.ports.clock import Clock
from muvi.ports.payments.gateway import PaymentGateways, WebhookForged, WebhookMalformed, WebhookNotice
from muvi.ports.payments.transaction import PaymentsTx
from muvi.ports.transaction import UnitOfWork


@dataclass(frozen=True, slots=True, kw_only=True)
class NoteReturnCommand:
    """What the address of the visit says; all of it may be missing, and none of it is believed.

    A gateway that posts signed fields names the payment in those: `posted` is that body, else None.
    """

    gateway: str
    attempt_id: UUID | None = None
    checkout_id: str = ""
    posted: bytes | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReturnNoted:
    """Where the buyer goes: the client's own address, or our status page when it gave none."""

    attempt_id: UUID
    order_id: UUID
    url: str
    language: Language


@dataclass(frozen=True, slots=True)
class NoteReturn:
    """Anybody may come back, also twice, also the gateway's own machinery without any parameter."""

    begin: UnitOfWork[PaymentsTx]
    gateways: PaymentGateways
    clock: Clock

    async def __call__(self, command: NoteReturnCommand) -> ReturnNoted | None:
        """Want a check of the attempt; None when the visit names none of ours, or only claims to."""
        now = self.clock.now()
        proven = self._proven(command.gateway, command.posted)
        if command.posted is not None:
            command = replace(command, checkout_id=proven.checkout_id if proven else "")
        async with self.begin() as tx:
            attempt_id = command.attempt_id
            if attempt_id is None:
                attempt_id = await tx.attempts.by_checkout(command.gateway, command.checkout_id)
            attempt = None if attempt_id is None else await tx.attempts.get(attempt_id, for_update=True)
            if attempt is None or attempt.gateway != command.gateway:
                return None
            if attempt.checkout_id and not attempt.is_paid:
                if proven is not None and proven.is_used_up:
                    attempt.last_code = USED_UP  # another form, once the check says that nothing was taken
                attempt.signal(now)
                await tx.attempts.save(attempt)
        return ReturnNoted(
            attempt_id=attempt.id,
            order_id=attempt.order_id,
            url=_address(attempt),
            language=attempt.language,
        )

    def _proven(self, gateway: str, posted: bytes | None) -> WebhookNotice | None:
        """What signed fields say, None when nothing is proven."""
        known = self.gateways.of(gateway)
        try:
            return known.read_webhook({}, posted) if known and posted is not None else None
        except (WebhookForged, WebhookMalformed):
            return None


def _address(attempt: PaymentAttempt) -> str:
    """The failure page only when failure is known, or that the money goes back: the page is for show, the
    order tells the truth.
    """
    if attempt.failed_url and (attempt.status is AttemptStatus.FAILED or goes_back(attempt.captured)):
        return attempt.failed_url
    return attempt.success_url
