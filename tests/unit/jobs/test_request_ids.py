"""Each job, piece of work and tick has an id of its own, in its line and in what it asks a partner."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator, MutableMapping
from contextlib import nullcontext
from typing import Any
from uuid import UUID

import httpx
import pytest
import structlog

from muvi.adapters.jobs import work_list as work_list_module
from muvi.adapters.jobs.delivery import Delivery
from muvi.adapters.jobs.ticker import Tick
from muvi.adapters.jobs.work_list import WorkList
from muvi.adapters.kit.causes import lay_out
from muvi.adapters.kit.http_client import VendorHttp
from muvi.adapters.kit.request_id import with_request_id
from muvi.adapters.memory.clock import FakeClock
from muvi.adapters.memory.database import MemoryDatabase
from muvi.adapters.memory.messaging import MemoryPostOffice
from muvi.adapters.memory.unit_of_work import MemoryUnitOfWork
from muvi.adapters.vista.client import VistaClient
from muvi.domain.shared.actor import Platform
from muvi.ports.messaging.outbox import Event, Message

Lines = list[MutableMapping[str, Any]]
TWICE = 2


class Asked:
    """A box office that notes under which id it was asked; `twice` is set by the second call."""

    def __init__(self) -> None:
        self.ids: list[str | None] = []
        self.twice = asyncio.Event()
        http = VendorHttp("box-office", "http://vista", transport=httpx.MockTransport(self._answer))
        self._client = VistaClient(http, {Platform.WEBSITE: "token"}, FakeClock())

    def _answer(self, request: httpx.Request) -> httpx.Response:
        self.ids.append(request.headers.get("correlationId"))
        return httpx.Response(200, json={})

    async def __call__(self, *_: object) -> None:
        await self._client.send("GET", "orders/x", Platform.WEBSITE, cinema="0001")
        if len(self.ids) == TWICE:
            self.twice.set()


@pytest.fixture
def asked() -> Asked:
    return Asked()


@pytest.fixture
def lines() -> Iterator[Lines]:
    with structlog.testing.capture_logs(processors=[with_request_id]) as said:
        yield said


async def until_twice(asked: Asked, loop: Callable[[], Awaitable[None]], lines: Lines, event: str) -> Lines:
    """Run until the box office was asked twice and both lines are written."""
    running = asyncio.ensure_future(loop())
    try:
        async with asyncio.timeout(20):
            await asked.twice.wait()
            while len(told := [line for line in lines if line["event"] == event]) < TWICE:  # noqa: ASYNC110
                await asyncio.sleep(0)
    finally:
        running.cancel()
        await asyncio.wait([running])
    return told[:TWICE]


def ids_of(lines: Lines) -> list[str]:
    return [str(line["request_id"]) for line in lines]


def a_work_list(asked: Asked) -> WorkList:
    due = [(UUID(int=1), UUID(int=2))]

    async def claim(_: int) -> tuple[UUID, ...]:
        return due.pop() if due else ()

    return WorkList(name="checkouts", claim=claim, run=asked)


async def test_each_piece_of_work_is_asked_for_under_the_id_of_its_line(asked: Asked, lines: Lines) -> None:
    told = await until_twice(asked, a_work_list(asked).work, lines, "work")
    assert len(set(ids_of(told))) == TWICE
    assert sorted(ids_of(told)) == sorted(str(one) for one in asked.ids)


async def test_a_piece_of_work_has_the_id_of_the_request_that_left_it(asked: Asked, lines: Lines) -> None:
    due = [UUID(int=1), UUID(int=2)]

    async def claim(_: int) -> tuple[UUID, ...]:
        found, due[:] = tuple(due), []
        for piece in found:
            lay_out(piece, f"buyer-request-{piece.int}", None)
        return found

    work_list = WorkList(name="checkouts", claim=claim, run=asked)
    told = await until_twice(asked, work_list.work, lines, "work")
    assert sorted(ids_of(told)) == ["buyer-request-1", "buyer-request-2"]
    assert sorted(str(one) for one in asked.ids) == ["buyer-request-1", "buyer-request-2"]


async def test_twin_without_an_id_neither_the_line_nor_the_box_office_has_one(
    asked: Asked, lines: Lines, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(work_list_module, "under_request_id", lambda _: nullcontext())
    told = await until_twice(asked, a_work_list(asked).work, lines, "work")
    assert asked.ids == [None, None]
    assert not any("request_id" in line for line in told)


async def test_each_tick_is_asked_for_under_the_id_of_its_line(asked: Asked, lines: Lines) -> None:
    told = await until_twice(asked, Tick(name="sync", every_s=0, run=asked).work, lines, "tick")
    assert len(set(ids_of(told))) == TWICE
    assert ids_of(told) == asked.ids[:TWICE]


class Pot:
    """A consumer that asks the box office."""

    name = "pot"

    def __init__(self, asked: Asked) -> None:
        self._asked = asked

    async def __call__(self, _: Message) -> None:
        await self._asked()


async def test_each_job_is_asked_for_under_the_id_of_its_line(asked: Asked, lines: Lines) -> None:
    database, clock = MemoryDatabase(), FakeClock()
    async with MemoryUnitOfWork(database)() as tx:
        for number in (1, 2):
            await tx.outbox.put(
                Event(id=UUID(int=number), type="tea_poured.v1", payload={}, occurred_at=clock.now())
            )
    deliver = Delivery(MemoryPostOffice(database), {"tea_poured.v1": (Pot(asked),)}, clock)
    for number in (1, 2):
        await deliver(UUID(int=number))
    told = [line for line in lines if line["event"] == "job"]
    assert len(set(ids_of(told))) == TWICE
    assert ids_of(told) == asked.ids
