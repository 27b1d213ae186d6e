"""Upkeep at intervals, without any cron: each process ticks, the work itself sees to it that it is done
once.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

import structlog

from muvi.adapters.kit.request_id import under_request_id
from muvi.adapters.kit.tracing import span
from muvi.domain.shared.errors import Conflict
from muvi.ports.errors import PortError

log = structlog.get_logger("tick")


@dataclass(frozen=True, slots=True, kw_only=True)
class Tick:
    """One piece of upkeep. `first_s` after the start, then every `every_s` seconds after the last one
    ended.
    """

    name: str
    every_s: float
    run: Callable[[], Awaitable[object]]
    first_s: float = 0.0

    async def work(self) -> None:
        """Tick until cancelled. A failure is logged and the next tick tries again."""
        await asyncio.sleep(self.first_s)
        while True:
            with under_request_id(), span(f"tick {self.name}"):
                await self._once()
            await asyncio.sleep(self.every_s)

    async def _once(self) -> None:
        started, outcome = time.perf_counter(), "done"
        try:
            await self.run()
        except Conflict:
            outcome = "elsewhere"
        except PortError as error:
            outcome = f"later: {error}"[:200]
        except Exception:
            outcome = "failed"
            log.exception("tick failed", tick=self.name)
        ms = round((time.perf_counter() - started) * 1000, 1)
        log.info("tick", tick=self.name, outcome=outcome, ms=ms)
