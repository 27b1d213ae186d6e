"""When a partner is left alone, and for how long."""

import asyncio

import pytest

from muvi.adapters.kit.breaker import Breaker
from muvi.adapters.memory.clock import FakeClock
from muvi.ports.errors import OutcomeUnknown, Refused, Unavailable

LOST, DOWN, NO = OutcomeUnknown("lost"), Unavailable("down"), Refused("no")


class Line:
    """A partner behind a breaker that rests ten seconds after two failures."""

    def __init__(self) -> None:
        self.clock = FakeClock()
        self.breaker = Breaker("sms", "one", self.clock, failures=2, rest_s=10)
        self.calls = 0

    async def call(self, *errors: Exception | None) -> None:
        for error in errors or (None,):
            try:
                async with self.breaker.call():
                    self.calls += 1
                    if error is not None:
                        raise error
            except (OutcomeUnknown, Unavailable, Refused) as raised:
                if raised is not error:
                    raise

    async def left_alone(self) -> float:
        with pytest.raises(Unavailable) as caught:
            await self.call()
        assert caught.value.system == "sms"
        assert caught.value.retry_after_s is not None
        return caught.value.retry_after_s


@pytest.fixture
def line() -> Line:
    return Line()


async def test_failures_in_a_row_open_it(line: Line) -> None:
    await line.call(DOWN, None, LOST, NO, DOWN, LOST)
    line.clock.advance(seconds=4)
    assert await line.left_alone() == 6
    assert line.calls == 6


async def test_after_the_rest_one_tries_and_an_answer_closes_it(line: Line) -> None:
    await line.call(DOWN, DOWN)
    line.clock.advance(seconds=10)
    async with line.breaker.call():
        assert await line.left_alone() == 1
    await line.call(None, None)


async def test_a_failed_try_rests_again(line: Line) -> None:
    await line.call(DOWN, DOWN)
    line.clock.advance(seconds=10)
    await line.call(LOST)
    assert await line.left_alone() == 10


async def test_a_refusal_is_an_answer(line: Line) -> None:
    await line.call(DOWN, DOWN)
    line.clock.advance(seconds=10)
    await line.call(NO, None, None)


async def test_a_try_that_is_given_up_lets_the_next_one_try(line: Line) -> None:
    await line.call(DOWN, DOWN)
    line.clock.advance(seconds=10)
    with pytest.raises(asyncio.CancelledError):
        async with line.breaker.call():
            raise asyncio.CancelledError
    await line.call()
