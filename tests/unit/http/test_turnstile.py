"""So many requests at once, the others in order; nobody is turned away."""

import asyncio
from typing import cast

import pytest
from litestar.types import ASGIApp, Receive, Scope, Send

from muvi.adapters.http.turnstile import Turnstile

REQUEST = cast("Scope", {"type": "http"})


class Busy:
    """An application that takes a while; it remembers how many were inside at once."""

    def __init__(self) -> None:
        self.inside = self.most = self.served = 0

    async def __call__(self, _: Scope, __: Receive, ___: Send) -> None:
        self.inside += 1
        self.most = max(self.most, self.inside)
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        self.inside -= 1
        self.served += 1


async def crowd(app: ASGIApp, size: int = 20) -> None:
    async with asyncio.TaskGroup() as group:
        for _ in range(size):
            group.create_task(app(REQUEST, cast("Receive", None), cast("Send", None)))  # type: ignore[arg-type]


async def test_no_more_than_the_places_are_inside() -> None:
    busy = Busy()
    await crowd(Turnstile(busy, 3))
    assert (busy.most, busy.served) == (3, 20)


async def test_without_it_all_are_inside() -> None:
    busy = Busy()
    await crowd(busy)
    assert busy.most == 20


async def test_a_failing_request_gives_its_place_back() -> None:
    async def failing(_: Scope, __: Receive, ___: Send) -> None:
        raise ValueError

    app = Turnstile(failing, 1)
    for _ in range(2):
        with pytest.raises(ValueError, match=r"^$"):
            await app(REQUEST, cast("Receive", None), cast("Send", None))


async def test_the_life_of_the_process_takes_no_place() -> None:
    busy = Busy()
    await Turnstile(busy, 0)(cast("Scope", {"type": "lifespan"}), cast("Receive", None), cast("Send", None))
    assert busy.served == 1
