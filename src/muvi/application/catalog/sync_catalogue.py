"""Copy the box office's catalogue, one kind after the other."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from muvi.application.catalog.collect import collect
from muvi.application.catalog.mirror_showtimes import write_showtimes
from muvi.application.catalog.mirror_works import (
    Written,
    write_cinemas,
    write_experiences,
    write_films,
    write_genres,
    write_people,
)
from muvi.domain.catalog.errors import FeedSuspicious, SyncRunning
from muvi.domain.catalog.kinds import Kind, in_order
from muvi.domain.shared.actor import Actor, ActorKind
from muvi.domain.shared.errors import Forbidden
from muvi.ports.catalog.feed import CatalogueFeed
from muvi.ports.catalog.mirror import NOTHING, CatalogueTx, Changes, SyncTurns
from muvi.ports.clock import Clock, Ids
from muvi.ports.errors import PortError
from muvi.ports.transaction import UnitOfWork

_log = logging.getLogger(__name__)


def _unheard(kind: Kind, records: int) -> None:
    del kind, records


@dataclass(frozen=True, slots=True, kw_only=True)
class SyncCommand:
    """Which kinds to copy. `accept_drop` is a person's word that a feed shrunk by more than half is right.

    `on_page` hears how many records of a kind have just arrived.
    """

    actor: Actor
    kinds: frozenset[Kind] = frozenset(Kind)
    accept_drop: bool = False
    on_page: Callable[[Kind, int], None] = _unheard


@dataclass(frozen=True, slots=True, kw_only=True)
class KindReport:
    """How one kind went. With a `failure` nothing of this kind was changed."""

    kind: Kind
    read: int = 0
    changes: Changes = NOTHING
    warnings: tuple[str, ...] = ()
    failure: FeedSuspicious | SyncRunning | PortError | None = None


@dataclass(frozen=True, slots=True)
class SyncReport:
    """How a run went, kind by kind."""

    kinds: tuple[KindReport, ...]

    @property
    def failure(self) -> FeedSuspicious | SyncRunning | PortError | None:
        """The first failure, if any."""
        return next((one.failure for one in self.kinds if one.failure is not None), None)


@dataclass(frozen=True, slots=True)
class SyncCatalogue:
    """The scheduler, the system itself or a person at the shell may run it. One run of a kind at a time.

    A kind whose feed fails, is empty or has more than halved changes nothing and is reported; the others
    still run.
    """

    begin: UnitOfWork[CatalogueTx]
    feed: CatalogueFeed
    turns: SyncTurns
    clock: Clock
    ids: Ids

    async def __call__(self, command: SyncCommand) -> SyncReport:
        """Raises `Forbidden` for anybody else."""
        if command.actor.kind not in (ActorKind.SCHEDULER, ActorKind.SYSTEM):
            raise Forbidden
        return SyncReport(tuple([await self._run(kind, command) for kind in in_order(command.kinds)]))

    async def _run(self, kind: Kind, command: SyncCommand) -> KindReport:
        try:
            async with self.turns.take(kind) as free:
                if not free:
                    busy = SyncRunning(f"A sync of {kind} is running already", kind=kind.value)
                    return KindReport(kind=kind, failure=busy)
                written = await self._copy(kind, command)
        except (FeedSuspicious, PortError) as failure:
            _log.error("catalogue sync of %s failed: %s", kind, failure)
            return KindReport(kind=kind, failure=failure)
        for warning in written.warnings:
            _log.error("catalogue sync of %s: %s", kind, warning)
        return KindReport(kind=kind, read=written.read, changes=written.changes, warnings=written.warnings)

    def _copy(self, kind: Kind, command: SyncCommand) -> Awaitable[Written]:
        copies = {
            Kind.GENRES: self._genres,
            Kind.PEOPLE: self._people,
            Kind.EXPERIENCES: self._experiences,
            Kind.CINEMAS: self._cinemas,
            Kind.FILMS: self._films,
            Kind.SHOWTIMES: self._showtimes,
        }
        return copies[kind](command, lambda records: command.on_page(kind, records))

    async def _genres(self, command: SyncCommand, on_page: Callable[[int], None]) -> Written:
        feed = await collect(self.feed.genres(), on_page)
        async with self.begin() as tx:
            return await write_genres(tx, feed, now=self.clock.now(), accept_drop=command.accept_drop)

    async def _people(self, command: SyncCommand, on_page: Callable[[int], None]) -> Written:
        feed = await collect(self.feed.people(), on_page)
        async with self.begin() as tx:
            return await write_people(tx, feed, now=self.clock.now(), accept_drop=command.accept_drop)

    async def _experiences(self, command: SyncCommand, on_page: Callable[[int], None]) -> Written:
        feed = await collect(self.feed.experiences(), on_page)
        async with self.begin() as tx:
            return await write_experiences(
                tx, feed, ids=self.ids, now=self.clock.now(), accept_drop=command.accept_drop
            )

    async def _cinemas(self, command: SyncCommand, on_page: Callable[[int], None]) -> Written:
        feed = await collect(self.feed.cinemas(), on_page)
        async with self.begin() as tx:
            return await write_cinemas(
                tx, feed, ids=self.ids, now=self.clock.now(), accept_drop=command.accept_drop
            )

    async def _films(self, command: SyncCommand, on_page: Callable[[int], None]) -> Written:
        feed = await collect(self.feed.films(), on_page)
        async with self.begin() as tx:
            return await write_films(
                tx, feed, ids=self.ids, now=self.clock.now(), accept_drop=command.accept_drop
            )

    async def _showtimes(self, command: SyncCommand, on_page: Callable[[int], None]) -> Written:
        feed = await collect(self.feed.showtimes(), on_page)
        async with self.begin() as tx:
            return await write_showtimes(
                tx, feed, ids=self.ids, now=self.clock.now(), accept_drop=command.accept_drop
            )
