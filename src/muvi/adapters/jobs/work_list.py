"""Work that waits in a table: leased, run, and looked for again at each ring of a bell or once a second."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, field
from uuid import UUID

import structlog
from prometheus_client import Counter

from muvi.adapters.jobs.bell import rung
from muvi.adapters.kit.causes import UNKNOWN, Cause, causes
from muvi.adapters.kit.request_id import under_request_id
from muvi.adapters.kit.tracing import span
from muvi.domain.shared.ids import to_wire
from muvi.ports.errors import PortError

FLOOR_S = 1.0
KEEP_EVERY_S = 5.0
GRACE_S = 25.0
"""How long work that is under way may take to end when the worker stops."""
STEPS = Counter("muvi_work_total", "Pieces of work by list and outcome", ["list", "outcome"])

Claim = Callable[[int], Awaitable[tuple[UUID, ...]]]
Hold = Callable[[UUID], Awaitable[None]]

log = structlog.get_logger("work")


@dataclass(frozen=True, slots=True)
class Lease:
    """What can be done with the lease of a piece: prolong it, or end it for another to take the piece."""

    keep: Hold
    give_back: Hold


@dataclass(slots=True, kw_only=True)
class WorkList:
    """One list of one worker process; others may work on the same table.

    `claim(limit)` leases what is due, `run` does one piece, whose lease is kept while it runs. A piece whose
    worker dies is taken by another once its lease has lapsed.

    When the worker stops nothing new is taken and what runs is given time to end; a second cancellation cuts
    that short. The lease of a piece that was not begun is given back, and that of one which was cut where
    that is a `harmless_cut`: elsewhere a call that was cut may still arrive, and the lease is the pause
    before anybody asks what became of it.
    """

    name: str
    claim: Claim
    run: Callable[[UUID], Awaitable[None]]
    lease: Lease | None = None
    harmless_cut: bool = False
    grace_s: float = GRACE_S
    concurrency: int = 16
    keep_every_s: float = KEEP_EVERY_S
    _bell: asyncio.Event = field(default_factory=asyncio.Event)
    _running: dict[asyncio.Task[None], UUID] = field(default_factory=dict)
    _claiming: asyncio.Task[tuple[UUID, ...]] | None = None

    def ring(self, _: str = "") -> None:
        """Something may be due."""
        self._bell.set()

    async def work(self) -> None:
        """Work until cancelled, then end what runs."""
        try:
            while True:
                self._bell.clear()
                if not await self._take():
                    await rung(self._bell, within_s=FLOOR_S)
        finally:
            await self._end()

    async def _end(self) -> None:
        await self._give_back(await self._taken_at_last())
        if self._running:
            with suppress(asyncio.CancelledError):  # a second cancellation: no more time
                await asyncio.wait(self._running, timeout=self.grace_s)
        cut = dict(self._running)
        for task in cut:
            task.cancel()
        if cut:
            await asyncio.wait(cut)
            log.warning("work cut", list=self.name, ids=[to_wire(piece) for piece in cut.values()])
        if self.harmless_cut:
            await self._give_back(tuple(cut.values()))

    async def _taken_at_last(self) -> tuple[UUID, ...]:
        """What was being claimed when the worker was stopped: leased, and not begun."""
        if self._claiming is None:
            return ()
        with suppress(PortError, asyncio.CancelledError):
            return await self._claiming
        return ()

    async def _give_back(self, pieces: tuple[UUID, ...]) -> None:
        for piece in pieces:
            if self.lease is not None:
                with suppress(PortError):
                    await self.lease.give_back(piece)

    async def _take(self) -> bool:
        """Begin what is due; whether there may be more of it, which a full hand alone shows."""
        free = self.concurrency - len(self._running)
        if free <= 0:
            await asyncio.wait(self._running, return_when=asyncio.FIRST_COMPLETED)
            return True
        try:
            with causes() as found:
                self._claiming = asyncio.ensure_future(self.claim(free))
            due = await asyncio.shield(self._claiming)
        except PortError as error:
            log.warning("work list waits", list=self.name, cause=str(error))
            self._claiming = None
            await asyncio.sleep(FLOOR_S)
            return False
        self._claiming = None
        for piece in due:
            task = asyncio.create_task(
                self._one(piece, found.get(piece, UNKNOWN)), name=f"{self.name}:{piece}"
            )
            self._running[task] = piece
            task.add_done_callback(lambda ended: self._running.pop(ended, None))
        return len(due) >= free

    async def _one(self, piece: UUID, cause: Cause) -> None:
        with (
            under_request_id(cause.request_id),
            span(f"work {self.name}", kind="consumer", parent=cause.traceparent) as told,
        ):
            told.tell("muvi.id", to_wire(piece))
            told.tell("muvi.outcome", await self._numbered(piece))

    async def _numbered(self, piece: UUID) -> str:
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
        return outcome

    async def _hold(self, piece: UUID) -> None:
        while self.lease is not None:
            await asyncio.sleep(self.keep_every_s)
            try:
                await self.lease.keep(piece)
            except PortError:
                continue
