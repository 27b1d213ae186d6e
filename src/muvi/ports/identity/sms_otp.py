"""One-time codes by text message."""

from __future__ import annotations

from abc import abstractmethod
from enum import StrEnum
from typing import Protocol
from uuid import UUID

from muvi.domain.identity.phone import PhoneNumber
from muvi.domain.shared.text import Language
from muvi.ports.errors import Refused


class CodeCheck(StrEnum):
    """What the partner says of a code. Only `CORRECT` opens anything."""

    CORRECT = "correct"
    WRONG = "wrong"
    EXPIRED = "expired"
    EXCEEDED = "exceeded"
    ALREADY = "already"  # right once before: never a login


class AskedTooOften(Refused):
    """The partner does nothing for this number for a while, about `retry_after_s`: nothing was sent, nothing
    compared, and the last code that it sent is as good as before.
    """

    def __init__(self, message: str, *, reason: str, system: str, retry_after_s: int) -> None:
        super().__init__(message, reason=reason, system=system)
        self.retry_after_s = retry_after_s


class SmsOtp(Protocol):
    """A partner that makes, sends and compares codes. Called in the request, outside any transaction, and
    never repeated by itself: one ask, one text. `request` is ours, a new one for each code: some partners
    keep codes by it, others by the number alone.
    """

    @abstractmethod
    async def start(self, phone: PhoneNumber, language: Language, request: UUID) -> None:
        """Send a new code.

        Raises `Unavailable` (nothing was sent, also where our account is refused), `OutcomeUnknown` (it may
        be on its way), `Refused` (the partner will not text this number; `AskedTooOften`: not now).
        """
        raise NotImplementedError

    @abstractmethod
    async def check(self, phone: PhoneNumber, code: str, request: UUID) -> CodeCheck:
        """Compare a code with the newest one sent to this number, which was sent for `request`.

        Raises `Unavailable` (not compared), `OutcomeUnknown` (perhaps compared, the answer is lost),
        `Refused` (the partner does not accept the question; `AskedTooOften`: not now).
        """
        raise NotImplementedError
