"""The rules around one-time codes: how often one may guess, and how often a code opens the door.

The code itself is made, sent and compared by the SMS partner. What is ours is the count, because the partner
forgets it with every new code: five wrong tries for one code, ten minutes of life, one use. Five wrong codes
in a row lock the number for five minutes, each further one twice as long, an hour at most: anybody can guess
at anybody's number, so a lock must cost a guesser much and the owner little. A right code, or a day without a
wrong one, and the number is good as new. Whoever keeps at it gets 31 guesses on the first day and 24 on any
later one: odds of about 1 in 32,000 on the first day with six digits, but of 1 in 320 with four, which a
partner's account may be set to. Fewer guesses would not mend that, only keep owners out for longer: it takes
longer codes.

A try is paid for *before* the partner is asked and handed back when it turns out not to have been a wrong
guess, or taught its maker nothing: a partner that answers with an error confirms no code. So a hundred
guesses at once cost a hundred tries, not one.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from muvi.domain.identity.phone import PhoneNumber
from muvi.domain.shared.errors import DomainError, Expired, LimitReached, Unauthenticated

MAX_TRIES = 5
FIRST_LOCK = timedelta(minutes=5)
LONGEST_LOCK = timedelta(hours=1)
KEPT_FAILURES = 10  # enough to reach the longest lock; more would lock no longer
QUIET = timedelta(hours=24)
LIFETIME = timedelta(minutes=10)
CODE_LENGTHS = range(4, 11)
SAFE_LENGTH = 6
"""Digits with which the guesses of a day are worth next to nothing."""


def typed_code(text: str) -> str | None:
    """The digits of a code as typed, also on an Arabic keyboard; None when it cannot be a code."""
    code = text.strip()
    if len(code) not in CODE_LENGTHS or not code.isdecimal():
        return None
    return "".join(str(int(digit)) for digit in code)


class WrongOtp(Unauthenticated):
    """The code is not the right one, was used before, or was sent for something else.

    One text for all of these, so that guessing teaches nothing. `attempts_left` counts what is left for
    this code; with the last one gone `retry_after_s` says how long the number is locked.
    """

    code = "wrong-otp"
    title = "The code is wrong"
    title_ar = "رمز التحقق غير صحيح"


class OtpExpired(Expired):
    """The code has outlived its ten minutes: ask for another."""

    code = "otp-expired"
    title = "The code has expired"
    title_ar = "انتهت صلاحية رمز التحقق"


class OtpUnconfirmed(Expired):
    """The partner may have used the code up, but its answer never reached us: only a new code helps. The try
    is not counted.
    """

    code = "otp-unconfirmed"
    title = "The code could not be checked: ask for a new one"
    title_ar = "تعذر التحقق من الرمز، يرجى طلب رمز جديد"


class OtpLocked(LimitReached):
    """Too many wrong codes. `scope` is `code` (ask for a new one) or `number` (come back after
    `retry_after_s`: minutes at first, an hour at most). `attempts_left` is 0 until then.
    """

    code = "otp-locked"
    title = "Too many wrong codes"
    title_ar = "محاولات خاطئة كثيرة"


class OtpAskedTooOften(LimitReached):
    """The sender of codes does nothing for this number for a while: come back after `retry_after_s`. No text
    went out and no try was counted; a code that arrived before is as good as it was.
    """

    code = "otp-asked-too-often"
    title = "Asked too often: use the last code, or wait"
    title_ar = "طلبات كثيرة: استخدم آخر رمز وصلك أو انتظر قليلًا"


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
    """One try that was paid for. `attempts_left` and `locked_for` already count it as wrong."""

    challenge_id: UUID
    sender: str | None
    at: datetime
    attempts_left: int
    locked_for: timedelta

    @property
    def refusal(self) -> WrongOtp:
        """What is said when the guess was wrong."""
        if not self.locked_for:
            return WrongOtp(attempts_left=self.attempts_left)
        return WrongOtp(attempts_left=self.attempts_left, retry_after_s=_seconds(self.locked_for))


@dataclass(frozen=True, slots=True, kw_only=True)
class SentCode:
    """A code that somebody may hold, beside its number."""

    id: UUID | None
    purpose: OtpPurpose | None
    sender: str | None
    sent_at: datetime | None
    tries: int


@dataclass(slots=True, eq=False, kw_only=True)
class OtpChallenge:
    """The newest code of one number, and its last failures in a row. One row per number.

    `sender` is the partner that was asked to send the code and so the one that can compare it, whoever sends
    new codes by then; None for a code from before partners were told apart.
    """

    phone: PhoneNumber
    id: UUID | None = None
    purpose: OtpPurpose | None = None
    state: CodeState = CodeState.NONE
    sender: str | None = None
    sent_at: datetime | None = None
    tries: int = 0
    failures: list[datetime] = field(default_factory=list)

    def send(self, challenge_id: UUID, purpose: OtpPurpose, sender: str, now: datetime) -> SentCode | None:
        """A new code takes the place of the last one, which is returned when it could still be used. Raises
        `OtpLocked` while the number is locked.
        """
        self._refuse_locked_number(now)
        last = None
        if self.state is CodeState.SENT:
            last = SentCode(
                id=self.id,
                purpose=self.purpose,
                sender=self.sender,
                sent_at=self.sent_at,
                tries=self.tries,
            )
        self.id, self.purpose, self.sender = challenge_id, purpose, sender
        self.state, self.sent_at, self.tries = CodeState.SENT, now, 0
        return last

    def take_back(self, challenge_id: UUID, last: SentCode | None) -> None:
        """Nobody sent the new code: the last one, in somebody's hand, is good again. Guesses made meanwhile
        count for it, since some partners compare by number alone. What happened to the number since then
        stays: another code, or an end of this one.
        """
        if last is None or self.id != challenge_id or self.state is not CodeState.SENT:
            return
        self.id, self.purpose, self.sender = last.id, last.purpose, last.sender
        self.sent_at, self.tries = last.sent_at, min(MAX_TRIES, last.tries + self.tries)

    def pass_on(self, challenge_id: UUID, sender: str) -> bool:
        """Another partner sends the code that the first one surely did not; nothing is counted anew. False
        when the number has asked again meanwhile: this code would never be accepted.
        """
        if self.id != challenge_id:
            return False
        self.sender = sender
        return True

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
        self.failures = [*self.failures, now][-KEPT_FAILURES:]
        return Try(
            challenge_id=self.id,
            sender=self.sender,
            at=now,
            attempts_left=self.attempts_left,
            locked_for=self._lock_earned,
        )

    @property
    def attempts_left(self) -> int:
        """Wrong tries that this code, and this number, still have."""
        return max(0, MAX_TRIES - max(self.tries, len(self.failures)))

    def accept(self, paid: Try) -> None:
        """The partner said the code is right: it opens the door once. Raises `WrongOtp` for the second
        of two. A code that another's lost answer ended meanwhile still opens it: nobody has come in by it.
        """
        if self.state is CodeState.USED or self.id != paid.challenge_id:
            raise WrongOtp(attempts_left=0)
        self.state = CodeState.USED
        self.give_back(paid)
        self.failures = []

    def give_back(self, paid: Try) -> None:
        """The try was no wrong guess (right code, partner not reached, code expired there)."""
        if paid.at in self.failures:
            self.failures.remove(paid.at)
        if self.id == paid.challenge_id:
            self.tries = max(0, self.tries - 1)

    def void(self, paid: Try) -> None:
        """The partner no longer knows the code, or may have used it up unheard: nobody guesses at it again,
        so that the try that is given back is no free look.
        """
        self.give_back(paid)
        if self.id == paid.challenge_id and self.state is CodeState.SENT:
            self.state = CodeState.VOID

    def already(self, paid: Try) -> DomainError:
        """The partner has called the code right before. Unless that opened a door, the answer was lost."""
        if self.id != paid.challenge_id or self.state is CodeState.USED:
            return paid.refusal
        self.void(paid)
        return OtpUnconfirmed()

    def exhaust(self, paid: Try) -> None:
        """The partner takes no more guesses for this code."""
        if self.id == paid.challenge_id:
            self.tries = MAX_TRIES

    def exhausted(self, now: datetime) -> OtpLocked:
        """The refusal of a code that has no tries left; it lasts until the code would have expired."""
        end = (self.sent_at or now) + LIFETIME
        return _locked("ask for a new code", scope="code", span=end - now)

    @property
    def _lock_earned(self) -> timedelta:
        """How long the failures lock the number, counted from the last of them."""
        further = len(self.failures) - MAX_TRIES
        return min(FIRST_LOCK * 2**further, LONGEST_LOCK) if further >= 0 else timedelta()

    def _refuse_locked_number(self, now: datetime) -> None:
        if not self.failures:
            return
        last = self.failures[-1]
        if now >= last + QUIET:
            self.failures = []
        elif now < last + self._lock_earned:
            raise _locked("", scope="number", span=last + self._lock_earned - now)


def _locked(message: str, *, scope: str, span: timedelta) -> OtpLocked:
    return OtpLocked(message, scope=scope, attempts_left=0, retry_after_s=_seconds(span))


def _seconds(span: timedelta) -> int:
    return max(1, -(-span // timedelta(seconds=1)))
