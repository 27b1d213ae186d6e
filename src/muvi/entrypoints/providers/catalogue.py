"""Everything that is browsed: films, places, showtimes, content, and the sync behind them."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from typing import NewType

from dishka import Provider, Scope, provide, provide_all
from sqlalchemy.ext.asyncio import AsyncEngine

from muvi.adapters.db.catalog.films import SqlFilms
from muvi.adapters.db.catalog.mirror import CHANNEL
from muvi.adapters.db.catalog.places import SqlPlaces
from muvi.adapters.db.catalog.references import SqlReferences
from muvi.adapters.db.catalog.showtimes import SqlShowtimes
from muvi.adapters.db.catalog.turns import SqlSyncTurns
from muvi.adapters.db.content import SqlContent
from muvi.adapters.db.engine import make_engine
from muvi.adapters.db.notifications import Notifications
from muvi.adapters.db.unit_of_work import SqlUnitOfWork
from muvi.adapters.http.public.browsing import PublicLinks
from muvi.adapters.http.ready import ReadyAnswers
from muvi.adapters.http.scheduler.catalogue import SchedulerToken
from muvi.adapters.kit.http_client import VendorHttp
from muvi.adapters.vista.catalogue_feed import VistaCatalogueFeed
from muvi.adapters.vista.odata import ODataReader
from muvi.application.catalog.browse_films import ListFilmCinemas, ListFilms, ListShowings, ReadFilm
from muvi.application.catalog.check_references import FindUnknownReferences
from muvi.application.catalog.sync_catalogue import SyncCatalogue
from muvi.application.content.load_demo import LoadDemoContent
from muvi.application.content.read_content import ListBanners, ListCancellationReasons, ReadSettings
from muvi.application.showtimes.browse_showtimes import ListShowtimes, ListStartingNow, ReadShowtime
from muvi.application.venues.browse_places import (
    FindNearestCity,
    ListCinemas,
    ListCities,
    ListExperiences,
    ReadCinema,
    ReadExperience,
)
from muvi.domain.shared.actor import Platform
from muvi.entrypoints.settings import Settings
from muvi.ports.catalog.feed import CatalogueFeed
from muvi.ports.catalog.films import Films
from muvi.ports.catalog.mirror import CatalogueTx, SyncTurns
from muvi.ports.catalog.references import References
from muvi.ports.clock import Clock, Ids
from muvi.ports.content.content import Content, ContentTx
from muvi.ports.showtimes.browse import Showtimes
from muvi.ports.transaction import UnitOfWork
from muvi.ports.venues.places import Places

MEDIA_PATH = "CDN/media/entity/get"

ReadEngine = NewType("ReadEngine", AsyncEngine)
"""For reads that no decision follows; a replica's where DB_READ_* name one."""


class CatalogueProvider(Provider):
    """Views on PostgreSQL, the feed from Vista."""

    scope = Scope.APP

    @provide
    async def read_engine(self, settings: Settings, primary: AsyncEngine) -> AsyncGenerator[ReadEngine]:
        """The replica's pool, or the primary's when there is none."""
        if settings.read_database_url == settings.database_url:
            yield ReadEngine(primary)
            return
        engine = make_engine(
            settings.read_database_url, application="muvi-read", pool_size=settings.pool_size
        )
        yield ReadEngine(engine)
        await engine.dispose()

    @provide
    def films(self, engine: ReadEngine) -> Films:
        """Films to show."""
        return SqlFilms(engine)

    @provide
    def places(self, engine: ReadEngine) -> Places:
        """Places to show."""
        return SqlPlaces(engine)

    @provide
    def showtimes(self, engine: ReadEngine) -> Showtimes:
        """Showtimes to show."""
        return SqlShowtimes(engine)

    @provide
    def content(self, engine: ReadEngine) -> Content:
        """Banners, settings, reasons."""
        return SqlContent(engine)

    @provide
    def references(self, engine: ReadEngine) -> References:
        """Whether ids exist."""
        return SqlReferences(engine)

    @provide
    def ready(self, notifications: Notifications) -> ReadyAnswers:
        """Answers of this process, dropped when the catalogue says that it changed or may have."""
        answers = ReadyAnswers()
        notifications.subscribe(CHANNEL, lambda _: answers.drop())
        notifications.on_gap(answers.drop)
        return answers

    @provide
    def links(self, settings: Settings) -> PublicLinks:
        """Where the public finds us."""
        return PublicLinks(settings.public_base_url)

    @provide
    def scheduler_token(self, settings: Settings) -> SchedulerToken:
        """The scheduler's credential."""
        return SchedulerToken(settings.scheduler_token)

    @provide
    def turns(self, engine: AsyncEngine) -> SyncTurns:
        """Advisory locks of the primary."""
        return SqlSyncTurns(engine)

    @provide
    def catalogue_phases(self, begin: SqlUnitOfWork) -> UnitOfWork[CatalogueTx]:
        """The sync's view of a transaction."""
        return begin

    @provide
    def content_phases(self, begin: SqlUnitOfWork) -> UnitOfWork[ContentTx]:
        """The demo content's view of a transaction."""
        return begin

    @provide
    async def feed(self, settings: Settings) -> AsyncGenerator[CatalogueFeed]:
        """OData.svc with the website's token; the header's name goes out as it is written here."""
        token = settings.vista.tokens[Platform.WEBSITE]
        http = VendorHttp(
            "box-office", settings.vista.base_url, headers=(("connectApiToken", token),), max_connections=4
        )
        yield VistaCatalogueFeed(ODataReader(http), media_url=f"{settings.vista.base_url}/{MEDIA_PATH}")
        await http.aclose()


class CatalogueUseCases(Provider):
    """What a request, a job or a command may ask for."""

    scope = Scope.REQUEST

    use_cases = provide_all(
        SyncCatalogue,
        FindUnknownReferences,
        ListFilms,
        ReadFilm,
        ListShowings,
        ListFilmCinemas,
        ListCities,
        FindNearestCity,
        ListCinemas,
        ReadCinema,
        ListExperiences,
        ReadExperience,
        ListShowtimes,
        ListStartingNow,
        ReadShowtime,
        ListBanners,
        ListCancellationReasons,
        ReadSettings,
    )

    @provide
    def load_demo(
        self, begin: UnitOfWork[ContentTx], clock: Clock, ids: Ids, settings: Settings
    ) -> LoadDemoContent:
        """Refuses in production."""
        return LoadDemoContent(begin, clock, ids, is_production=settings.production)
