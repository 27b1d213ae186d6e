"""Who gives a command."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from uuid import UUID


class ActorKind(StrEnum):
    """Guest and customer share one row per verified phone; staff, kiosks and the system act on their own
    behalf.
    """

    ANONYMOUS = "anonymous"
    GUEST = "guest"
    CUSTOMER = "customer"
    STAFF = "staff"
    KIOSK = "kiosk"
    SCHEDULER = "scheduler"
    SYSTEM = "system"


class Platform(StrEnum):
    """Sales platform; each has its own box office token. Kept on the order for every later call."""

    WEBSITE = "website"
    IOS = "ios"
    ANDROID = "android"
    HUAWEI = "huawei"
    KIOSK = "kiosk"


@dataclass(frozen=True, slots=True, kw_only=True)
class Actor:
    """The one who acts. `id` is empty for anonymous callers, the scheduler and the system."""

    kind: ActorKind
    id: UUID | None = None
    permissions: frozenset[str] = field(default_factory=frozenset)
    cinema_ids: frozenset[UUID] | None = None  # None: every cinema
    platform: Platform = Platform.WEBSITE

    @property
    def is_buyer(self) -> bool:
        """Whether this actor can own an order."""
        return self.kind in (ActorKind.GUEST, ActorKind.CUSTOMER) and self.id is not None


SYSTEM = Actor(kind=ActorKind.SYSTEM)
ANONYMOUS = Actor(kind=ActorKind.ANONYMOUS)
