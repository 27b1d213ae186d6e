"""Turn a one-time code into a session."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import assert_never

from muvi.application.identity.otp_senders import OtpSenders
from muvi.domain.identity.challenge import (
    OtpAskedTooOften,
    OtpChallenge,
    OtpExpired,
    OtpPurpose,
    OtpUnconfirmed,
    Try,
    WrongOtp,
    typed_code,
)
from muvi.domain.identity.phone import PhoneNumber
from muvi.domain.identity.session import AuthSession
from muvi.domain.identity.user import User
from muvi.domain.shared.actor import ActorKind, Platform
from muvi.domain.shared.errors import DomainError
from muvi.ports.clock import Clock, Ids
from muvi.ports.errors import OutcomeUnknown, Refused, Unavailable
from muvi.ports.identity.sms_otp import AskedTooOften, CodeCheck
from muvi.ports.identity.tokens import SessionTokens, TokenPair, TokenSubject
from muvi.ports.identity.transaction import IdentityTx
from muvi.ports.transaction import UnitOfWork

KINDS = {OtpPurpose.GUEST: ActorKind.GUEST, OtpPurpose.CUSTOMER: ActorKind.CUSTOMER}


@dataclass(frozen=True, slots=True, kw_only=True)
class VerifyOtpCommand:
    """A number, the code its holder typed, and what the code was asked for."""

    phone: PhoneNumber
    code: str
    purpose: OtpPurpose
    platform: Platform


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedIn:
    """The person and the tokens of the new session."""

    user: User
    tokens: TokenPair


@dataclass(frozen=True, slots=True)
class VerifyOtp:
    """Whoever holds the code is the owner of the number.

    A try is paid for first, then the partner that sent the code compares it outside any transaction, then the
    answer is recorded under the same row's lock: of two right answers for one code the second is refused.
    When the partner's answer is lost it may have used the code up, so that code is ended; like any failure of
    the partner it confirmed nothing, and the try is given back. Raises `WrongOtp`, `OtpExpired`,
    `OtpUnconfirmed`, `OtpLocked`, `OtpAskedTooOften`, and the partner's `Unavailable` and `Refused`.
    """

    begin: UnitOfWork[IdentityTx]
    senders: OtpSenders
    tokens: SessionTokens
    clock: Clock
    ids: Ids

    async def __call__(self, command: VerifyOtpCommand) -> SignedIn:
        """Sign in."""
        paid = await self._pay(command)
        code = typed_code(command.code)
        if code is None:  # costs a try like any other wrong code, but is not worth a call
            raise paid.refusal
        try:
            verdict = await self.senders.named(paid.sender).check(command.phone, code, paid.challenge_id)
        except (Unavailable, Refused) as not_compared:
            await self._give_back(command.phone, paid)
            if isinstance(not_compared, AskedTooOften):
                raise OtpAskedTooOften(retry_after_s=not_compared.retry_after_s) from not_compared
            raise
        except OutcomeUnknown as lost:
            raise await self._settle(command.phone, paid, lost) from lost
        if verdict is CodeCheck.CORRECT:
            return await self._sign_in(command, paid)
        raise await self._settle(command.phone, paid, verdict)

    async def _pay(self, command: VerifyOtpCommand) -> Try:
        async with self.begin() as tx:
            challenge = await tx.challenges.lock(command.phone)
            if challenge is None:
                raise WrongOtp(attempts_left=0)
            paid = challenge.take_try(command.purpose, self.clock.now())
            await tx.challenges.save(challenge)
        return paid

    async def _give_back(self, phone: PhoneNumber, paid: Try) -> None:
        async with self.begin() as tx:
            challenge = await tx.challenges.lock_or_open(phone)
            challenge.give_back(paid)
            await tx.challenges.save(challenge)

    async def _settle(
        self, phone: PhoneNumber, paid: Try, verdict: CodeCheck | OutcomeUnknown
    ) -> DomainError:
        """Record an answer that opens nothing, or that there is none."""
        async with self.begin() as tx:
            challenge = await tx.challenges.lock_or_open(phone)
            refusal = _judge(challenge, paid, verdict, self.clock.now())
            await tx.challenges.save(challenge)
        return refusal

    async def _sign_in(self, command: VerifyOtpCommand, paid: Try) -> SignedIn:
        now = self.clock.now()
        async with self.begin() as tx:
            challenge = await tx.challenges.lock_or_open(command.phone)
            challenge.accept(paid)
            await tx.challenges.save(challenge)
            user = await tx.users.of_phone(command.phone)
            if user is None:
                fresh = User(id=self.ids.new(), phone=command.phone, created_at=now)
                user = await tx.users.add(fresh)
            if command.purpose is OtpPurpose.CUSTOMER and user.registered_at is None:
                user.registered_at = now
                await tx.users.save(user)
            session = AuthSession.open(
                self.ids.new(),
                user_id=user.id,
                kind=KINDS[command.purpose],
                platform=command.platform,
                now=now,
            )
            await tx.sessions.add(session)
        return SignedIn(user=user, tokens=self.tokens.issue(TokenSubject.of(session)))


def _judge(
    challenge: OtpChallenge, paid: Try, verdict: CodeCheck | OutcomeUnknown, now: datetime
) -> DomainError:
    match verdict:
        case OutcomeUnknown():
            challenge.void(paid)
            return OtpUnconfirmed()
        case CodeCheck.EXPIRED:
            challenge.void(paid)
            return OtpExpired()
        case CodeCheck.EXCEEDED:
            challenge.exhaust(paid)
            return challenge.exhausted(now)
        case CodeCheck.ALREADY:
            return challenge.already(paid)
        case CodeCheck.WRONG | CodeCheck.CORRECT:
            return paid.refusal
        case _:
            assert_never(verdict)
