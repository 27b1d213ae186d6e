"""Races for seats on PostgreSQL: many connections, one winner, nobody waits for ever."""

import asyncio
import random
from collections import Counter
from collections.abc import AsyncGenerator, Awaitable, Iterable
from datetime import datetime

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from tests.builders_orders import MINUTE, NOW, SECOND, SHOWTIME, an_id
from tests.contract.purchase_stores import SqlStore

from muvi.adapters.db import seat_claims
from muvi.adapters.db.seat_claims import FREE_FOR_ME, SqlSeatClaims
from muvi.adapters.db.unit_of_work import SqlUnitOfWork
from muvi.domain.seating.seat_plan import SeatKey
from muvi.ports.errors import Unavailable

SEAT = SeatKey("1-0-0")
ROW = tuple(SeatKey(f"1-0-{column}") for column in range(8))
CONNECTIONS = 16


class Lost(Exception):
    """Rolls a phase back, with the seats that others have."""


@pytest.fixture
async def engine(database_url: str) -> AsyncGenerator[AsyncEngine]:
    """Many connections, and callers that wait for one."""
    made = create_async_engine(database_url, pool_size=CONNECTIONS, max_overflow=0, pool_timeout=60)
    yield made
    await made.dispose()


@pytest.fixture
def races(clean_database: AsyncEngine) -> SqlStore:
    """The rows, and phases that wait for a lock as long as it takes: only a deadlock ends them early."""
    store = SqlStore(clean_database)
    store.begin = SqlUnitOfWork(clean_database)
    return store


async def claim(
    store: SqlStore,
    order: int,
    seats: Iterable[SeatKey] = (SEAT,),
    *,
    rule: str = FREE_FOR_ME,
    now: datetime = NOW,
) -> bool:
    """Claim all or nothing for ten minutes; whether the order got them."""
    try:
        async with store.begin() as tx:
            claims = SqlSeatClaims(tx._connection, free_for_me=rule)
            until = now + 10 * MINUTE
            if await claims.claim(SHOWTIME, seats, order_id=an_id(order), until=until, now=now):
                raise Lost  # noqa: TRY301  (as callers do: the phase rolls back)
    except Lost:
        return False
    return True


async def together(*works: Awaitable[bool]) -> list[bool]:
    """The answers of works that all run at once; a failing one fails the test."""

    async def run(work: Awaitable[bool]) -> bool:
        return await work

    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(run(work)) for work in works]
    return [task.result() for task in tasks]


async def holders(store: SqlStore) -> dict[str, int]:
    numbers = {an_id(number): number for number in range(400)}
    return {
        seat: numbers[order]
        for seat, (order, state, _) in (await store.claims(SHOWTIME)).items()
        if state != "RELEASED"
    }


async def test_two_hundred_want_one_seat_and_one_gets_it(races: SqlStore) -> None:
    won = await together(*(claim(races, order) for order in range(200)))
    assert won.count(True) == 1
    assert await holders(races) == {SEAT: won.index(True)}
    assert await races.claim_history(SHOWTIME) == [(SEAT, "HELD", 1)]


async def test_without_the_rule_all_of_them_would_get_it(races: SqlStore) -> None:
    """The twin."""
    won = await together(*(claim(races, order, rule="true") for order in range(20)))
    assert won.count(True) > 1


async def test_overlapping_choices_are_all_or_nothing_and_never_lock_each_other_out(races: SqlStore) -> None:
    dice = random.Random(20260115)  # noqa: S311  (a seed, so that a failure can be repeated)
    wishes = [dice.sample(ROW, dice.randint(2, 5)) for _ in range(150)]
    won = await together(*(claim(races, order, wish) for order, wish in enumerate(wishes)))
    got = {order: set(wishes[order]) for order, success in enumerate(won) if success}
    assert got
    counted = Counter(seat for seats in got.values() for seat in seats)
    assert max(counted.values()) == 1
    assert await holders(races) == {seat: order for order, seats in got.items() for seat in seats}


