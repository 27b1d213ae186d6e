"""The wiring is checked without any server: a missing or doubled provider shows here, not at a start."""

import gc
from collections.abc import Iterator
from pathlib import Path
from uuid import UUID

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from muvi.adapters.kit.clock import SystemClock
from muvi.domain.shared.actor import ActorKind
from muvi.entrypoints.container import make_container
from muvi.entrypoints.environment import BadSettings
from muvi.entrypoints.settings import read_settings
from muvi.entrypoints.web import application
from muvi.ports.identity.tokens import SessionTokens, TokenSubject

PLACE = {"DATABASE_URL": "postgresql://nobody@127.0.0.1:1/none", "REDIS_URL": "redis://127.0.0.1:1/0"}


@pytest.fixture
def place(tmp_path: Path) -> Iterator[dict[str, str]]:
    yield PLACE | {"MUVI_HOME": str(tmp_path)}
    gc.collect()


def test_the_container_is_complete(place: dict[str, str]) -> None:
    assert make_container(read_settings(place)) is not None


def test_every_route_is_found_in_the_container(place: dict[str, str]) -> None:
    assert application(read_settings(place)).routes


def test_trusted_proxies_are_networks(place: dict[str, str]) -> None:
    assert read_settings(place).trusted_proxies == ()
    settings = read_settings(place | {"TRUSTED_PROXIES": "10.0.0.7, 10.1.0.0/16 ::1"})
    assert [str(network) for network in settings.trusted_proxies] == ["10.0.0.7/32", "10.1.0.0/16", "::1/128"]
    with pytest.raises(BadSettings, match="TRUSTED_PROXIES holds 'proxy'"):
        read_settings(place | {"TRUSTED_PROXIES": "proxy"})


async def tokens_of(place: dict[str, str], keys: str) -> SessionTokens:
    container = make_container(read_settings(place | {"JWT_SECRET_KEY": keys}))
    try:
        return await container.get(SessionTokens)
    finally:
        await container.close()


def a_token_key() -> str:
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()


def kid(token: str) -> str:
    return str(jwt.get_unverified_header(token)["kid"])


async def test_people_stay_signed_in_while_the_token_key_is_rotated(place: dict[str, str]) -> None:
    """The three steps of docs/runbooks/rotating-keys.md, and the last one."""
    former, new = a_token_key(), a_token_key()
    subject = TokenSubject(
        user_id=UUID(int=1),
        session_id=UUID(int=2),
        kind=ActorKind.GUEST,
        generation=1,
        issued_at=SystemClock().now(),
    )
    steps = [await tokens_of(place, keys) for keys in (former, f"{former},{new}", f"{new},{former}", new)]
    before, announced, switched, after = steps
    first, second, third, fourth = [tokens.issue(subject) for tokens in steps]
    for pair, readers in (
        (first, (before, announced, switched)),
        (second, (before, announced, switched)),
        (third, (announced, switched, after)),
        (fourth, (announced, switched, after)),
    ):
        for reader in readers:
            assert reader.actor_of(pair.access) is not None
            assert reader.refresh_of(pair.refresh) is not None
    assert kid(first.access) == kid(second.refresh) != kid(third.access) == kid(fourth.refresh)
    assert before.actor_of(third.access) is None  # why the new key is announced first
    assert after.actor_of(first.access) is None  # and what dropping the former one ends
