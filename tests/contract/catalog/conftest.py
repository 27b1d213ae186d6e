"""The sync on both stores: the one in memory and PostgreSQL."""

from typing import Any, Protocol

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine
from tests.builders_catalog import a_cinema, a_film, a_genre, a_person, a_showtime, an_experience

from muvi.adapters.db.catalog.films import SqlFilms
from muvi.adapters.db.catalog.places import SqlPlaces
from muvi.adapters.db.catalog.references import SqlReferences
from muvi.adapters.db.catalog.showtimes import SqlShowtimes
from muvi.adapters.db.catalog.turns import SqlSyncTurns
from muvi.adapters.db.content import SqlContent
from muvi.adapters.db.unit_of_work import SqlUnitOfWork
from muvi.adapters.memory.catalog.feed import MemoryCatalogueFeed
from muvi.adapters.memory.catalog.mirror import MemorySyncTurns
from muvi.adapters.memory.catalog.places import MemoryPlaces
from muvi.adapters.memory.catalog.views import MemoryFilms, MemoryReferences, MemoryShowtimes
from muvi.adapters.memory.clock import CountingIds, FakeClock
from muvi.adapters.memory.content import MemoryContent
from muvi.adapters.memory.unit_of_work import MemoryDatabase, MemoryUnitOfWork
from muvi.application.catalog.sync_catalogue import KindReport, SyncCatalogue, SyncCommand, SyncReport
from muvi.domain.catalog.kinds import Kind
from muvi.domain.shared.actor import SYSTEM
from muvi.ports.catalog.films import Films
from muvi.ports.catalog.mirror import CatalogueTx, SyncTurns
from muvi.ports.catalog.references import References
from muvi.ports.content.content import Content, ContentTx
from muvi.ports.showtimes.browse import Showtimes
from muvi.ports.transaction import UnitOfWork
from muvi.ports.venues.places import Places


class CatalogueAndContentTx(CatalogueTx, ContentTx, Protocol):
    """Both views of a transaction."""


class Store(Protocol):
    """What a test looks at and edits behind the ports."""

    begin: UnitOfWork[CatalogueAndContentTx]
    turns: SyncTurns
    films: Films
    places: Places
    showtimes: Showtimes
    references: References
    content: Content

    async def rows(self, table: str) -> dict[str, dict[str, Any]]: ...

    async def edit(
        self, table: str, box_office_id: str, *, by_hand: bool = True, **values: object
    ) -> None: ...


class MemoryStore:
    def __init__(self) -> None:
        self.database = MemoryDatabase()
        self.begin = MemoryUnitOfWork(self.database)
        self.turns = MemorySyncTurns()
        self.films = MemoryFilms(self.database)
        self.places = MemoryPlaces(self.database)
        self.showtimes = MemoryShowtimes(self.database)
        self.references = MemoryReferences(self.database)
        self.content = MemoryContent(self.database)

    async def rows(self, table: str) -> dict[str, dict[str, Any]]:
        return self.database.table(table)

    async def edit(self, table: str, box_office_id: str, *, by_hand: bool = True, **values: object) -> None:
        row = self.database.table(table)[box_office_id]
        row.update(values, edited=list(values) if by_hand else [])


class SqlStore:
    def __init__(self, engine: AsyncEngine) -> None:
        self.engine = engine
        self.begin = SqlUnitOfWork(engine)
        self.turns = SqlSyncTurns(engine)
        self.films = SqlFilms(engine)
        self.places = SqlPlaces(engine)
        self.showtimes = SqlShowtimes(engine)
        self.references = SqlReferences(engine)
        self.content = SqlContent(engine)

    async def rows(self, table: str) -> dict[str, dict[str, Any]]:
        key = {"cities": "source_key"}.get(table, "box_office_id")
        async with self.engine.connect() as connection:
            found = await connection.execute(text(f"SELECT * FROM {table}"))  # noqa: S608
            return {row[key]: dict(row) for row in found.mappings()}

    async def edit(self, table: str, box_office_id: str, *, by_hand: bool = True, **values: object) -> None:
        sets = ", ".join(f"{name} = :{name}" for name in values)
        async with self.engine.begin() as connection:
            await connection.execute(
                text(f"UPDATE {table} SET {sets}, edited = :edited WHERE box_office_id = :key"),  # noqa: S608
                {**values, "edited": list(values) if by_hand else [], "key": box_office_id},
            )


class Chain:
    """A small chain at its box office, our mirror of it, and the sync between them."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.clock = FakeClock()
        self.ids = CountingIds(self.clock)
        self.feed = MemoryCatalogueFeed(
            genre_list=[a_genre()],
            people_list=[a_person()],
            experience_list=[an_experience()],
            cinema_list=[a_cinema()],
            film_list=[a_film()],
            showtime_list=[a_showtime(number=str(number)) for number in range(20)],
        )
        self.use_case = SyncCatalogue(
            begin=store.begin,
            feed=self.feed,
            turns=store.turns,
            clock=self.clock,
            ids=self.ids,
        )

    async def sync(self, *kinds: Kind, accept_drop: bool = False) -> SyncReport:
        wanted = frozenset(kinds) or frozenset(Kind)
        return await self.use_case(SyncCommand(actor=SYSTEM, kinds=wanted, accept_drop=accept_drop))

    async def sync_one(self, kind: Kind, *, accept_drop: bool = False) -> KindReport:
        return (await self.sync(kind, accept_drop=accept_drop)).kinds[0]


@pytest.fixture(params=["memory", "postgres"])
def chain(request: pytest.FixtureRequest) -> Chain:
    """A chain that was never synced."""
    if request.param == "memory":
        return Chain(MemoryStore())
    return Chain(SqlStore(request.getfixturevalue("clean_database")))