async def life(store: SqlStore, order: int, wish: list[SeatKey], end: str) -> bool:
    """Claim, pay or not, and give back: every statement of the port, against everybody else's."""
    got = False
    for _ in range(3):
        if not await claim(store, order, wish):
            continue
        got = True
        async with store.begin() as tx:
            if end == "pay":
                await tx.claims.pin(SHOWTIME, order_id=an_id(order), now=NOW)
        async with store.begin() as tx:
            await tx.claims.release(SHOWTIME, order_id=an_id(order), now=NOW, keep=wish[:1])
        async with store.begin() as tx:
            await tx.claims.release(SHOWTIME, order_id=an_id(order), now=NOW)
    return got


async def test_paying_and_giving_back_never_locks_others_out(races: SqlStore) -> None:
    """Whoever changes several seats takes them in one order, whatever the order of the rows on disk."""
    dice = random.Random(7)  # noqa: S311
    wishes = [dice.sample(ROW, dice.randint(3, 8)) for _ in range(60)]
    lives = [life(races, order, wish, dice.choice(("pay", "leave"))) for order, wish in enumerate(wishes)]
    assert any(await together(*lives))
    assert await holders(races) == {}
    history = await races.claim_history(SHOWTIME)
    for seat in ROW:
        assert [version for key, _, version in history if key == seat] == [
            *range(1, 1 + sum(key == seat for key, _, _ in history))
        ]


async def waiting_for_locks(store: SqlStore, sessions: int) -> None:
    """Return once so many sessions of this database wait for a row."""
    query = (
        "SELECT count(*) FROM pg_stat_activity"
        " WHERE datname = current_database() AND wait_event_type = 'Lock'"
    )
    while (await store.rows(query))[0][0] < sessions:  # noqa: ASYNC110  (another process is waited for)
        await asyncio.sleep(0.01)


async def meet_halfway(store: SqlStore) -> bool:
    """An order gives its row back while another, held up at the second seat, asks for seats around it."""
    assert await claim(store, 300, ROW)

    async def release() -> bool:
        async with store.begin() as tx:
            await tx.claims.release(SHOWTIME, order_id=an_id(300), now=NOW)
        return True

    async with asyncio.TaskGroup() as group, store.begin() as third:
        until = NOW + MINUTE
        lost = await third.claims.claim(SHOWTIME, ROW[1:2], order_id=an_id(301), until=until, now=NOW)
        assert lost == ROW[1:2]
        asks = group.create_task(claim(store, 302, (ROW[0], ROW[1], ROW[7])))
        await waiting_for_locks(store, 1)
        gives = group.create_task(release())
        await waiting_for_locks(store, 2)
    assert gives.result()
    return asks.result()


async def test_giving_back_and_asking_pass_each_other(races: SqlStore) -> None:
    assert not await meet_halfway(races)
    assert await holders(races) == {}


async def test_in_another_order_of_seats_they_would_lock_each_other_out(
    races: SqlStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The twin."""
    backwards = text(str(seat_claims._RELEASE).replace("ORDER BY seat_key FOR", "ORDER BY seat_key DESC FOR"))
    monkeypatch.setattr(seat_claims, "_RELEASE", backwards)
    with pytest.raises(ExceptionGroup) as failed:
        await meet_halfway(races)
    assert failed.group_contains(Unavailable)


async def test_one_of_many_takes_over_a_lapsed_claim(races: SqlStore) -> None:
    assert await claim(races, 300, ROW[:2])
    later = NOW + 10 * MINUTE
    early = await together(*(claim(races, order, ROW[:2], now=later - SECOND) for order in range(20)))
    assert not any(early)
    won = await together(*(claim(races, order, ROW[:2], now=later) for order in range(20)))
    assert won.count(True) == 1
    assert set((await holders(races)).values()) == {won.index(True)}


async def test_nobody_takes_over_what_is_sold(races: SqlStore) -> None:
    assert await claim(races, 300)
    async with races.begin() as tx:
        assert await tx.claims.sell(SHOWTIME, (SEAT,), order_id=an_id(300), now=NOW) == 1
    years_later = NOW + 10_000_000 * SECOND
    assert not any(await together(*(claim(races, order, now=years_later) for order in range(20))))
    assert await holders(races) == {SEAT: 300}
