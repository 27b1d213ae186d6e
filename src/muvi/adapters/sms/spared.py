"""A sender that is not asked again and again while it does not answer."""

from __future__ import annotations

from uuid import UUID

from typing_extensions import override

from muvi.adapters.kit.breaker import Breaker
from muvi.adapters.sms.answers import SYSTEM
from muvi.domain.identity.phone import PhoneNumber
from muvi.domain.shared.text import Language
from muvi.ports.clock import Clock
from muvi.ports.identity.sms_otp import CodeCheck, SmsOtp


class SparedSmsOtp(SmsOtp):
    """Sending and comparing are judged apart: a code can be compared only by whoever sent it."""

    def __init__(self, sender: SmsOtp, name: str, clock: Clock) -> None:
        self._sender = sender
        self._starts = Breaker(SYSTEM, f"{name}: send", clock)
        self._checks = Breaker(SYSTEM, f"{name}: check", clock)

    @override
    async def start(self, phone: PhoneNumber, language: Language, request: UUID) -> None:
        async with self._starts.call():
            await self._sender.start(phone, language, request)

    @override
    async def check(self, phone: PhoneNumber, code: str, request: UUID) -> CodeCheck:
        async with self._checks.call():
            return await self._sender.check(phone, code, request)
