"""Routes by which an operator's scheduler has the catalogue copied."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NewType

from dishka.integrations.litestar import FromDishka, inject
from litestar import Controller, post

from muvi.adapters.http.auth import SCHEDULER, scheduler_of
from muvi.adapters.http.problems import problems
from muvi.adapters.http.public.queries import Req
from muvi.adapters.http.wire import Answer
from muvi.application.catalog.sync_catalogue import SyncCatalogue, SyncCommand, SyncReport
from muvi.domain.catalog.errors import FeedSuspicious, SyncRunning
from muvi.domain.catalog.kinds import Kind

SchedulerToken = NewType("SchedulerToken", str)
"""What the scheduler shows as its bearer token."""

_PROBLEMS = problems(401, SyncRunning, FeedSuspicious, 502, 503)


class KindSynced(Answer, frozen=True):
    """Rows read and touched of one kind, and what a person should look at."""

    kind: str
    read: int
    added: int
    changed: int
    withdrawn: int
    warnings: Sequence[str]


class Synced(Answer, frozen=True):
    """What a run did."""

    added: int
    changed: int
    withdrawn: int
    kinds: Sequence[KindSynced]

    @classmethod
    def of(cls, report: SyncReport) -> Synced:
        """Sums and parts. Raises the first failure."""
        if report.failure is not None:
            raise report.failure
        return cls(
            added=sum(one.changes.added for one in report.kinds),
            changed=sum(one.changes.changed for one in report.kinds),
            withdrawn=sum(one.changes.withdrawn for one in report.kinds),
            kinds=[
                KindSynced(
                    kind=one.kind,
                    read=one.read,
                    added=one.changes.added,
                    changed=one.changes.changed,
                    withdrawn=one.changes.withdrawn,
                    warnings=one.warnings,
                )
                for one in report.kinds
            ],
        )


class CatalogueSync(Controller):
    """`/cms/*/cron-sync`: 409 `sync-running` while one runs, `feed-suspicious` for a feed not believed."""

    path = "/cms"
    security = SCHEDULER
    tags = ("scheduler",)

    @post("/cinemas/cron-sync", operation_id="syncCinemas", status_code=200, responses=_PROBLEMS)
    @inject
    async def cinemas(
        self, request: Req, sync: FromDishka[SyncCatalogue], token: FromDishka[SchedulerToken]
    ) -> Synced:
        """Copy cinemas, their cities and experiences."""
        return await _sync(request, sync, token, Kind.EXPERIENCES, Kind.CINEMAS)

    @post("/films/cron-sync", operation_id="syncFilms", status_code=200, responses=_PROBLEMS)
    @inject
    async def films(
        self, request: Req, sync: FromDishka[SyncCatalogue], token: FromDishka[SchedulerToken]
    ) -> Synced:
        """Copy films."""
        return await _sync(request, sync, token, Kind.FILMS)

    @post("/genres/cron-sync", operation_id="syncGenres", status_code=200, responses=_PROBLEMS)
    @inject
    async def genres(
        self, request: Req, sync: FromDishka[SyncCatalogue], token: FromDishka[SchedulerToken]
    ) -> Synced:
        """Copy genres."""
        return await _sync(request, sync, token, Kind.GENRES)

    @post("/people/cron-sync", operation_id="syncPeople", status_code=200, responses=_PROBLEMS)
    @inject
    async def people(
        self, request: Req, sync: FromDishka[SyncCatalogue], token: FromDishka[SchedulerToken]
    ) -> Synced:
        """Copy people."""
        return await _sync(request, sync, token, Kind.PEOPLE)

    @post("/sessions/cron-sync", operation_id="syncSessions", status_code=200, responses=_PROBLEMS)
    @inject
    async def sessions(
        self, request: Req, sync: FromDishka[SyncCatalogue], token: FromDishka[SchedulerToken]
    ) -> Synced:
        """Copy showtimes."""
        return await _sync(request, sync, token, Kind.SHOWTIMES)

    @post("/film-sessions/cron-sync", operation_id="syncFilmSessions", status_code=200, responses=_PROBLEMS)
    @inject
    async def film_sessions(
        self, request: Req, sync: FromDishka[SyncCatalogue], token: FromDishka[SchedulerToken]
    ) -> Synced:
        """Copy showtimes; the same under its older path."""
        return await _sync(request, sync, token, Kind.SHOWTIMES)


async def _sync(request: Req, sync: SyncCatalogue, token: SchedulerToken, *kinds: Kind) -> Synced:
    actor = scheduler_of(request, token)
    return Synced.of(await sync(SyncCommand(actor=actor, kinds=frozenset(kinds))))
