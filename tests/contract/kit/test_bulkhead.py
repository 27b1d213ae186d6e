"""Places at one key: so many calls at once, and others are not held up."""

import asyncio

import pytest

from muvi.adapters.kit.bulkhead import Bulkhead
from muvi.ports.errors import Unavailable

PATIENT_S, NOT_AT_ALL_S = 60.0, 0.0


class Calls:
    """Calls that last until they are let go."""

    def __init__(self, bulkhead: Bulkhead) -> None:
        self.bulkhead = bulkhead
        self.inside: list[str] = []
        self.most = 0
        self._gate = asyncio.Event()

    async def call(self, key: str) -> None:
        async with self.bulkhead.place(key):
            self.inside.append(key)
            self.most = max(self.most, len(self.inside))
            await self._gate.wait()
            self.inside.remove(key)

    def let_go(self) -> None:
        self._gate.set()


async def settled() -> None:
    """Everything that can go on without time passing has gone on."""
    for _ in range(20):
        await asyncio.sleep(0)


@pytest.mark.parametrize(("limit", "most"), [(2, 2), (100, 5)], ids=["on", "off"])
async def test_only_so_many_are_inside_at_once(limit: int, most: int) -> None:
    """The twin: with room for all, all are inside."""
    calls = Calls(Bulkhead("system", limit=limit, wait_s=PATIENT_S))
    async with asyncio.TaskGroup() as group:
        for _ in range(5):
            group.create_task(calls.call("one"))
        await settled()
        assert len(calls.inside) == most
        calls.let_go()
    assert (calls.inside, calls.most) == ([], most)


async def test_who_finds_no_place_in_time_is_told_that_nothing_was_sent() -> None:
    calls = Calls(Bulkhead("system", limit=1, wait_s=NOT_AT_ALL_S))
    first = asyncio.create_task(calls.call("one"))
    await settled()
    with pytest.raises(Unavailable) as refused:
        await calls.call("one")
    assert (refused.value.system, bool(refused.value.retry_after_s)) == ("system", True)
    calls.let_go()
    await first
    await calls.call("one")


async def test_another_key_has_places_of_its_own() -> None:
    calls = Calls(Bulkhead("system", limit=1, wait_s=NOT_AT_ALL_S))
    async with asyncio.TaskGroup() as group:
        group.create_task(calls.call("one"))
        group.create_task(calls.call("two"))
        await settled()
        assert calls.inside == ["one", "two"]
        calls.let_go()


async def test_a_call_that_fails_or_is_given_up_gives_its_place_back() -> None:
    bulkhead = Bulkhead("system", limit=1, wait_s=NOT_AT_ALL_S)
    with pytest.raises(ValueError, match="broken"):
        async with bulkhead.place("one"):
            raise ValueError("broken")
    calls = Calls(bulkhead)
    given_up = asyncio.create_task(calls.call("one"))
    await settled()
    given_up.cancel()
    await asyncio.wait([given_up])
    async with bulkhead.place("one"):
        pass


async def test_who_gives_up_waiting_takes_no_place_along() -> None:
    calls = Calls(Bulkhead("system", limit=1, wait_s=PATIENT_S))
    first = asyncio.create_task(calls.call("one"))
    await settled()
    waiting = asyncio.create_task(calls.call("one"))
    await settled()
    waiting.cancel()
    await asyncio.wait([waiting])
    calls.let_go()
    await first
    await calls.call("one")


@pytest.mark.parametrize("limit", [0, -1])
def test_no_place_at_all_is_a_mistake(limit: int) -> None:
    with pytest.raises(ValueError, match="at least one"):
        Bulkhead("system", limit=limit)
