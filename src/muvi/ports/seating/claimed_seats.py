"""What the claims of all orders make of a hall, for the eyes of guests."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from uuid import UUID

from muvi.domain.seating.seat_plan import SeatKey, SeatStatus


@dataclass(frozen=True, slots=True, kw_only=True)
class Claimed:
    """Seats with a live claim: HELD, or TAKEN once sold.

    `freed` had a claim that was released at or after the moment asked for, and have none now: an older plan
    of the box office may still show them as taken.
    """

    version: int
    statuses: Mapping[SeatKey, SeatStatus]
    freed: frozenset[SeatKey]


class ClaimedSeats(Protocol):
    """Reads claims of one moment. Never used for a decision."""

    @abstractmethod
    async def of(self, showtime_id: UUID, *, now: datetime, freed_since: datetime) -> Claimed:
        """The claims of a showtime; version 0 when it never had one. Raises `Unavailable`."""
        raise NotImplementedError
