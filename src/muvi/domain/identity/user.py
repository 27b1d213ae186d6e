"""A person, known by a verified phone. Guest and customer are the same row."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from muvi.domain.identity.phone import PhoneNumber


class NextStep(StrEnum):
    """Where a client goes after signing in."""

    HOME = "HOME"
    COMPLETE_PROFILE = "COMPLETE_PROFILE"
    VERIFY_OTP = "VERIFY_OTP"


@dataclass(slots=True, eq=False, kw_only=True)
class User:
    """One row per verified phone. `registered_at` is set once the person signs in as a customer; texts
    that nobody gave are empty.
    """

    id: UUID
    phone: PhoneNumber
    created_at: datetime
    first_name: str = ""
    last_name: str = ""
    email: str = ""
    avatar: str = ""
    registered_at: datetime | None = None

    @property
    def next_step(self) -> NextStep:
        """A customer without a name is asked for it."""
        return NextStep.HOME if self.first_name else NextStep.COMPLETE_PROFILE
