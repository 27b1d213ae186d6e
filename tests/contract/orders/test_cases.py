"""An order with its attempts, its checkout and its seats: locked in order, read once all locks are had."""

import asyncio
import importlib

import pytest
from sqlalchemy import text
from tests.builders_orders import (
    MINUTE,
    NOW,
    SEATS,
    SHOWTIME,
    a_checkout,
    a_record,
    an_id,
    an_order,
    facts,
    two_seats,
)
from tests.builders_payments import a_report, a_transaction, an_open_attempt
from tests.contract.kit.locks import somebody_waits
from tests.contract.purchase_stores import PurchaseStore, SqlStore

from muvi.domain.orders.checkout import CheckoutState
from muvi.domain.payments.report import Verdict
from muvi.ports.orders.cases import LockedCase

ORDER = an_id(1)
MIGRATION = importlib.import_module("muvi.adapters.db.migrations.versions.0012_order_cases")


async def begin(store: PurchaseStore) -> None:
    """An order without seats, its checkout, and two payments that were opened."""
    async with store.begin() as tx:
        await tx.orders.add(an_order())
        await tx.checkouts.add(a_checkout())
        for number in (2, 1):
            await tx.attempts.add(an_open_attempt(number, order_id=ORDER))


async def go_on(tx: object) -> None:
    """Seats, a box office order, a capture, and a checkout that has moved."""
    case = await tx.cases.lock(ORDER)  # type: ignore[attr-defined]
    order, attempt, checkout = case.order, case.attempts[0], case.checkout
    order.choose(two_seats(), NOW + 5 * MINUTE)
    order.attach(a_record())
    await tx.orders.save(order)  # type: ignore[attr-defined]
    report = a_report(Verdict.CAPTURED, a_transaction("t1"))
    await tx.attempts.record(attempt, report.transactions, NOW)  # type: ignore[attr-defined]
    attempt.apply(report, NOW, signals_seen=0)
    await tx.attempts.save(attempt)  # type: ignore[attr-defined]
    checkout.enter(CheckoutState.COMPLETING, NOW)
    await tx.checkouts.save(checkout)  # type: ignore[attr-defined]
    await tx.claims.claim(SHOWTIME, SEATS, order_id=ORDER, until=NOW + MINUTE, now=NOW)  # type: ignore[attr-defined]


async def lock(store: PurchaseStore) -> LockedCase:
    async with store.begin() as tx:
        found: LockedCase = await tx.cases.lock(ORDER)
    return found


async def test_a_case_is_what_each_port_reads(store: PurchaseStore) -> None:
    await begin(store)
    async with store.begin() as tx:
        await go_on(tx)
    case = await lock(store)
    async with store.begin() as tx:
        assert facts(case.order) == facts(await tx.orders.get(ORDER))
        assert [*map(facts, case.attempts)] == [*map(facts, await tx.attempts.of_order(ORDER))]
        assert facts(case.checkout) == facts(await tx.checkouts.get(ORDER))
        assert case.held == await tx.claims.held(SHOWTIME, order_id=ORDER) == frozenset(SEATS)
    assert [one.transaction_id for one in case.attempts[0].captured] == ["t1"]
    assert (len(case.order.lines), len(case.order.box_office_orders)) == (3, 1)


async def test_what_was_read_here_is_written_back_by_each_port(store: PurchaseStore) -> None:
    await begin(store)
    for _ in range(2):
        async with store.begin() as tx:
            case = await tx.cases.lock(ORDER)
            case.order.note("seen", NOW)
            case.order.expires_at += MINUTE
            await tx.orders.save(case.order)
            await tx.checkouts.save(case.checkout)
            await tx.attempts.save(case.attempts[1])
    again = await lock(store)
    assert again.order.expires_at == an_order().expires_at + 2 * MINUTE
    assert (again.order.version, again.checkout.version, again.attempts[1].version) == (2, 2, 2)


async def test_there_is_none_of_an_order_that_is_not_there(store: PurchaseStore) -> None:
    async with store.begin() as tx:
        assert await tx.cases.lock(ORDER) is None


async def test_an_order_without_a_checkout_is_a_defect(store: PurchaseStore) -> None:
    async with store.begin() as tx:
        await tx.orders.add(an_order())
    with pytest.raises(LookupError):
        await lock(store)


async def read_behind(store: SqlStore) -> LockedCase:
    """One phase changes everything, another waits for its locks: what the second read."""
    await begin(store)
    async with asyncio.TaskGroup() as group, store.begin() as first:
        await go_on(first)
        waiting = group.create_task(lock(store))
        await somebody_waits(store.engine)
    return waiting.result()


async def test_who_waited_sees_everything_as_the_one_before_left_it(sql_store: SqlStore) -> None:
    read = await read_behind(sql_store)
    assert [one.transaction_id for one in read.attempts[0].captured] == ["t1"]
    assert (read.checkout.state, read.checkout.version) == (CheckoutState.COMPLETING, 1)
    assert (len(read.order.lines), read.held) == (3, frozenset(SEATS))


async def test_read_before_the_locks_it_would_be_as_it_was_before(sql_store: SqlStore) -> None:
    """The twin: the same function with its reading first."""
    body: str = MIGRATION.LOCK_ORDER_CASE
    locks, reading = body[body.index("  PERFORM") : body.index("  SELECT")], body[body.index("  SELECT") :]
    reading, end = reading[: reading.index("  RETURN whole")], reading[reading.index("  RETURN whole") :]
    careless = body[: body.index("  PERFORM")] + reading + locks + end
    async with sql_store.engine.begin() as connection:
        await connection.execute(text(careless.replace("CREATE", "CREATE OR REPLACE", 1)))
    try:
        read = await read_behind(sql_store)
    finally:
        async with sql_store.engine.begin() as connection:
            await connection.execute(text(body.replace("CREATE", "CREATE OR REPLACE", 1)))
    assert (read.order.lines, read.attempts[0].captured, read.held) == ((), (), frozenset())
    assert read.checkout.version == 0


@pytest.mark.parametrize("part", ["orders", "attempts", "checkouts"])
async def test_each_part_is_locked_until_the_phase_ends(sql_store: SqlStore, part: str) -> None:
    await begin(sql_store)
    done: list[str] = []

    async def touch() -> None:
        async with sql_store.begin() as tx:
            if part == "checkouts":
                await tx.checkouts.get(ORDER)
            else:
                key = ORDER if part == "orders" else an_open_attempt(1).id
                await getattr(tx, part).get(key, for_update=True)
        done.append("touched")

    async with asyncio.TaskGroup() as group, sql_store.begin() as tx:
        await tx.cases.lock(ORDER)
        group.create_task(touch())
        await somebody_waits(sql_store.engine)
        assert done == []
    assert done == ["touched"]
