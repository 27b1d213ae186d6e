"""Who sends a one-time code, and who compares it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from muvi.ports.errors import Unavailable
from muvi.ports.identity.senders import ChosenSender
from muvi.ports.identity.sms_otp import SmsOtp


@dataclass(frozen=True, slots=True)
class OtpSenders:
    """Partners by name, in the order of the house; a person may choose another first one, or one alone."""

    partners: Mapping[str, SmsOtp]
    chosen: ChosenSender

    async def in_order(self) -> tuple[str, ...]:
        """Whom to ask for a new code, one after the other. A choice of somebody who is not there counts as
        none.
        """
        names = tuple(self.partners)
        choice = await self.chosen.current()
        first = choice.sender if choice is not None else None
        if choice is None or first is None or first not in self.partners:
            return names
        return (first,) if choice.alone else (first, *(name for name in names if name != first))

    def named(self, name: str | None) -> SmsOtp:
        """The partner who sent a code; without a name the house's first one, the only one there used to be.
        Raises `Unavailable` when it is no longer among them.
        """
        if name is None:
            return next(iter(self.partners.values()))
        partner = self.partners.get(name)
        if partner is None:
            raise Unavailable("the sender of this code is not there any more", system="sms")
        return partner
