"""Work that waits in a table: leased, run, and looked for again at each ring of a bell or once a second."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from uuid import UUID

import structlog
from prometheus_client import Counter

from muvi.adapters.kit.request_id import under_request_id
from muvi.domain.shared.ids import to_wire
from muvi.ports.errors import PortError

FLOOR_S = 1.0
KEEP_EVERY_S = 5.0
STEPS = Counter("muvi_work_total", "Pieces of work by list and outcome", ["list", "outcome"])

Claim = Callable[[int], Awaitable[tuple[UUID, ...]]]
KeepLease = Callable[[UUID], Awaitable[None]]

log = structlog.get_logger("work")


@dataclass(slots=True, kw_only=True)
class WorkList:
    """One list of one worker process; others may work on the same table.

    `claim(limit)` leases what is due, `run` does one piece, `keep` prolongs its lease while
    it runs. A piece whose worker dies is taken by another once its lease has lapsed.
    """

    name: str
    claim: Claim
    run: Callable[[UUID], Awaitable[None]]
    keep: KeepLease | None = None
    concurrency: int = 16
    keep_every_s: float = KEEP_EVERY_S
    _bell: asyncio.Event = field(default_factory=asyncio.Event)
    _running: set[asyncio.Task[None]] = field(default_factory=set)

    def ring(self, _: str = "") -> None:
        """Something may be due."""
        self._bell.set()

    async def work(self) -> None:
        """Work until cancelled; what runs then is finished by whoever takes the lease next."""
        try:
            while True:
                self._bell.clear()
                if await self._take() == 0:
                    await self._wait()
        finally:
            for task in self._running:
                task.cancel()

    async def _take(self) -> int:
        free = self.concurrency - len(self._running)
        if free <= 0:
            await asyncio.wait(self._running, return_when=asyncio.FIRST_COMPLETED)
            return 1
        try:
            due = await self.claim(free)
        except PortError as error:
            log.warning("work list waits", list=self.name, cause=str(error))
            await asyncio.sleep(FLOOR_S)
            return 0
        for piece in due:
            task = asyncio.create_task(self._one(piece), name=f"{self.name}:{piece}")
            self._running.add(task)
            task.add_done_callback(self._running.discard)
        return len(due)

    async def _wait(self) -> None:
        try:
            async with asyncio.timeout(FLOOR_S):
                await self._bell.wait()
        except TimeoutError:
            return

    async def _one(self, piece: UUID) -> None:
        with under_request_id():
            await self._numbered(piece)

    async def _numbered(self, piece: UUID) -> None:
        started = time.perf_counter()
        outcome, cause = "done", ""
        lease = asyncio.create_task(self._hold(piece))
        try:
            await self.run(piece)
        except PortError as error:
            outcome, cause = "later", f"{type(error).__name__}: {error}"[:200]
        except Exception as error:
            outcome, cause = "failed", type(error).__name__
            log.exception("work failed", list=self.name, id=to_wire(piece))
        finally:
            lease.cancel()
        STEPS.labels(self.name, outcome).inc()
        ms = round((time.perf_counter() - started) * 1000, 1)
        log.info("work", list=self.name, id=to_wire(piece), outcome=outcome, cause=cause, ms=ms)

    async def _hold(self, piece: UUID) -> None:
        while self.keep is not None:
            await asyncio.sleep(self.keep_every_s)
            try:
                await self.keep(piece)
            except PortError:
                continue
