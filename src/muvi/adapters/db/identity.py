"""People, sessions and one-time codes on PostgreSQL."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import RowMapping, insert, select, update
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine
from typing_extensions import override

from muvi.adapters.db.errors import translating
from muvi.adapters.db.tables.identity import auth_sessions, otp_challenges, users
from muvi.domain.identity.challenge import CodeState, OtpChallenge, OtpPurpose
from muvi.domain.identity.phone import PhoneNumber
from muvi.domain.identity.session import AuthSession, RevokedFor
from muvi.domain.identity.user import User
from muvi.domain.shared.actor import ActorKind, Platform
from muvi.ports.identity.challenges import OtpChallenges
from muvi.ports.identity.users import AuthSessions, Profiles, Users


class SqlUsers(Users):
    """The table `users`; the unique phone decides who was first."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    @override
    async def of_phone(self, phone: PhoneNumber) -> User | None:
        query = select(users).where(users.c.phone == phone.e164).with_for_update(key_share=True)
        row = (await self._connection.execute(query)).mappings().one_or_none()
        return None if row is None else _user(row)

    @override
    async def add(self, user: User) -> User:
        statement = upsert(users).values(_user_row(user)).on_conflict_do_nothing().returning(users.c.id)
        won = (await self._connection.execute(statement)).one_or_none()
        if won is not None:
            return user
        other = await self.of_phone(user.phone)
        if other is None:
            raise LookupError("a person vanished between insert and read")
        return other

    @override
    async def save(self, user: User) -> None:
        row = _user_row(user)
        await self._connection.execute(update(users).where(users.c.id == row.pop("id")).values(row))


class SqlProfiles(Profiles):
    """Reads `users` outside any transaction."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    @override
    async def of(self, user_id: UUID) -> User | None:
        async with translating(), self._engine.connect() as connection:
            query = select(users).where(users.c.id == user_id)
            row = (await connection.execute(query)).mappings().one_or_none()
        return None if row is None else _user(row)


class SqlAuthSessions(AuthSessions):
    """The table `auth_sessions`."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    @override
    async def add(self, session: AuthSession) -> None:
        await self._connection.execute(insert(auth_sessions).values(_session_row(session)))

    @override
    async def lock(self, session_id: UUID) -> AuthSession | None:
        query = select(auth_sessions).where(auth_sessions.c.id == session_id).with_for_update()
        row = (await self._connection.execute(query)).mappings().one_or_none()
        return None if row is None else _session(row)

    @override
    async def save(self, session: AuthSession) -> None:
        row = _session_row(session)
        statement = update(auth_sessions).where(auth_sessions.c.id == row.pop("id")).values(row)
        await self._connection.execute(statement)


class SqlOtpChallenges(OtpChallenges):
    """The table `otp_challenges`, one row per number that ever asked for a code."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    @override
    async def lock(self, phone: PhoneNumber) -> OtpChallenge | None:
        query = select(otp_challenges).where(otp_challenges.c.phone == phone.e164).with_for_update()
        row = (await self._connection.execute(query)).mappings().one_or_none()
        return None if row is None else _challenge(row)

    @override
    async def lock_or_open(self, phone: PhoneNumber) -> OtpChallenge:
        known = await self.lock(phone)
        if known is not None:
            return known
        statement = upsert(otp_challenges).values(phone=phone.e164).on_conflict_do_nothing()
        await self._connection.execute(statement)
        return await self.lock(phone) or OtpChallenge(phone=phone)

    @override
    async def save(self, challenge: OtpChallenge) -> None:
        statement = (
            update(otp_challenges)
            .where(otp_challenges.c.phone == challenge.phone.e164)
            .values(
                challenge_id=challenge.id,
                purpose=challenge.purpose,
                state=challenge.state,
                sender=challenge.sender,
                sent_at=challenge.sent_at,
                tries=challenge.tries,
                failures=challenge.failures,
            )
        )
        await self._connection.execute(statement)


def _user(row: RowMapping) -> User:
    return User(
        id=row["id"],
        phone=PhoneNumber(row["phone"]),
        created_at=row["created_at"],
        first_name=row["first_name"],
        last_name=row["last_name"],
        email=row["email"],
        avatar=row["avatar"],
        registered_at=row["registered_at"],
    )


def _user_row(user: User) -> dict[str, Any]:
    return {
        "id": user.id,
        "phone": user.phone.e164,
        "created_at": user.created_at,
        "first_name": user.first_name,
        "last_name": user.last_name,
        "email": user.email,
        "avatar": user.avatar,
        "registered_at": user.registered_at,
    }


def _session(row: RowMapping) -> AuthSession:
    return AuthSession(
        id=row["id"],
        user_id=row["user_id"],
        kind=ActorKind(row["kind"]),
        platform=Platform(row["platform"]),
        created_at=row["created_at"],
        rotated_at=row["rotated_at"],
        generation=row["generation"],
        revoked_at=row["revoked_at"],
        revoked_for=RevokedFor(row["revoked_for"]) if row["revoked_for"] else None,
    )


def _session_row(session: AuthSession) -> dict[str, Any]:
    return {
        "id": session.id,
        "user_id": session.user_id,
        "kind": session.kind,
        "platform": session.platform,
        "created_at": session.created_at,
        "rotated_at": session.rotated_at,
        "generation": session.generation,
        "revoked_at": session.revoked_at,
        "revoked_for": session.revoked_for,
    }


def _challenge(row: RowMapping) -> OtpChallenge:
    return OtpChallenge(
        phone=PhoneNumber(row["phone"]),
        id=row["challenge_id"],
        purpose=OtpPurpose(row["purpose"]) if row["purpose"] else None,
        state=CodeState(row["state"]),
        sender=row["sender"],
        sent_at=row["sent_at"],
        tries=row["tries"],
        failures=list(row["failures"]),
    )
