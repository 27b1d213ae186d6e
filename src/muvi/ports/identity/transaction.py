"""What identity needs of a transaction."""

from __future__ import annotations

from typing import Protocol

from muvi.ports.identity.challenges import OtpChallenges
from muvi.ports.identity.users import AuthSessions, Users


class IdentityTx(Protocol):
    """Identity's narrow view of an atomic phase."""

    @property
    def users(self) -> Users:
        """People."""
        ...

    @property
    def sessions(self) -> AuthSessions:
        """Signed-in sessions."""
        ...

    @property
    def challenges(self) -> OtpChallenges:
        """One-time codes under way."""
        ...
