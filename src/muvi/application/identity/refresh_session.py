"""Renew the tokens of a session."""

from __future__ import annotations

from dataclasses import dataclass

from muvi.domain.identity.session import SessionEnded
from muvi.domain.shared.actor import Platform
from muvi.domain.shared.errors import Unauthenticated
from muvi.ports.clock import Clock
from muvi.ports.identity.tokens import SessionTokens, TokenPair, TokenSubject
from muvi.ports.identity.transaction import IdentityTx
from muvi.ports.transaction import UnitOfWork


@dataclass(frozen=True, slots=True, kw_only=True)
class RefreshCommand:
    """A refresh token, which is its own proof, and where it comes from."""

    token: str
    platform: Platform


@dataclass(frozen=True, slots=True)
class RefreshSession:
    """Whoever holds the newest refresh token gets the next pair.

    Raises `Unauthenticated` for a token that is none, and `SessionEnded` when the session has ended, which
    the reuse of an old token does.
    """

    begin: UnitOfWork[IdentityTx]
    tokens: SessionTokens
    clock: Clock

    async def __call__(self, command: RefreshCommand) -> TokenPair:
        """Rotate."""
        claim = self.tokens.refresh_of(command.token)
        if claim is None:
            raise Unauthenticated("the refresh token is not valid or has expired")
        async with self.begin() as tx:
            session = await tx.sessions.lock(claim.session_id)
            if session is None:
                raise SessionEnded
            renewed = session.refresh(claim.generation, command.platform, self.clock.now())
            await tx.sessions.save(session)
        if not renewed:  # after the block: the end of the family has to be committed
            raise SessionEnded
        return self.tokens.issue(TokenSubject.of(session))
