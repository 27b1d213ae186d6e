"""What was read a moment ago and need not be read again."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Hashable
from datetime import datetime, timedelta
from typing import Generic, TypeVar

from muvi.ports.clock import Clock

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")


class Recent(Generic[K, V]):
    """Answers by key, each given again for `for_s` seconds; the oldest leave when there are too many.

    For facts that change by a person's hand or a sync, where being seconds behind decides nothing that is
    not checked again. Two who miss at once both read.
    """

    def __init__(self, clock: Clock, *, for_s: float, capacity: int = 1024) -> None:
        self._clock = clock
        self._for = timedelta(seconds=for_s)
        self._capacity = capacity
        self._kept: dict[K, tuple[datetime, V]] = {}

    async def get(self, key: K, read: Callable[[], Awaitable[V]]) -> V:
        """What was read lately, or is read now."""
        now = self._clock.now()
        kept = self._kept.get(key)
        if kept is not None and kept[0] <= now < kept[0] + self._for:
            return kept[1]
        value = await read()
        self._kept.pop(key, None)
        self._kept[key] = (now, value)
        while len(self._kept) > self._capacity:
            del self._kept[next(iter(self._kept))]
        return value

    def clear(self) -> None:
        """Read everything anew. What is being read just now may still come in from before."""
        self._kept.clear()
