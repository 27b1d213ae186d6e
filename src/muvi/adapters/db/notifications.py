"""NOTIFY as a doorbell: it wakes loops and drops caches, and is never the only way to learn of anything."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable

import asyncpg
import structlog

RETRY_S = 1.0
PROBE_S = 10.0

log = structlog.get_logger()


class Notifications:
    """One LISTEN connection per process with its own supervision.

    `subscribe` before `start`. After a lost connection every `on_gap` is called, since messages may have
    been missed.
    """

    def __init__(self, url: str) -> None:
        self._url = url.replace("postgresql+asyncpg://", "postgresql://", 1)
        self._callbacks: dict[str, list[Callable[[str], None]]] = {}
        self._gaps: list[Callable[[], None]] = []
        self._task: asyncio.Task[None] | None = None

    def subscribe(self, channel: str, callback: Callable[[str], None]) -> None:
        """Call `callback(payload)` for each message of a channel, on the event loop."""
        self._callbacks.setdefault(channel, []).append(callback)

    def on_gap(self, callback: Callable[[], None]) -> None:
        """Call when messages may have been missed."""
        self._gaps.append(callback)

    async def start(self) -> None:
        """Begin to listen in the background; returns at once."""
        self._task = asyncio.create_task(self._run(), name="notifications")

    async def stop(self) -> None:
        """Stop listening."""
        if self._task is not None:
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task

    async def _run(self) -> None:
        while True:
            try:
                await self._listen()
            except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError, TimeoutError) as error:
                log.warning("notifications lost", error=type(error).__name__)
            for gap in self._gaps:
                gap()
            await asyncio.sleep(RETRY_S)

    async def _listen(self) -> None:
        connection = await asyncpg.connect(self._url, timeout=5)
        try:
            for channel, callbacks in self._callbacks.items():
                await connection.add_listener(channel, _fan_out(callbacks))
            for gap in self._gaps:
                gap()
            while not connection.is_closed():
                await asyncio.sleep(PROBE_S)
                await connection.execute("SELECT 1", timeout=5)
        finally:
            connection.terminate()


def _fan_out(callbacks: list[Callable[[str], None]]) -> Callable[..., None]:
    def receive(_connection: object, _pid: int, _channel: str, payload: str) -> None:
        for callback in callbacks:
            callback(payload)

    return receive
