"""Rotation: one step back for ten seconds, anything else ends the family."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from muvi.domain.identity.session import REPLAY_GRACE, AuthSession, RevokedFor, SessionEnded
from muvi.domain.shared.actor import ActorKind, Platform

NOW = datetime(2026, 1, 15, 14, 0, tzinfo=UTC)


def a_session() -> AuthSession:
    return AuthSession.open(
        UUID(int=1), user_id=UUID(int=2), kind=ActorKind.GUEST, platform=Platform.IOS, now=NOW
    )


def test_the_newest_number_moves_on() -> None:
    session = a_session()
    assert session.refresh(1, Platform.IOS, NOW + timedelta(hours=1))
    assert (session.generation, session.rotated_at) == (2, NOW + timedelta(hours=1))


def test_a_lost_reply_is_repeated_without_moving_on() -> None:
    session = a_session()
    session.refresh(1, Platform.IOS, NOW)
    assert session.refresh(1, Platform.IOS, NOW + REPLAY_GRACE)
    assert (session.generation, session.rotated_at) == (2, NOW)


@pytest.mark.parametrize(
    ("platform", "later", "generation"),
    [
        (Platform.IOS, REPLAY_GRACE + timedelta(seconds=1), 1),
        (Platform.ANDROID, timedelta(0), 1),
        (Platform.IOS, timedelta(0), 0),
        (Platform.IOS, timedelta(0), 9),
    ],
)
def test_reuse_ends_the_family(platform: Platform, later: timedelta, generation: int) -> None:
    session = a_session()
    session.refresh(1, Platform.IOS, NOW)
    assert not session.refresh(generation, platform, NOW + later)
    assert session.revoked_for is RevokedFor.REUSE
    with pytest.raises(SessionEnded):
        session.refresh(2, Platform.IOS, NOW + later)


def test_the_grandparent_is_never_good() -> None:
    session = a_session()
    session.refresh(1, Platform.IOS, NOW)
    session.refresh(2, Platform.IOS, NOW)
    assert not session.refresh(1, Platform.IOS, NOW)
