"""The stories of `test_killed.py` on PostgreSQL: commits are real, and so is what a cut-off phase leaves."""

from itertools import count
from types import SimpleNamespace
from uuid import UUID

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine
from tests.builders_orders import GUEST
from tests.builders_seating import ADULT
from tests.contract.purchase_stores import seed
from tests.faults.orders.test_killed import STORIES
from tests.killing import KillSignal, MortalUnitOfWork
from tests.shop import Shop
from typing_extensions import override

from muvi.adapters.db.showtimes_for_sale import SqlShowtimesForSale
from muvi.adapters.db.tables import metadata
from muvi.adapters.db.unit_of_work import SqlUnitOfWork
from muvi.adapters.memory.seating import Claim, ClaimState
from muvi.application.orders.start_payment import PaymentStarted
from muvi.domain.ledger.journal import Entry, Journal, JournalKind
from muvi.domain.orders.order import Order
from muvi.domain.seating.seat_plan import SeatKey
from muvi.domain.shared.actor import Actor


class SqlShop(Shop):
    """The same shop with its rows in PostgreSQL; what a test looks at is a copy, made after each act."""

    def __init__(self, engine: AsyncEngine) -> None:
        super().__init__()
        self.engine = engine
        self.immortal = SqlUnitOfWork(engine)
        self.begin = MortalUnitOfWork(self.immortal, self.killer)
        self.showtimes = SqlShowtimesForSale(engine)
        self._wire()

    @override
    async def work(self) -> None:
        await super().work()
        await self.look()

    @override
    async def choose(
        self, order_id: UUID, *seats: SeatKey, actor: Actor = GUEST, ticket: str = ADULT
    ) -> None:
        await super().choose(order_id, *seats, actor=actor, ticket=ticket)
        await self.look()

    @override
    async def pay(self, order_id: UUID, actor: Actor = GUEST) -> PaymentStarted:
        started = await super().pay(order_id, actor)
        await self.look()
        return started

    @override
    async def cancel(self, order_id: UUID, actor: Actor = GUEST) -> Order:
        order = await super().cancel(order_id, actor)
        await self.look()
        return order

    async def look(self) -> None:
        """Copy what the tables say."""
        self.database.tables.clear()
        async with self.immortal() as tx:
            for (order_id,) in await self._rows("SELECT id FROM orders"):
                self.database.table("orders")[order_id] = await tx.orders.get(order_id)
                self.database.table("checkouts")[order_id] = await tx.checkouts.get(order_id)
                attempts = self.database.table("payment_attempts")
                attempts |= {one.id: one for one in await tx.attempts.of_order(order_id)}
                refunds = self.database.table("refunds")
                refunds |= {one.id: one for one in await tx.refunds.of_order(order_id)}
        await self._look_at_seats()
        await self._look_at_money()
        for key, order_id in await self._rows("SELECT id, order_id FROM tickets"):
            self.database.table("tickets")[key] = SimpleNamespace(order_id=order_id)
        for key, kind in await self._rows("SELECT id, type FROM outbox"):
            self.database.table("outbox")[key] = SimpleNamespace(event=SimpleNamespace(type=kind))
        for order_id, code in await self._rows("SELECT order_id, code FROM order_timeline ORDER BY id"):
            self.database.table("order_timeline").setdefault(order_id, []).append(SimpleNamespace(code=code))

    async def _look_at_seats(self) -> None:
        query = "SELECT showtime_id, seat_key, order_id, state, version FROM seat_claims"
        for showtime, seat, order_id, state, version in await self._rows(query):
            claim = Claim(order_id=order_id, state=ClaimState(state), version=version)
            self.database.table("seat_claims")[showtime, seat] = claim

    async def _look_at_money(self) -> None:
        query = (
            "SELECT j.id, kind, source, order_id, currency, at, jsonb_agg(jsonb_build_array(account, minor))"
            " FROM ledger_journals j JOIN ledger_entries e ON e.journal_id = j.id GROUP BY j.id"
        )
        for key, kind, source, order_id, currency, at, entries in await self._rows(query):
            self.database.table("ledger_journals")[key] = Journal(
                kind=JournalKind(kind),
                source=source,
                order_id=order_id,
                currency=currency,
                at=at,
                entries=tuple(Entry(account, minor) for account, minor in entries),
            )

    async def _rows(self, query: str) -> list[tuple[object, ...]]:
        async with self.engine.connect() as connection:
            return [tuple(row) for row in await connection.execute(text(query))]


async def opened(engine: AsyncEngine) -> SqlShop:
    """A shop on tables that hold nothing but a showtime."""
    shop = SqlShop(engine)
    async with engine.begin() as connection:
        for table in reversed(metadata.sorted_tables):
            await connection.execute(table.delete())
        await seed(connection, shop.showtime)
    return shop


@pytest.mark.parametrize(
    ("name", "stride"),
    [
        ("choose again", 1),
        ("pay", 1),
        ("cancel while paying", 1),
        ("complete", 1),
        ("complete with a lost reply", 5),
        ("late money", 2),
        ("late money, seats gone", 3),
        ("paid twice", 3),
    ],
)
async def test_killed_anywhere_a_purchase_ends_whole(
    clean_database: AsyncEngine, name: str, stride: int
) -> None:
    story = STORIES[name]
    for moment in count(0, stride):
        shop = await opened(clean_database)
        order_id = await story.prepare(shop)
        shop.killer.arm(moment)
        died = False
        try:
            await story.act(shop, order_id)
        except KillSignal:
            died = True
        shop.killer.disarm()
        await shop.settle()
        assert shop.must_be_whole(order_id) in story.ends, shop.killer.passed[-1]
        if not died:
            assert shop.order(order_id).status is story.whole
            return
