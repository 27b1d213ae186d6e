"""One-time codes by text message."""

from __future__ import annotations

from abc import abstractmethod
from enum import StrEnum
from typing import Protocol

from muvi.domain.identity.phone import PhoneNumber
from muvi.domain.shared.text import Language


class CodeCheck(StrEnum):
    """What the partner says of a code. Only `CORRECT` opens anything."""

    CORRECT = "correct"
    WRONG = "wrong"
    EXPIRED = "expired"
    EXCEEDED = "exceeded"
    ALREADY = "already"  # right once before: never a login


class SmsOtp(Protocol):
    """A partner that makes, sends and compares codes. Called in the request, outside any transaction, and
    never repeated by itself: one ask, one text.
    """

    @abstractmethod
    async def start(self, phone: PhoneNumber, language: Language) -> None:
        """Send a new code.

        Raises `Unavailable` (nothing was sent), `OutcomeUnknown` (it may be on its way), `Refused` (the
        partner will not text this number).
        """
        raise NotImplementedError

    @abstractmethod
    async def check(self, phone: PhoneNumber, code: str) -> CodeCheck:
        """Compare a code with the newest one sent to this number.

        Raises `Unavailable` (not compared), `OutcomeUnknown` (perhaps compared, the answer is lost),
        `Refused` (the partner does not accept the question).
        """
        raise NotImplementedError
