"""Keeps the relay going: at each ring of the bell, at least once a second."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta

import structlog

from muvi.adapters.jobs.bell import rung
from muvi.application.messaging.relay import BATCH, RelayMessages
from muvi.ports.clock import Clock
from muvi.ports.errors import Unavailable
from muvi.ports.messaging.post import PostOffice

CHANNEL = "muvi_outbox"
FLOOR_S = 1.0
KEPT = timedelta(days=7)
HOUSEKEEPING = timedelta(hours=1)

log = structlog.get_logger()


class RelayLoop:
    """Run it as one task of the worker process; several processes may each have one. `ring` is to be
    called for each notification on `CHANNEL`.
    """

    def __init__(self, relay: RelayMessages, post: PostOffice, clock: Clock) -> None:
        self._relay = relay
        self._post = post
        self._clock = clock
        self._bell = asyncio.Event()
        self._tidied: datetime | None = None

    def ring(self, _: str = "") -> None:
        """Something was put into the outbox."""
        self._bell.set()

    async def run(self) -> None:
        """Relay until cancelled."""
        while True:
            self._bell.clear()
            if await self._once() < BATCH:
                await rung(self._bell, within_s=FLOOR_S)

    async def _once(self) -> int:
        try:
            await self._tidy()
            return await self._relay()
        except Unavailable as error:
            log.warning("relay waits", reason=str(error))
        except Exception:
            log.exception("relay failed")
        await asyncio.sleep(FLOOR_S)
        return 0

    async def _tidy(self) -> None:
        now = self._clock.now()
        if self._tidied is None or now - self._tidied >= HOUSEKEEPING:
            self._tidied = now
            await self._post.forget(now - KEPT)
