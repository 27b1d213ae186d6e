"""Our record of an order at the box office. An order of ours may have had several; at most one is active."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from muvi.domain.shared.actor import Platform


@dataclass(frozen=True, slots=True, kw_only=True)
class BoxOfficeOrderRecord:
    """`ref` is the box office's own id, never derived from ours; `cinema` and `platform` go into every
    later call.
    """

    id: UUID
    ref: str
    cinema: str
    showtime: str
    platform: Platform
    expires_at: datetime
    total_minor: int = 0
    active: bool = True

    def read(self, *, expires_at: datetime, total_minor: int) -> BoxOfficeOrderRecord:
        """The record after a fresh reading."""
        return replace(self, expires_at=expires_at, total_minor=total_minor)

    def closed(self) -> BoxOfficeOrderRecord:
        """The record once the box office order is completed, cancelled or gone."""
        return replace(self, active=False)
