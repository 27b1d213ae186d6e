"""Tokens of a session: readable ones in memory, signed ones in production."""

from datetime import timedelta
from uuid import UUID

import pytest
from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key

from muvi.adapters.memory.clock import FakeClock
from muvi.adapters.memory.identity import MemoryTokens
from muvi.adapters.tokens.jwt_rs256 import JwtTokens
from muvi.domain.shared.actor import Actor, ActorKind
from muvi.ports.identity.tokens import AccessTokens, RefreshClaim, SessionTokens, TokenSubject

CLOCK = FakeClock()


def signed() -> SessionTokens:
    key = generate_private_key(public_exponent=65537, key_size=2048)
    return JwtTokens(key, CLOCK, access_s=900, refresh_s=86_400)


@pytest.fixture(params=[MemoryTokens, signed], ids=["memory", "rs256"])
def tokens(request: pytest.FixtureRequest) -> SessionTokens:
    return request.param()


def a_subject(**changes: object) -> TokenSubject:
    facts = {
        "user_id": UUID(int=7),
        "session_id": UUID(int=8),
        "kind": ActorKind.CUSTOMER,
        "generation": 3,
        "issued_at": CLOCK.now(),
    }
    return TokenSubject(**{**facts, **changes})


def test_an_access_token_speaks_for_the_person(tokens: AccessTokens) -> None:
    token = tokens.issue(a_subject()).access
    assert tokens.actor_of(token) == Actor(kind=ActorKind.CUSTOMER, id=UUID(int=7))


def test_a_refresh_token_says_which_one_it_is(tokens: SessionTokens) -> None:
    pair = tokens.issue(a_subject())
    assert tokens.refresh_of(pair.refresh) == RefreshClaim(session_id=UUID(int=8), generation=3)


def test_neither_passes_for_the_other(tokens: SessionTokens) -> None:
    pair = tokens.issue(a_subject())
    assert tokens.actor_of(pair.refresh) is None
    assert tokens.refresh_of(pair.access) is None


@pytest.mark.parametrize("token", ["", "x", "access.", "refresh.", "a.b.c"])
def test_anything_else_says_nothing(tokens: SessionTokens, token: str) -> None:
    assert tokens.actor_of(token) is None
    assert tokens.refresh_of(token) is None


def test_a_pair_can_be_issued_again(tokens: SessionTokens) -> None:
    first = tokens.issue(a_subject())
    assert tokens.issue(a_subject()) == first
    later = CLOCK.now() + timedelta(seconds=5)
    assert tokens.issue(a_subject(generation=4, issued_at=later)) != first
