"""Clock, ids, the database, readiness."""

from __future__ import annotations

from collections.abc import AsyncGenerator

from dishka import Provider, Scope, from_context, provide
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncEngine

from muvi.adapters.db.backlog import SqlBacklog, watch_pool
from muvi.adapters.db.engine import make_engine
from muvi.adapters.db.notifications import Notifications
from muvi.adapters.db.unit_of_work import SqlUnitOfWork
from muvi.adapters.http.health import ReadinessProbe
from muvi.adapters.http.insiders import Insiders
from muvi.adapters.kit.clock import LoopPauses, SystemClock, UlidIds
from muvi.entrypoints.settings import Settings
from muvi.ports.clock import Clock, Ids, Pauses


class CoreProvider(Provider):
    """Everything that every process needs."""

    scope = Scope.APP
    settings = from_context(Settings)

    @provide
    def clock(self) -> Clock:
        """The machine's clock."""
        return SystemClock()

    @provide
    def pauses(self) -> Pauses:
        """The event loop's timers."""
        return LoopPauses()

    @provide
    def ids(self, clock: Clock) -> Ids:
        """ULIDs."""
        return UlidIds(clock)

    @provide
    async def engine(self, settings: Settings) -> AsyncGenerator[AsyncEngine]:
        """The primary's pool."""
        engine = make_engine(settings.database_url, application="muvi", pool_size=settings.pool_size)
        watch_pool(engine)
        yield engine
        await engine.dispose()

    @provide
    def unit_of_work(self, engine: AsyncEngine) -> SqlUnitOfWork:
        """Atomic phases; each capability's provider hands it out under its own narrow type."""
        return SqlUnitOfWork(engine)

    @provide
    def notifications(self, settings: Settings) -> Notifications:
        """The LISTEN connection; the process starts it."""
        return Notifications(settings.database_url)

    @provide
    def insiders(self, settings: Settings) -> Insiders:
        """Who may read the numbers."""
        return Insiders(settings.metrics_token)

    @provide
    def backlog(self, engine: AsyncEngine, clock: Clock) -> SqlBacklog:
        """How much work is due."""
        return SqlBacklog(engine, clock)

    @provide
    def readiness(self, engine: AsyncEngine) -> ReadinessProbe:
        """The database answers; the cache is not asked."""

        async def database() -> bool:
            try:
                async with engine.connect() as connection:
                    await connection.execute(text("SELECT 1"))
            except (SQLAlchemyError, OSError, TimeoutError):
                return False
            return True

        return ReadinessProbe({"database": database})
