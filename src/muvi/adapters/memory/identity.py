"""Identity without PostgreSQL, senders of texts or keys."""

from __future__ import annotations

import copy
import re
from dataclasses import dataclass
from uuid import UUID

from typing_extensions import override

from muvi.adapters.memory.database import MemoryDatabase
from muvi.domain.identity.challenge import MAX_TRIES, OtpChallenge
from muvi.domain.identity.phone import InvalidPhoneNumber, PhoneNumber
from muvi.domain.identity.session import AuthSession
from muvi.domain.identity.user import User
from muvi.domain.shared.actor import Actor
from muvi.domain.shared.text import Language
from muvi.ports.errors import PortError
from muvi.ports.identity.challenges import OtpChallenges
from muvi.ports.identity.phones import PhoneNumbers
from muvi.ports.identity.senders import SenderChoice, SenderChoices
from muvi.ports.identity.sms_otp import CodeCheck, SmsOtp
from muvi.ports.identity.tokens import RefreshClaim, SessionTokens, TokenPair, TokenSubject
from muvi.ports.identity.users import AuthSessions, Profiles, Users

_SAUDI_MOBILE = re.compile(r"(?:\+?966|00966|0)?(5[0-9]{8})")


class MemoryPhoneNumbers(PhoneNumbers):
    """Knows Saudi mobile numbers only."""

    @override
    def read(self, typed: str) -> PhoneNumber:
        found = _SAUDI_MOBILE.fullmatch(re.sub(r"[\s()-]", "", typed))
        if found is None:
            raise InvalidPhoneNumber
        return PhoneNumber(f"+966{found[1]}")


@dataclass(slots=True)
class _Code:
    code: str
    tries: int = 0
    used: bool = False


class MemorySmsOtp(SmsOtp):
    """A partner in memory. `texts` is what arrived on phones; `fail_with` is raised by the next call, with
    `fail_after` only once that has had its effect.
    """

    def __init__(self) -> None:
        self.texts: list[tuple[PhoneNumber, str, Language]] = []
        self.fail_with: PortError | None = None
        self.fail_after = False
        self._codes: dict[PhoneNumber, _Code] = {}

    def code_of(self, phone: PhoneNumber) -> str:
        """The newest code that arrived on a phone."""
        return next(code for to, code, _ in reversed(self.texts) if to == phone)

    @override
    async def start(self, phone: PhoneNumber, language: Language, request: UUID) -> None:
        self._fail(after=False)
        code = f"{731_000 + len(self.texts) + 1}"
        self._codes[phone] = _Code(code)
        self.texts.append((phone, code, language))
        self._fail(after=True)

    @override
    async def check(self, phone: PhoneNumber, code: str, request: UUID) -> CodeCheck:
        self._fail(after=False)
        verdict = self._compare(phone, code)
        self._fail(after=True)
        return verdict

    def _compare(self, phone: PhoneNumber, code: str) -> CodeCheck:
        known = self._codes.get(phone)
        if known is None:
            return CodeCheck.WRONG
        if known.used:
            return CodeCheck.ALREADY
        if known.tries >= MAX_TRIES:
            return CodeCheck.EXCEEDED
        if known.code != code:
            known.tries += 1
            return CodeCheck.WRONG
        known.used = True
        return CodeCheck.CORRECT

    def _fail(self, *, after: bool) -> None:
        if self.fail_with is None or after is not self.fail_after:
            return
        error, self.fail_with, self.fail_after = self.fail_with, None, False
        raise error


class MemorySenderChoices(SenderChoices):
    """Choices of who sends codes."""

    def __init__(self) -> None:
        self._made: list[SenderChoice] = []

    @override
    async def current(self) -> SenderChoice | None:
        return self._made[-1] if self._made else None

    @override
    async def choose(self, choice: SenderChoice) -> None:
        self._made.append(choice)

    @override
    async def history(self, limit: int) -> list[SenderChoice]:
        return self._made[: -limit - 1 : -1]


class MemoryTokens(SessionTokens):
    """Readable tokens without any signature; they never expire."""

    def __init__(self) -> None:
        self._subjects: dict[str, TokenSubject] = {}

    @override
    def issue(self, subject: TokenSubject) -> TokenPair:
        ending = f"{subject.session_id}.{subject.generation}"
        pair = TokenPair(access=f"access.{ending}", refresh=f"refresh.{ending}")
        self._subjects |= {pair.access: subject, pair.refresh: subject}
        return pair

    @override
    def actor_of(self, token: str) -> Actor | None:
        subject = self._subjects.get(token)
        if subject is None or not token.startswith("access."):
            return None
        return Actor(kind=subject.kind, id=subject.user_id)

    @override
    def refresh_of(self, token: str) -> RefreshClaim | None:
        subject = self._subjects.get(token)
        if subject is None or not token.startswith("refresh."):
            return None
        return RefreshClaim(session_id=subject.session_id, generation=subject.generation)


class MemoryUsers(Users):
    """People by phone."""

    def __init__(self, database: MemoryDatabase) -> None:
        self._rows: dict[PhoneNumber, User] = database.table("users")

    @override
    async def of_phone(self, phone: PhoneNumber) -> User | None:
        return copy.copy(self._rows.get(phone))

    @override
    async def add(self, user: User) -> User:
        return copy.copy(self._rows.setdefault(user.phone, copy.copy(user)))

    @override
    async def save(self, user: User) -> None:
        self._rows[user.phone] = copy.copy(user)


class MemoryAuthSessions(AuthSessions):
    """Sessions by id."""

    def __init__(self, database: MemoryDatabase) -> None:
        self._rows: dict[UUID, AuthSession] = database.table("auth_sessions")

    @override
    async def add(self, session: AuthSession) -> None:
        self._rows[session.id] = copy.copy(session)

    @override
    async def lock(self, session_id: UUID) -> AuthSession | None:
        return copy.copy(self._rows.get(session_id))

    @override
    async def save(self, session: AuthSession) -> None:
        self._rows[session.id] = copy.copy(session)


class MemoryOtpChallenges(OtpChallenges):
    """Challenges by phone."""

    def __init__(self, database: MemoryDatabase) -> None:
        self._rows: dict[PhoneNumber, OtpChallenge] = database.table("otp_challenges")

    @override
    async def lock(self, phone: PhoneNumber) -> OtpChallenge | None:
        return copy.deepcopy(self._rows.get(phone))

    @override
    async def lock_or_open(self, phone: PhoneNumber) -> OtpChallenge:
        return await self.lock(phone) or OtpChallenge(phone=phone)

    @override
    async def save(self, challenge: OtpChallenge) -> None:
        self._rows[challenge.phone] = copy.deepcopy(challenge)


class MemoryProfiles(Profiles):
    """People by id."""

    def __init__(self, database: MemoryDatabase) -> None:
        self._database = database

    @override
    async def of(self, user_id: UUID) -> User | None:
        rows: dict[PhoneNumber, User] = self._database.table("users")
        return next((copy.copy(user) for user in rows.values() if user.id == user_id), None)
