"""Clocks and ids for simulations and tests."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from uuid import UUID

from typing_extensions import override

from muvi.domain.shared.ids import ulid
from muvi.ports.clock import Clock, Ids, Pauses


class FakeClock(Clock, Pauses):
    """A clock that moves only when told, and whose pauses end when it is moved that far."""

    def __init__(self, at: datetime = datetime(2026, 1, 15, 14, 0, tzinfo=UTC)) -> None:
        self._now = at
        self._pausing: list[tuple[datetime, asyncio.Event]] = []

    @override
    def now(self) -> datetime:
        return self._now

    def advance(self, **delta: float) -> datetime:
        """Move forward by a `timedelta`'s keywords."""
        self._now += timedelta(**delta)
        for due, over in self._pausing:
            if due <= self._now:
                over.set()
        return self._now

    @override
    async def pause(self, seconds: float) -> None:
        due, over = self._now + timedelta(seconds=seconds), asyncio.Event()
        if due <= self._now:
            return
        self._pausing.append((due, over))
        try:
            await over.wait()
        finally:
            self._pausing.remove((due, over))


class CountingIds(Ids):
    """Predictable ULIDs: the clock's time and a counter."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._count = 0

    @override
    def new(self) -> UUID:
        self._count += 1
        return ulid(self._clock.now(), self._count.to_bytes(10, "big"))
