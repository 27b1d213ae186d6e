"""Tell operators how much work is due."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Protocol

from prometheus_client import Gauge

DUE = Gauge("muvi_due", "Pieces of work and messages that are due, dead letters", ["list"])
OLDEST = Gauge("muvi_due_oldest_seconds", "For how long the oldest of them has been due", ["list"])


class Waiting(Protocol):
    """How much waits in one list."""

    @property
    def count(self) -> int:
        """How many."""
        raise NotImplementedError

    @property
    def oldest_s(self) -> float:
        """Seconds."""
        raise NotImplementedError


async def measure(backlog: Callable[[], Awaitable[Mapping[str, Waiting]]]) -> None:
    """One tick. Every worker counts the same rows: take the maximum over them, not the sum."""
    for name, waiting in (await backlog()).items():
        DUE.labels(name).set(waiting.count)
        OLDEST.labels(name).set(waiting.oldest_s)
