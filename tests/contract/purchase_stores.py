"""Where the rows of a purchase are kept: in memory and on PostgreSQL, with a showtime to buy."""

from collections.abc import Callable
from typing import Any, Protocol
from uuid import UUID

from sqlalchemy import Table, text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine
from tests.builders_orders import NOW
from typing_extensions import override

from muvi.adapters.db.order_views import SqlOrderViews
from muvi.adapters.db.payment_views import SqlPaymentViews
from muvi.adapters.db.showtimes_for_sale import SqlShowtimesForSale
from muvi.adapters.db.tables.catalog import films, ratings
from muvi.adapters.db.tables.showtimes import showtimes
from muvi.adapters.db.tables.venues import cinemas, experiences, screens
from muvi.adapters.db.unit_of_work import SqlUnitOfWork
from muvi.adapters.memory.database import MemoryDatabase
from muvi.adapters.memory.orders import MemoryOrderViews
from muvi.adapters.memory.payments import MemoryPaymentViews
from muvi.adapters.memory.seating import Claim
from muvi.adapters.memory.showtimes import MemoryShowtimesForSale
from muvi.adapters.memory.unit_of_work import MemoryUnitOfWork
from muvi.ports.orders.views import OrderViews
from muvi.ports.payments.views import PaymentViews
from muvi.ports.showtimes.for_sale import ShowtimeForSale, ShowtimesForSale


class PurchaseStore(Protocol):
    """What the suites of a purchase need beside the ports."""

    begin: Callable[..., Any]
    views: OrderViews
    pages: PaymentViews
    showtimes: ShowtimesForSale

    async def put_on_sale(self, showtime: ShowtimeForSale) -> None: ...

    async def claims(self, showtime_id: UUID) -> dict[str, tuple[UUID, str, int]]:
        """Order, state and version by seat."""

    async def claim_history(self, showtime_id: UUID) -> list[tuple[str, str, int]]:
        """Seat, state, version of every change, oldest first."""

    async def seat_version(self, showtime_id: UUID) -> int: ...

    async def entries(self) -> list[tuple[str, int]]:
        """Account and amount of everything in the ledger."""


class MemoryStore(PurchaseStore):
    def __init__(self) -> None:
        self.database = MemoryDatabase()
        self.begin = MemoryUnitOfWork(self.database)
        self.views = MemoryOrderViews(self.database)
        self.pages = MemoryPaymentViews(self.database)
        self.showtimes = MemoryShowtimesForSale(self.database)

    @override
    async def put_on_sale(self, showtime: ShowtimeForSale) -> None:
        self.showtimes.put(showtime)

    @override
    async def claims(self, showtime_id: UUID) -> dict[str, tuple[UUID, str, int]]:
        rows: dict[tuple[UUID, str], Claim] = self.database.table("seat_claims")
        return {
            seat: (claim.order_id, claim.state, claim.version)
            for (showtime, seat), claim in rows.items()
            if showtime == showtime_id
        }

    @override
    async def claim_history(self, showtime_id: UUID) -> list[tuple[str, str, int]]:
        events = self.database.table("seat_claim_events").values()
        return [
            (seat, str(claim.state), claim.version)
            for where, seat, claim, _ in events
            if where == showtime_id
        ]

    @override
    async def seat_version(self, showtime_id: UUID) -> int:
        version: int = self.database.table("seat_versions").get(showtime_id, 0)
        return version

    @override
    async def entries(self) -> list[tuple[str, int]]:
        journals = self.database.table("ledger_journals").values()
        return [(entry.account, entry.minor) for journal in journals for entry in journal.entries]


class SqlStore(PurchaseStore):
    def __init__(self, engine: AsyncEngine) -> None:
        self.engine = engine
        self.begin = SqlUnitOfWork(engine)
        self.views = SqlOrderViews(engine)
        self.pages = SqlPaymentViews(engine)
        self.showtimes = SqlShowtimesForSale(engine)

    @override
    async def put_on_sale(self, showtime: ShowtimeForSale) -> None:
        async with self.engine.begin() as connection:
            await seed(connection, showtime)

    async def rows(self, query: str, **facts: object) -> list[tuple[Any, ...]]:
        async with self.engine.connect() as connection:
            return [tuple(row) for row in await connection.execute(text(query), facts)]

    @override
    async def claims(self, showtime_id: UUID) -> dict[str, tuple[UUID, str, int]]:
        query = "SELECT seat_key, order_id, state, version FROM seat_claims WHERE showtime_id = :showtime"
        return {
            seat: (order, state, version)
            for seat, order, state, version in await self.rows(query, showtime=showtime_id)
        }

    @override
    async def claim_history(self, showtime_id: UUID) -> list[tuple[str, str, int]]:
        query = (
            "SELECT seat_key, state, version FROM seat_claim_events WHERE showtime_id = :showtime ORDER BY id"
        )
        return [
            (seat, state, version) for seat, state, version in await self.rows(query, showtime=showtime_id)
        ]

    @override
    async def seat_version(self, showtime_id: UUID) -> int:
        rows = await self.rows("SELECT version FROM seat_versions WHERE showtime_id = :id", id=showtime_id)
        return int(rows[0][0]) if rows else 0

    @override
    async def entries(self) -> list[tuple[str, int]]:
        return [
            (account, minor)
            for account, minor in await self.rows("SELECT account, minor FROM ledger_entries")
        ]


async def seed(connection: AsyncConnection, showtime: ShowtimeForSale) -> None:
    """The rows behind a showtime, as the catalogue's sync would have left them."""
    times = {"created_at": NOW, "updated_at": NOW}

    async def put(table: Table, **row: object) -> Any:  # noqa: ANN401  (a key of any type)
        statement = table.insert().values(**times, **row).returning(table.c.id)
        return (await connection.execute(statement)).scalar_one()

    rating = await put(ratings, code=showtime.rating) if showtime.rating else None
    rooms = [
        await put(
            experiences,
            unique_name=name.en.lower(),
            code=name.en,
            name_en=name.en,
            name_ar=name.ar,
            box_office_id=name.en,
            position=position,
        )
        for position, name in enumerate(showtime.experiences)
    ]
    await put(
        cinemas,
        id=showtime.cinema_id,
        unique_name="mall-cinema",
        name_en=showtime.cinema_name.en,
        name_ar=showtime.cinema_name.ar,
        currency=showtime.currency,
        source_zone="Arab Standard Time",
        time_zone=showtime.zone,
        box_office_id=showtime.ref.cinema,
    )
    await put(
        films,
        id=showtime.film_id,
        unique_name="the-long-way-home",
        title_en=showtime.film_title.en,
        title_ar=showtime.film_title.ar,
        rating_id=rating,
        box_office_id="HO00000720",
    )
    screen = await put(
        screens,
        id=UUID(int=2),
        cinema_id=showtime.cinema_id,
        number=2,
        name_en=showtime.screen_name.en,
        name_ar=showtime.screen_name.ar,
    )
    await put(
        showtimes,
        id=showtime.id,
        box_office_id=f"{showtime.ref.cinema}-{showtime.ref.showtime}",
        box_office_number=showtime.ref.showtime,
        cinema_id=showtime.cinema_id,
        film_id=showtime.film_id,
        screen_id=screen,
        starts_at=showtime.starts_at,
        business_date=showtime.business_date,
        seats_available=28,
        sold_out=False,
        on_sale=showtime.on_sale,
        experience_ids=rooms,
    )
