"""Turns by advisory locks: the server forgets them when the holder's connection ends, however it ended."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import AbstractAsyncContextManager, asynccontextmanager

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine
from typing_extensions import override

from muvi.adapters.db.errors import translating
from muvi.domain.catalog.kinds import Kind
from muvi.ports.catalog.mirror import SyncTurns

_FAMILY = 727_170  # a number of ours, so that other users of advisory locks are not met
_NUMBERS = {kind: number for number, kind in enumerate(Kind, start=1)}


class SqlSyncTurns(SyncTurns):
    """Each turn holds one connection of the pool, outside of any transaction."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    @override
    def take(self, kind: Kind) -> AbstractAsyncContextManager[bool]:
        return self._take(_NUMBERS[kind])

    @asynccontextmanager
    async def _take(self, number: int) -> AsyncGenerator[bool]:
        lock = {"family": _FAMILY, "number": number}
        async with translating(), self._engine.connect() as plain:
            connection = await plain.execution_options(isolation_level="AUTOCOMMIT")
            free = await connection.scalar(text("SELECT pg_try_advisory_lock(:family, :number)"), lock)
            try:
                yield bool(free)
            finally:
                if free:
                    await connection.execute(text("SELECT pg_advisory_unlock(:family, :number)"), lock)
