"""Time is aware and in UTC; ids sort by the moment they were made."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest

from muvi.adapters.kit.clock import SystemClock, UlidIds
from muvi.adapters.memory.clock import CountingIds, FakeClock
from muvi.domain.shared.ids import from_wire, to_wire
from muvi.ports.clock import Clock, Ids

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
