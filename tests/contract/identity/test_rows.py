"""Users, sessions and challenges come back as they were kept."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from tests.contract.worlds import World

from muvi.domain.identity.challenge import CodeState, OtpChallenge, OtpPurpose
from muvi.domain.identity.phone import PhoneNumber
from muvi.domain.identity.session import AuthSession
from muvi.domain.identity.user import User
from muvi.domain.shared.actor import ActorKind, Platform

NOW = datetime(2026, 1, 15, 14, 0, tzinfo=UTC)
PHONE = PhoneNumber("+966512345678")


def a_user(number: int = 1, phone: PhoneNumber = PHONE) -> User:
    return User(id=UUID(int=number), phone=phone, created_at=NOW, first_name="نورة", email="n@example.com")


def a_session(user: User) -> AuthSession:
    return AuthSession.open(
        UUID(int=9), user_id=user.id, kind=ActorKind.GUEST, platform=Platform.HUAWEI, now=NOW
    )


def facts(thing: object) -> dict[str, object]:
    return {name: getattr(thing, name) for name in thing.__dataclass_fields__}


async def test_a_person_is_found_by_phone_and_by_id(world: World) -> None:
    async with world.begin() as tx:
        assert await tx.users.of_phone(PHONE) is None
        await tx.users.add(a_user())
    async with world.begin() as tx:
        found = await tx.users.of_phone(PHONE)
        assert facts(found) == facts(a_user())
        found.registered_at = NOW
        found.last_name = "A"
        await tx.users.save(found)
    shown = await world.profiles.of(UUID(int=1))
    assert (shown.registered_at, shown.last_name) == (NOW, "A")
    assert await world.profiles.of(UUID(int=2)) is None


async def test_a_phone_belongs_to_one_person(world: World) -> None:
    async with world.begin() as tx:
        await tx.users.add(a_user(1))
    async with world.begin() as tx:
        assert (await tx.users.add(a_user(2))).id == UUID(int=1)


async def test_a_session_comes_back(world: World) -> None:
    user = a_user()
    async with world.begin() as tx:
        await tx.users.add(user)
        await tx.sessions.add(a_session(user))
    async with world.begin() as tx:
        session = await tx.sessions.lock(UUID(int=9))
        assert facts(session) == facts(a_session(user))
        assert session.refresh(1, Platform.HUAWEI, NOW + timedelta(hours=1))
        await tx.sessions.save(session)
    async with world.begin() as tx:
        session = await tx.sessions.lock(UUID(int=9))
        assert (session.generation, session.rotated_at) == (2, NOW + timedelta(hours=1))
        assert not session.refresh(7, Platform.HUAWEI, NOW)
        await tx.sessions.save(session)
    async with world.begin() as tx:
        assert (await tx.sessions.lock(UUID(int=9))).revoked_at == NOW
        assert await tx.sessions.lock(UUID(int=10)) is None


async def test_a_challenge_comes_back(world: World) -> None:
    async with world.begin() as tx:
        assert await tx.challenges.lock(PHONE) is None
        challenge = await tx.challenges.lock_or_open(PHONE)
        assert facts(challenge) == facts(OtpChallenge(phone=PHONE))
        challenge.send(UUID(int=3), OtpPurpose.GUEST, "one", NOW)
        challenge.take_try(OtpPurpose.GUEST, NOW + timedelta(seconds=1, microseconds=5))
        await tx.challenges.save(challenge)
    async with world.begin() as tx:
        kept = await tx.challenges.lock(PHONE)
        assert facts(kept) == facts(challenge)
        assert (kept.state, kept.tries) == (CodeState.SENT, 1)


async def test_a_phase_that_fails_leaves_nothing(world: World) -> None:
    async def fail() -> None:
        async with world.begin() as tx:
            await tx.users.add(a_user())
            await tx.challenges.save(await tx.challenges.lock_or_open(PHONE))
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await fail()
    async with world.begin() as tx:
        assert await tx.users.of_phone(PHONE) is None
        assert await tx.challenges.lock(PHONE) is None
