"""Ask for a one-time code."""

from __future__ import annotations

from dataclasses import dataclass

from muvi.domain.identity.challenge import OtpPurpose
from muvi.domain.identity.phone import PhoneNumber
from muvi.domain.shared.text import Language
from muvi.ports.clock import Clock, Ids
from muvi.ports.errors import OutcomeUnknown
from muvi.ports.identity.sms_otp import SmsOtp
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
    Raises `OtpLocked`, and the partner's `Unavailable` and `Refused`.
    """

    begin: UnitOfWork[IdentityTx]
    sms: SmsOtp
    clock: Clock
    ids: Ids

    async def __call__(self, command: SendOtpCommand) -> None:
        """Send a code."""
        async with self.begin() as tx:
            challenge = await tx.challenges.lock_or_open(command.phone)
            challenge.send(self.ids.new(), command.purpose, self.clock.now())
            await tx.challenges.save(challenge)
        try:
            await self.sms.start(command.phone, command.language)
        except OutcomeUnknown:
            return
