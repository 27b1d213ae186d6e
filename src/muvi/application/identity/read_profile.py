"""Show a person their own profile."""

from __future__ import annotations

from dataclasses import dataclass

from muvi.domain.identity.user import User
from muvi.domain.shared.actor import Actor
from muvi.domain.shared.errors import Unauthenticated
from muvi.ports.identity.users import Profiles


@dataclass(frozen=True, slots=True)
class ReadProfile:
    """A signed-in guest or customer reads their own row. Raises `Unauthenticated`."""

    profiles: Profiles

    async def __call__(self, actor: Actor) -> User:
        """Read."""
        if not actor.is_buyer or actor.id is None:
            raise Unauthenticated
        user = await self.profiles.of(actor.id)
        if user is None:
            raise Unauthenticated("this account no longer exists")
        return user
