"""The machine's clock, the event loop's pauses, ULIDs."""

from __future__ import annotations

import asyncio
import os
from datetime import UTC, datetime
from uuid import UUID

from typing_extensions import override

from muvi.domain.shared.ids import ulid
from muvi.ports.clock import Clock, Ids, Pauses

_RANDOM_MASK = (1 << 80) - 1


class SystemClock(Clock):
    """Wall clock of this machine in UTC."""

    @override
    def now(self) -> datetime:
        return datetime.now(UTC)  # noqa: TID251  (the one place that may)


class LoopPauses(Pauses):
    """The event loop's timers, which no change of the wall clock moves."""

    @override
    async def pause(self, seconds: float) -> None:
        await asyncio.sleep(seconds)


class UlidIds(Ids):
    """Monotonic ULIDs: within one millisecond the random part counts upwards."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._last = 0

    @override
    def new(self) -> UUID:
        fresh = ulid(self._clock.now(), os.urandom(10)).int
        if fresh >> 80 <= self._last >> 80 and (self._last & _RANDOM_MASK) != _RANDOM_MASK:
            fresh = self._last + 1
        self._last = fresh
        return UUID(int=fresh)
