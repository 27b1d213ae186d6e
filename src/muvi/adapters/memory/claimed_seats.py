"""Claims as seen by guests, in memory: told what happened instead of reading it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from typing_extensions import override

from muvi.domain.seating.seat_plan import SeatKey, SeatStatus
from muvi.ports.seating.claimed_seats import Claimed, ClaimedSeats


@dataclass(slots=True)
class _Hall:
    version: int = 0
    held: dict[SeatKey, datetime | None] = field(default_factory=dict)
    sold: set[SeatKey] = field(default_factory=set)
    freed: dict[SeatKey, datetime] = field(default_factory=dict)


class MemoryClaimedSeats(ClaimedSeats):
    """One note per seat and showtime."""

    def __init__(self) -> None:
        self._halls: dict[UUID, _Hall] = {}

    def hold(self, showtime_id: UUID, seats: Iterable[SeatKey], until: datetime | None) -> None:
        """Seats are claimed, without an end while they are being paid."""
        hall = self._changed(showtime_id)
        for seat in seats:
            hall.held[seat] = until

    def sell(self, showtime_id: UUID, seats: Iterable[SeatKey]) -> None:
        """Seats are sold."""
        hall = self._changed(showtime_id)
        for seat in seats:
            hall.held.pop(seat, None)
            hall.sold.add(seat)

    def release(self, showtime_id: UUID, seats: Iterable[SeatKey], at: datetime) -> None:
        """Claims are given up."""
        hall = self._changed(showtime_id)
        for seat in seats:
            hall.held.pop(seat, None)
            hall.freed[seat] = at

    @override
    async def of(self, showtime_id: UUID, *, now: datetime, freed_since: datetime) -> Claimed:
        hall = self._halls.get(showtime_id, _Hall())
        statuses = {
            seat: SeatStatus.HELD for seat, until in hall.held.items() if until is None or until > now
        }
        statuses |= dict.fromkeys(hall.sold, SeatStatus.TAKEN)
        freed = frozenset(seat for seat, at in hall.freed.items() if at >= freed_since)
        return Claimed(version=hall.version, statuses=statuses, freed=freed - statuses.keys())

    def _changed(self, showtime_id: UUID) -> _Hall:
        hall = self._halls.setdefault(showtime_id, _Hall())
        hall.version += 1
        return hall
