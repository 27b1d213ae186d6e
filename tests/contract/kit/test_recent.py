"""Answers of a moment ago."""

import pytest

from muvi.adapters.kit.recent import Recent
from muvi.adapters.memory.clock import FakeClock


class Source:
    """Counts how often it is read."""

    def __init__(self) -> None:
        self.reads = 0

    async def read(self) -> int:
        self.reads += 1
        return self.reads


async def test_an_answer_is_given_again_for_a_while() -> None:
    clock, source = FakeClock(), Source()
    recent = Recent[str, int](clock, for_s=2)
    assert [await recent.get("a", source.read) for _ in range(3)] == [1, 1, 1]
    clock.advance(seconds=1.9)
    assert await recent.get("a", source.read) == 1
    clock.advance(seconds=0.1)
    assert await recent.get("a", source.read) == 2


async def test_every_key_has_its_own_and_the_oldest_leaves() -> None:
    clock, source = FakeClock(), Source()
    recent = Recent[str, int](clock, for_s=2, capacity=2)
    assert [await recent.get(key, source.read) for key in "abacba"] == [
        1,
        2,
        1,
        3,
        2,
        4,
    ]


async def test_a_failure_is_not_kept() -> None:
    clock, source = FakeClock(), Source()
    recent = Recent[str, int](clock, for_s=2)

    async def failing() -> int:
        raise LookupError

    with pytest.raises(LookupError):
        await recent.get("a", failing)
    assert await recent.get("a", source.read) == 1
