"""A signed-in session and the rotation of its refresh tokens."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from muvi.domain.shared.actor import ActorKind, Platform
from muvi.domain.shared.errors import Unauthenticated

REPLAY_GRACE = timedelta(seconds=10)


class SessionEnded(Unauthenticated):
    """The session was ended, or an old refresh token of it came back."""

    code = "session-ended"
    title = "Sign in again"
    title_ar = "يلزم تسجيل الدخول مرة أخرى"


class RevokedFor(StrEnum):
    """Why a session ended."""

    REUSE = "refresh-token-reused"


@dataclass(slots=True, eq=False, kw_only=True)
class AuthSession:
    """One sign-in on one device. Its refresh tokens form a family, numbered by `generation`.

    Only the newest number is good. A lost reply must be repeatable, so for ten seconds the number just
    before it gets the very same successor again, on the same platform; anything older is a stolen token
    and ends the family.
    """

    id: UUID
    user_id: UUID
    kind: ActorKind
    platform: Platform
    created_at: datetime
    rotated_at: datetime
    generation: int = 1
    revoked_at: datetime | None = None
    revoked_for: RevokedFor | None = None

    @classmethod
    def open(
        cls, session_id: UUID, *, user_id: UUID, kind: ActorKind, platform: Platform, now: datetime
    ) -> AuthSession:
        """A fresh session whose first refresh token has number 1."""
        return cls(
            id=session_id, user_id=user_id, kind=kind, platform=platform, created_at=now, rotated_at=now
        )

    def refresh(self, generation: int, platform: Platform, now: datetime) -> bool:
        """Present refresh token number `generation`. True when the newest numbers may be issued (again),
        with `rotated_at` as their time of issue; False when it was a reuse, which has ended the session.

        Raises `SessionEnded` when it had ended before.
        """
        if self.revoked_at is not None:
            raise SessionEnded
        if generation == self.generation:
            self.generation += 1
            self.rotated_at = now
            return True
        if self._is_repeat(generation, platform, now):
            return True
        self.revoked_at, self.revoked_for = now, RevokedFor.REUSE
        return False

    def _is_repeat(self, generation: int, platform: Platform, now: datetime) -> bool:
        immediate_parent = generation == self.generation - 1
        return immediate_parent and platform is self.platform and now - self.rotated_at <= REPLAY_GRACE
