"""Bounds how many calls are under way to one place, so that a slow one does not use up what all share."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

from muvi.ports.errors import Unavailable

WAIT_S = 3.0
"""As long as a connection is waited for."""
_RETRY_AFTER_S = 2.0


class Bulkhead:
    """At most `limit` calls at once for each key, in this process. Whoever comes later waits in line."""

    def __init__(self, system: str, *, limit: int, wait_s: float = WAIT_S) -> None:
        if limit < 1:
            raise ValueError("there must be at least one place")
        self._system = system
        self._limit = limit
        self._wait_s = wait_s
        self._places: dict[str, asyncio.Semaphore] = {}

    @asynccontextmanager
    async def place(self, key: str) -> AsyncGenerator[None]:
        """Hold a place for the length of the block. Raises `Unavailable` when none is free in time."""
        places = self._places.get(key)
        if places is None:
            places = self._places[key] = asyncio.Semaphore(self._limit)
        try:
            async with asyncio.timeout(self._wait_s if places.locked() else None):
                await places.acquire()
        except TimeoutError as error:
            raise Unavailable(
                "too many calls to one place at once", system=self._system, retry_after_s=_RETRY_AFTER_S
            ) from error
        try:
            yield
        finally:
            places.release()
