"""Time on the wall of a cinema."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from zoneinfo import ZoneInfo


@dataclass(frozen=True, slots=True, order=True)
class WallTime:
    """A date and time as the clock in the foyer shows it. Raises `ValueError` when given a zone."""

    value: datetime

    def __post_init__(self) -> None:
        if self.value.tzinfo is not None:
            raise ValueError("a wall time has no zone")

    def at(self, zone: ZoneInfo) -> datetime:
        """The moment, aware, UTC. An hour that exists twice means the first one."""
        return self.value.replace(tzinfo=zone, fold=0).astimezone(UTC)
