"""Whoever brings messages: one in memory, SAQ on Redis, and delivery on the spot."""

from abc import abstractmethod
from collections.abc import AsyncGenerator
from typing import Protocol
from uuid import UUID

import pytest
from tests.contract.worlds import memory_world
from typing_extensions import override

from muvi.adapters.jobs.delivery import Delivery, HereAndNow
from muvi.adapters.jobs.queue import SaqCourier, courier_queue, worker_queue
from muvi.adapters.memory.clock import FakeClock
from muvi.adapters.memory.messaging import MemoryCourier, MemoryPostOffice
from muvi.domain.shared.ids import from_wire
from muvi.ports.errors import Unavailable
from muvi.ports.messaging.outbox import Event, Message
from muvi.ports.messaging.post import Courier

ONE, TWO = UUID(int=1), UUID(int=2)
TYPE, QUEUE, NOWHERE = "tea_poured.v1", "muvi-couriers", "redis://127.0.0.1:1/0"


class Route(Protocol):
    """A courier, where it brings messages to, and how it is kept from doing so."""

    courier: Courier

    @abstractmethod
    async def brought(self) -> list[UUID]:
        """What has arrived so far."""

    @abstractmethod
    def block(self) -> None: ...

    async def close(self) -> None:
        """Nothing is open, unless it says so."""


class MemoryRoute(Route):
    def __init__(self) -> None:
        self.courier = self._memory = MemoryCourier()

    @override
    async def brought(self) -> list[UUID]:
        return list(self._memory.held)

    @override
    def block(self) -> None:
        self._memory.down = True


class SaqRoute(Route):
    def __init__(self, url: str) -> None:
        self._queues = [courier_queue(url, QUEUE), courier_queue(NOWHERE, QUEUE), worker_queue(url, QUEUE)]
        self.courier = SaqCourier(self._queues[0])

    @override
    async def brought(self) -> list[UUID]:
        found = []
        while (job := await self._queues[2].dequeue(0.05)) is not None:
            found.append(from_wire((job.kwargs or {})["message_id"]))
        return found

    @override
    def block(self) -> None:
        self.courier = SaqCourier(self._queues[1])

    @override
    async def close(self) -> None:
        await self._queues[0].redis.flushdb()
        for queue in self._queues:
            await queue.disconnect()


class ClosedPost(MemoryPostOffice):
    """A post office whose database may be away."""

    closed = False

    @override
    async def find(self, message_id: UUID) -> Message | None:
        if self.closed:
            raise Unavailable("away", system="database")
        return await super().find(message_id)


class SpotRoute(Route):
    """The consumer stands beside the courier and never says that it is done."""

    name = "cup"

    def __init__(self) -> None:
        self.world, self.clock = memory_world(), FakeClock()
        self._post = ClosedPost(self.world.post._database)
        self._cup: list[UUID] = []
        self.courier = HereAndNow(Delivery(self._post, {TYPE: (self,)}, self.clock))

    async def put(self) -> None:
        async with self.world.begin() as tx:
            for one in (ONE, TWO):
                event = Event(id=one, type=TYPE, payload={}, occurred_at=self.clock.now())
                await tx.outbox.put(event)

    async def __call__(self, message: Message) -> None:
        self._cup.append(message.id)

    @override
    async def brought(self) -> list[UUID]:
        return self._cup

    @override
    def block(self) -> None:
        self._post.closed = True


@pytest.fixture(params=["memory", "saq", "spot"])
async def route(request: pytest.FixtureRequest) -> AsyncGenerator[Route]:
    if request.param == "memory":
        made: Route = MemoryRoute()
    elif request.param == "saq":
        made = SaqRoute(request.getfixturevalue("redis_server"))
    else:
        made = SpotRoute()
        await made.put()
    yield made
    await made.close()


async def test_every_message_arrives_once(route: Route) -> None:
    await route.courier.send(ONE, 1)
    await route.courier.send(TWO, 1)
    assert sorted(await route.brought()) == [ONE, TWO]


async def test_a_further_attempt_is_brought_too(route: Route) -> None:
    for attempt in (1, 2):
        await route.courier.send(ONE, attempt)
    assert await route.brought() == [ONE, ONE]


async def test_what_cannot_be_brought_is_said(route: Route) -> None:
    route.block()
    with pytest.raises(Unavailable):
        await route.courier.send(ONE, 1)
    assert await route.brought() == []
