"""The rules around one-time codes: how often one may guess, and how often a code opens the door.

The code itself is made, sent and compared by the SMS partner. What is ours is the count, because the partner
forgets it with every new code: five wrong tries for one code, ten failures in any 24 hours for one number
(odds of at most one in 100,000 a day with six digits), ten minutes of life, one use.

A try is paid for *before* the partner is asked and handed back when it turns out not to have been a wrong
guess. So a hundred guesses at once cost a hundred tries, not one.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from muvi.domain.identity.phone import PhoneNumber
from muvi.domain.shared.errors import Expired, LimitReached, Unauthenticated

MAX_TRIES = 5
MAX_FAILURES = 10
FAILURE_WINDOW = timedelta(hours=24)
LIFETIME = timedelta(minutes=10)
CODE_LENGTHS = range(4, 11)


def typed_code(text: str) -> str | None:
    """The digits of a code as typed, also on an Arabic keyboard; None when it cannot be a code."""
    code = text.strip()
    if len(code) not in CODE_LENGTHS or not code.isdecimal():
        return None
    return "".join(str(int(digit)) for digit in code)


class WrongOtp(Unauthenticated):
    """The code is not the right one, was used before, or was sent for something else.

    One text for all of these, so that guessing teaches nothing. `attempts_left` counts what is left for
    this code.
    """

    code = "wrong-otp"
    title = "The code is wrong"
    title_ar = "رمز التحقق غير صحيح"


class OtpExpired(Expired):
    """The code has outlived its ten minutes: ask for another."""

    code = "otp-expired"
    title = "The code has expired"
    title_ar = "انتهت صلاحية رمز التحقق"


class OtpLocked(LimitReached):
    """Too many wrong codes. `scope` is `code` (ask for a new one) or `number` (come back after
    `retry_after_s`).
    """

    code = "otp-locked"
    title = "Too many wrong codes"
    title_ar = "محاولات خاطئة كثيرة"


class OtpPurpose(StrEnum):
    """What a code was asked for; it opens nothing else."""

    GUEST = "guest"
    CUSTOMER = "customer"


class CodeState(StrEnum):
    """Where the newest code of a number stands."""

    NONE = "none"
    SENT = "sent"
    USED = "used"
    VOID = "void"


@dataclass(frozen=True, slots=True, kw_only=True)
class Try:
    """One try that was paid for. `attempts_left` already counts it as wrong."""

    challenge_id: UUID
    at: datetime
    attempts_left: int


@dataclass(slots=True, eq=False, kw_only=True)
class OtpChallenge:
    """The newest code of one number, and the failures of its last 24 hours. One row per number."""

    phone: PhoneNumber
    id: UUID | None = None
    purpose: OtpPurpose | None = None
    state: CodeState = CodeState.NONE
    sent_at: datetime | None = None
    tries: int = 0
    failures: list[datetime] = field(default_factory=list)

    def send(self, challenge_id: UUID, purpose: OtpPurpose, now: datetime) -> None:
        """A new code takes the place of the last one. Raises `OtpLocked` while the number is locked."""
        self._refuse_locked_number(now)
        self.id, self.purpose = challenge_id, purpose
        self.state, self.sent_at, self.tries = CodeState.SENT, now, 0

    def take_try(self, purpose: OtpPurpose, now: datetime) -> Try:
        """Pay for one guess. Raises `OtpLocked`, `OtpExpired`, `WrongOtp` (nothing is waiting to be
        guessed).
        """
        self._refuse_locked_number(now)
        if self.id is None or self.sent_at is None or self.purpose is not purpose:
            raise WrongOtp(attempts_left=0)
        if self.state is CodeState.USED:
            raise WrongOtp(attempts_left=0)
        if self.state is CodeState.VOID or now >= self.sent_at + LIFETIME:
            raise OtpExpired
        if self.tries >= MAX_TRIES:
            raise self.exhausted(now)
        self.tries += 1
        self.failures.append(now)
        return Try(challenge_id=self.id, at=now, attempts_left=self.attempts_left)

    @property
    def attempts_left(self) -> int:
        """Wrong tries that this code, and this number, still have."""
        return max(0, min(MAX_TRIES - self.tries, MAX_FAILURES - len(self.failures)))

    def accept(self, paid: Try) -> None:
        """The partner said the code is right: it opens the door once. Raises `WrongOtp` for the second
        of two.
        """
        if self.state is not CodeState.SENT or self.id != paid.challenge_id:
            raise WrongOtp(attempts_left=0)
        self.state = CodeState.USED
        self.give_back(paid)

    def give_back(self, paid: Try) -> None:
        """The try was no wrong guess (right code, partner not reached, code expired there)."""
        if paid.at in self.failures:
            self.failures.remove(paid.at)
        if self.id == paid.challenge_id:
            self.tries = max(0, self.tries - 1)

    def void(self, paid: Try) -> None:
        """The partner no longer knows the code."""
        self.give_back(paid)
        if self.id == paid.challenge_id and self.state is CodeState.SENT:
            self.state = CodeState.VOID

    def exhaust(self, paid: Try) -> None:
        """The partner takes no more guesses for this code."""
        if self.id == paid.challenge_id:
            self.tries = MAX_TRIES

    def exhausted(self, now: datetime) -> OtpLocked:
        """The refusal of a code that has no tries left; it lasts until the code would have expired."""
        end = (self.sent_at or now) + LIFETIME
        return OtpLocked("ask for a new code", scope="code", retry_after_s=_seconds(end - now))

    def _refuse_locked_number(self, now: datetime) -> None:
        self.failures = [at for at in self.failures if at > now - FAILURE_WINDOW]
        if len(self.failures) >= MAX_FAILURES:
            end = self.failures[-MAX_FAILURES] + FAILURE_WINDOW
            raise OtpLocked(scope="number", retry_after_s=_seconds(end - now))


def _seconds(span: timedelta) -> int:
    return max(1, -(-span // timedelta(seconds=1)))
