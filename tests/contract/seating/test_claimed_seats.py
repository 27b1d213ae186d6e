"""Guests see every live claim and no dead one, on either store."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Protocol
from uuid import UUID

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine
from typing_extensions import override

from muvi.adapters.db.claimed_seats import SqlClaimedSeats
from muvi.adapters.db.seat_claims import SqlSeatClaims
from muvi.adapters.memory.claimed_seats import MemoryClaimedSeats
from muvi.domain.seating.seat_plan import SeatKey, SeatStatus
from muvi.ports.seating.claimed_seats import ClaimedSeats

NOW = datetime(2026, 1, 15, 14, 0, tzinfo=UTC)
SHOW, OTHER, ORDER = UUID(int=1), UUID(int=2), UUID(int=7)
A, B, C = SeatKey("1-0-0"), SeatKey("1-0-1"), SeatKey("1-0-2")


class Stage(Protocol):
    """Makes claims happen."""

    claimed: ClaimedSeats

    async def hold(self, *seats: SeatKey, until: datetime) -> None: ...
    async def pay(self, *seats: SeatKey) -> None: ...
    async def sell(self, *seats: SeatKey) -> None: ...
    async def release(self, *seats: SeatKey, at: datetime) -> None: ...


class MemoryStage(Stage):
    def __init__(self) -> None:
        self.memory = MemoryClaimedSeats()
        self.claimed = self.memory

    @override
    async def hold(self, *seats: SeatKey, until: datetime) -> None:
        self.memory.hold(SHOW, seats, until)

    @override
    async def pay(self, *seats: SeatKey) -> None:
        self.memory.hold(SHOW, seats, None)

    @override
    async def sell(self, *seats: SeatKey) -> None:
        self.memory.sell(SHOW, seats)

    @override
    async def release(self, *seats: SeatKey, at: datetime) -> None:
        self.memory.release(SHOW, seats, at)


class SqlStage(Stage):
    def __init__(self, engine: AsyncEngine) -> None:
        self.engine = engine
        self.claimed = SqlClaimedSeats(engine)

    @override
    async def hold(self, *seats: SeatKey, until: datetime) -> None:
        async with self.engine.begin() as connection:
            lost = await SqlSeatClaims(connection).claim(SHOW, seats, order_id=ORDER, until=until, now=NOW)
            assert lost == ()

    @override
    async def pay(self, *seats: SeatKey) -> None:
        async with self.engine.begin() as connection:
            await SqlSeatClaims(connection).pin(SHOW, order_id=ORDER, now=NOW)

    @override
    async def sell(self, *seats: SeatKey) -> None:
        async with self.engine.begin() as connection:
            await SqlSeatClaims(connection).sell(SHOW, seats, order_id=ORDER, now=NOW)

    @override
    async def release(self, *seats: SeatKey, at: datetime) -> None:
        async with self.engine.begin() as connection:
            claims = SqlSeatClaims(connection)
            held = await claims.held(SHOW, order_id=ORDER)
            await claims.release(SHOW, order_id=ORDER, now=at, keep=held - set(seats))


@pytest.fixture(params=["memory", "postgres"])
def stage(request: pytest.FixtureRequest) -> Stage:
    if request.param == "memory":
        return MemoryStage()
    return SqlStage(request.getfixturevalue("clean_database"))


async def seen(
    stage: Stage, *, after_s: float = 0, freed_since_s: float = 0, show: UUID = SHOW
) -> tuple[dict[SeatKey, SeatStatus], Sequence[SeatKey]]:
    claimed = await stage.claimed.of(
        show, now=NOW + timedelta(seconds=after_s), freed_since=NOW + timedelta(seconds=freed_since_s)
    )
    return dict(claimed.statuses), sorted(claimed.freed)


async def test_a_hall_without_claims_is_at_version_nought(stage: Stage) -> None:
    claimed = await stage.claimed.of(SHOW, now=NOW, freed_since=NOW)
    assert (claimed.version, dict(claimed.statuses), set(claimed.freed)) == (0, {}, set())


async def test_held_paying_and_sold(stage: Stage) -> None:
    await stage.hold(A, until=NOW + timedelta(seconds=600))
    await stage.pay(A)
    await stage.hold(B, C, until=NOW + timedelta(seconds=600))
    await stage.sell(C)
    assert await seen(stage) == ({A: SeatStatus.HELD, B: SeatStatus.HELD, C: SeatStatus.TAKEN}, [])
    assert await seen(stage, show=OTHER) == ({}, [])


async def test_a_claim_that_lapsed_is_none_but_one_being_paid_does_not_lapse(stage: Stage) -> None:
    await stage.hold(A, until=NOW + timedelta(seconds=600))
    assert (await seen(stage, after_s=599))[0] == {A: SeatStatus.HELD}
    assert (await seen(stage, after_s=600))[0] == {}
    await stage.pay(A)
    assert (await seen(stage, after_s=9000))[0] == {A: SeatStatus.HELD}


async def test_what_was_freed_lately_is_told_unless_it_is_claimed_again(stage: Stage) -> None:
    await stage.hold(A, B, until=NOW + timedelta(seconds=600))
    await stage.release(A, B, at=NOW + timedelta(seconds=60))
    assert await seen(stage, freed_since_s=60) == ({}, [A, B])
    assert await seen(stage, freed_since_s=61) == ({}, [])
    await stage.hold(A, until=NOW + timedelta(seconds=900))
    assert await seen(stage, freed_since_s=60) == ({A: SeatStatus.HELD}, [B])


async def test_every_change_raises_the_version(stage: Stage) -> None:
    versions = []
    for step in (
        stage.hold(A, B, until=NOW + timedelta(seconds=600)),
        stage.pay(A, B),
        stage.sell(A),
        stage.release(B, at=NOW),
    ):
        await step
        versions.append((await stage.claimed.of(SHOW, now=NOW, freed_since=NOW)).version)
    assert versions == [1, 2, 3, 4]
