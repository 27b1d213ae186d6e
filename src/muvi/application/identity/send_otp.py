"""Ask for a one-time code."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from uuid import UUID

from muvi.application.identity.otp_senders import OtpSenders
from muvi.domain.identity.challenge import OtpAskedTooOften, OtpPurpose, SentCode
from muvi.domain.identity.phone import PhoneNumber
from muvi.domain.shared.text import Language
from muvi.ports.clock import Clock, Ids
from muvi.ports.errors import OutcomeUnknown, Refused, Unavailable
from muvi.ports.identity.sms_otp import AskedTooOften
from muvi.ports.identity.transaction import IdentityTx
from muvi.ports.transaction import UnitOfWork


@dataclass(frozen=True, slots=True, kw_only=True)
class SendOtpCommand:
    """Who wants a code, for what, and in which language the text is written."""

    phone: PhoneNumber
    purpose: OtpPurpose
    language: Language


@dataclass(frozen=True, slots=True)
class SendOtp:
    """Anybody may ask, for any number, and learns nothing about whether the number is known here.

    The challenge is committed before the text goes out, so that a code that arrives can always be used. A
    lost reply of the partner counts as sent: asking again without being told to would be a second text.
    A partner that surely sent nothing is followed by the next one, for the same ask: the phone gets one text.
    When none sent anything the last code, which may be in somebody's hand, is put back.
    Raises `OtpLocked`, `OtpAskedTooOften`, and the last partner's `Unavailable` and `Refused`.
    """

    begin: UnitOfWork[IdentityTx]
    senders: OtpSenders
    clock: Clock
    ids: Ids

    async def __call__(self, command: SendOtpCommand) -> None:
        """Send a code."""
        order = await self.senders.in_order()
        request = self.ids.new()
        async with self.begin() as tx:
            challenge = await tx.challenges.lock_or_open(command.phone)
            last = challenge.send(request, command.purpose, order[0], self.clock.now())
            await tx.challenges.save(challenge)
        try:
            await self._ask_in_turn(order, command, request)
        except (Unavailable, Refused) as nothing_sent:
            await self._take_back(command.phone, request, last)
            if isinstance(nothing_sent, AskedTooOften):
                raise OtpAskedTooOften(retry_after_s=nothing_sent.retry_after_s) from nothing_sent
            raise

    async def _ask_in_turn(self, order: Sequence[str], command: SendOtpCommand, request: UUID) -> None:
        for sender in order:
            if sender != order[0] and not await self._pass_on(command.phone, request, sender):
                return
            try:
                await self._ask(sender, command, request)
            except Unavailable:
                if sender == order[-1]:
                    raise
            else:
                return

    async def _ask(self, sender: str, command: SendOtpCommand, request: UUID) -> None:
        with suppress(OutcomeUnknown):
            await self.senders.named(sender).start(command.phone, command.language, request)

    async def _take_back(self, phone: PhoneNumber, request: UUID, last: SentCode | None) -> None:
        async with self.begin() as tx:
            challenge = await tx.challenges.lock_or_open(phone)
            challenge.take_back(request, last)
            await tx.challenges.save(challenge)

    async def _pass_on(self, phone: PhoneNumber, request: UUID, sender: str) -> bool:
        """Commit who is asked next, before it is asked. False when the number asked again meanwhile."""
        async with self.begin() as tx:
            challenge = await tx.challenges.lock_or_open(phone)
            is_ours = challenge.pass_on(request, sender)
            await tx.challenges.save(challenge)
        return is_ours
