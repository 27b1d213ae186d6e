"""Time is aware and in UTC; ids sort by the moment they were made."""

import asyncio
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest

from muvi.adapters.kit.clock import LoopPauses, SystemClock, UlidIds
from muvi.adapters.memory.clock import CountingIds, FakeClock
from muvi.domain.shared.ids import from_wire, to_wire
from muvi.ports.clock import Clock, Ids, Pauses

AT = datetime(2026, 3, 1, 12, 0, 0, 250_000, tzinfo=UTC)


@pytest.fixture(params=[SystemClock, FakeClock])
def clock(request: pytest.FixtureRequest) -> Clock:
    made: Clock = request.param()
    return made


@pytest.fixture(params=[UlidIds, CountingIds])
def made_by(request: pytest.FixtureRequest) -> type[UlidIds | CountingIds]:
    kind: type[UlidIds | CountingIds] = request.param
    return kind


def test_now_is_in_utc_and_never_goes_back(clock: Clock) -> None:
    first, second = clock.now(), clock.now()
    assert first.utcoffset() == timedelta(0)
    assert first <= second


@pytest.mark.parametrize("pauses", [LoopPauses(), FakeClock()])
async def test_a_pause_lets_others_go_on(pauses: Pauses) -> None:
    """A pause of nothing is over at once."""
    await pauses.pause(0)
    order: list[str] = []

    async def wait() -> None:
        await pauses.pause(0.001)
        order.append("waited")

    async with asyncio.TaskGroup() as group:
        group.create_task(wait())
        await asyncio.sleep(0)
        order.append("went on")
        if isinstance(pauses, FakeClock):
            pauses.advance(milliseconds=1)
    assert order == ["went on", "waited"]


async def test_a_pause_ends_when_the_clock_has_come_so_far() -> None:
    clock = FakeClock(AT)
    pausing = asyncio.create_task(clock.pause(3))
    for _ in range(3):
        await asyncio.sleep(0)
        assert not pausing.done()
        clock.advance(seconds=1)
    await pausing


def test_ids_differ_and_sort_as_they_were_made(made_by: type[UlidIds | CountingIds]) -> None:
    time = FakeClock(AT)
    ids: Ids = made_by(time)
    row = [ids.new() for _ in range(1000)]
    time.advance(milliseconds=1)
    row.append(ids.new())
    assert all(earlier < later for earlier, later in pairwise(row))
    assert all(len(to_wire(one)) == 26 and from_wire(to_wire(one)) == one for one in row)


def test_an_id_tells_its_millisecond(made_by: type[UlidIds | CountingIds]) -> None:
    ids: Ids = made_by(FakeClock(AT))
    assert ids.new().int >> 80 == int(AT.timestamp() * 1000)
