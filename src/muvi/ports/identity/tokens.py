"""Tokens: signed proof of a session."""

from __future__ import annotations

from abc import abstractmethod
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from uuid import UUID

from muvi.domain.identity.session import AuthSession
from muvi.domain.shared.actor import Actor, ActorKind


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenPair:
    """What a client holds: a short-lived bearer token and the token that renews it. Secret, both."""

    access: str
    refresh: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenSubject:
    """What the tokens of one generation say: who, in which session, since when."""

    user_id: UUID
    session_id: UUID
    kind: ActorKind
    generation: int
    issued_at: datetime

    @classmethod
    def of(cls, session: AuthSession) -> TokenSubject:
        """What the newest tokens of a session say."""
        return cls(
            user_id=session.user_id,
            session_id=session.id,
            kind=session.kind,
            generation=session.generation,
            issued_at=session.rotated_at,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class RefreshClaim:
    """What a valid refresh token says."""

    session_id: UUID
    generation: int


class AccessTokens(Protocol):
    """Reads bearer tokens. Pure computation on the key; whether the session still lives is another
    question.
    """

    @abstractmethod
    def actor_of(self, token: str) -> Actor | None:
        """The actor a token speaks for, or None when it is forged, expired, of another kind or malformed."""
        raise NotImplementedError


class SessionTokens(AccessTokens, Protocol):
    """Issues the tokens of a session and reads those that renew it. Pure computation on the key."""

    @abstractmethod
    def issue(self, subject: TokenSubject) -> TokenPair:
        """Sign a pair. The same subject gives the same pair, so that a lost reply can be repeated."""
        raise NotImplementedError

    @abstractmethod
    def refresh_of(self, token: str) -> RefreshClaim | None:
        """What a refresh token says, or None when it is forged, expired, of another kind or malformed."""
        raise NotImplementedError
