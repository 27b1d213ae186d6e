"""What the database refuses of orders, seats and money, whoever asks; each with its guard off beside it."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine
from tests.builders_orders import (
    MINUTE,
    NOW,
    SEATS,
    SHOWTIME,
    a_capture,
    a_checkout,
    a_record,
    an_order,
    two_seats,
)
from tests.contract.purchase_stores import SqlStore

from muvi.adapters.db.errors import translating
from muvi.domain.orders.order import TRANSITIONS, OrderStatus
from muvi.domain.seating.selection import SeatsTaken


@pytest.fixture
async def bought(sql_store: SqlStore) -> AsyncEngine:
    """A database with an order, its sold seats and its money."""
    async with sql_store.begin() as tx:
        order = an_order(lines=two_seats())
        order.attach(a_record())
        order.note("order-placed", NOW)
        await tx.orders.add(order)
        await tx.checkouts.add(a_checkout())
        until = NOW + MINUTE
        await tx.claims.claim(SHOWTIME, SEATS, order_id=order.id, until=until, now=NOW)
        await tx.claims.sell(SHOWTIME, SEATS, order_id=order.id, now=NOW)
        await tx.ledger.post(a_capture())
    return sql_store.engine


async def refused(engine: AsyncEngine, statement: str) -> str:
    """What the database says, the constraint first."""
    with pytest.raises(DBAPIError) as error:
        async with engine.begin() as connection:
            await connection.execute(text(statement))
    return f"{error.value.driver_exception.constraint_name} {error.value.driver_exception}"


@asynccontextmanager
async def without(engine: AsyncEngine, table: str, trigger: str) -> AsyncGenerator[AsyncConnection]:
    """A transaction in which a guard is off; it is rolled back."""
    async with engine.connect() as connection:
        await connection.execute(text(f"ALTER TABLE {table} DISABLE TRIGGER {trigger}"))
        yield connection
        await connection.rollback()


async def test_the_database_knows_the_same_transitions_as_the_domain(bought: AsyncEngine) -> None:
    for before in OrderStatus:
        for after in OrderStatus:
            async with bought.connect() as connection:
                await connection.execute(text("ALTER TABLE orders DISABLE TRIGGER legal_status"))
                await connection.execute(text("UPDATE orders SET status = :s"), {"s": before})
                await connection.execute(text("ALTER TABLE orders ENABLE TRIGGER legal_status"))
                change = connection.execute(text("UPDATE orders SET status = :s"), {"s": after})
                if after is before or after in TRANSITIONS[before]:
                    await change
                else:
                    with pytest.raises(DBAPIError, match=f"does not go from {before} to {after}"):
                        await change
                await connection.rollback()


async def test_a_status_is_one_that_exists(bought: AsyncEngine) -> None:
    async with without(bought, "orders", "legal_status") as connection:
        with pytest.raises(DBAPIError, match="ck_orders_status"):
            await connection.execute(text("UPDATE orders SET status = 'LOST'"))


async def test_a_sold_seat_keeps_its_order(bought: AsyncEngine) -> None:
    theft = "UPDATE seat_claims SET order_id = gen_random_uuid()"
    assert (await refused(bought, theft)).startswith("ck_seat_claims_sold")
    async with without(bought, "seat_claims", "sold_stays_sold") as connection:
        assert (await connection.execute(text(theft))).rowcount == 2
    with pytest.raises(SeatsTaken):
        await _translated(bought, theft)


async def _translated(engine: AsyncEngine, statement: str) -> None:
    async with translating(), engine.begin() as connection:
        await connection.execute(text(statement))


@pytest.mark.parametrize(
    ("table", "change"),
    [
        ("ledger_entries", "minor = minor * 2"),
        ("ledger_journals", "source = 'other'"),
        ("seat_claim_events", "state = 'HELD'"),
    ],
)
async def test_what_happened_is_never_rewritten(bought: AsyncEngine, table: str, change: str) -> None:
    statement = f"UPDATE {table} SET {change}"  # noqa: S608
    assert "are never changed" in await refused(bought, statement)
    async with without(bought, table, "append_only") as connection:
        assert (await connection.execute(text(statement))).rowcount > 0


async def test_a_journal_sums_to_zero_when_its_phase_ends(bought: AsyncEngine) -> None:
    one_sided = (
        "INSERT INTO ledger_entries (journal_id, account, minor) SELECT id, 'x', 1 FROM ledger_journals"
    )
    assert (await refused(bought, one_sided)).startswith("ck_ledger_entries_balance")
    async with without(bought, "ledger_entries", "balances") as connection:
        await connection.execute(text(one_sided))
        await connection.execute(text("SET CONSTRAINTS ALL IMMEDIATE"))
        total = await connection.execute(text("SELECT sum(minor) FROM ledger_entries"))
        assert total.scalar_one() == 1


async def test_a_movement_of_nothing_is_none(bought: AsyncEngine) -> None:
    nothing = "INSERT INTO ledger_entries (journal_id, account, minor) SELECT id, 'x', 0 FROM ledger_journals"
    assert (await refused(bought, nothing)).startswith("ck_ledger_entries_minor")


async def test_an_order_has_one_active_box_office_order(bought: AsyncEngine) -> None:
    second = (
        "INSERT INTO box_office_orders (id, order_id, ref, cinema_ref, showtime_ref, platform, expires_at,"
        " total_minor, active) SELECT gen_random_uuid(), order_id, 'other', cinema_ref, showtime_ref,"
        " platform, expires_at, 0, true FROM box_office_orders"
    )
    assert (await refused(bought, second)).startswith("uq_box_office_orders_active")
    async with bought.connect() as connection:
        await connection.execute(text("DROP INDEX uq_box_office_orders_active"))
        assert (await connection.execute(text(second))).rowcount == 1
        await connection.rollback()


async def test_a_box_office_order_belongs_to_one_order(bought: AsyncEngine) -> None:
    stolen = (
        "INSERT INTO box_office_orders SELECT gen_random_uuid(), order_id, ref, cinema_ref, showtime_ref,"
    )
    stolen += " platform, expires_at, 0, false FROM box_office_orders"
    assert (await refused(bought, stolen)).startswith("uq_box_office_orders_ref")


@pytest.mark.parametrize(
    ("change", "constraint"),
    [
        ("total_minor = -1", "ck_orders_"),
        ("vat_minor = total_minor + 1", "ck_orders_vat"),
        ("operation_id = gen_random_uuid()", "ck_orders_operation"),
    ],
)
async def test_impossible_orders_are_refused(bought: AsyncEngine, change: str, constraint: str) -> None:
    assert (await refused(bought, f"UPDATE orders SET {change}")).startswith(constraint)  # noqa: S608


async def test_no_more_of_a_line_goes_back_than_it_cost(bought: AsyncEngine) -> None:
    over = "UPDATE order_lines SET refunded_minor = price_minor + 1"
    assert (await refused(bought, over)).startswith("ck_order_lines_refunded")


async def test_a_held_seat_has_an_end(bought: AsyncEngine) -> None:
    for_ever = "UPDATE seat_claims SET state = 'HELD', expires_at = NULL"
    assert (await refused(bought, for_ever)).startswith("ck_seat_claims_held_expires")
