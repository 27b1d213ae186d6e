"""SAQ on a real Redis as the courier: what it loses comes again, what it cannot take is acted on here."""

import asyncio
import socket
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from uuid import UUID

import pytest
from redis.asyncio import Redis
from saq import Job
from tests.contract.worlds import World, sql_world

from muvi.adapters.jobs.delivery import Delivery, HereAndNow
from muvi.adapters.jobs.queue import TASK, SaqCourier, courier_queue, make_worker, queue_name, worker_queue
from muvi.adapters.jobs.relay_loop import RelayLoop
from muvi.adapters.memory.clock import FakeClock
from muvi.adapters.memory.messaging import MemoryCourier
from muvi.application.messaging.relay import MAX_ATTEMPTS, RelayMessages
from muvi.domain.shared.ids import to_wire
from muvi.ports.errors import Unavailable
from muvi.ports.messaging.lease import LEASE, MAX_LEASE
from muvi.ports.messaging.outbox import Event, Message
from muvi.ports.messaging.post import Courier

ID = UUID(int=5)
DATABASE = "postgresql+asyncpg://muvi:secret@db.example:5432/muvi"
OTHER = "postgresql+asyncpg://muvi:secret@db.example:5432/copy"
NAME = queue_name(DATABASE)


@dataclass
class Pot:
    """A consumer whose effect is counted. It fails with what `faults` says, one after another."""

    world: World
    clock: FakeClock
    name: str = "pot"
    effects: list[UUID] = field(default_factory=list)
    faults: list[Exception] = field(default_factory=list)
    calls: int = 0

    async def __call__(self, message: Message) -> None:
        self.calls += 1
        if self.faults:
            raise self.faults.pop(0)
        async with self.world.begin() as tx:
            first = await tx.inbox.first_time(self.name, message.id, self.clock.now())
            await tx.outbox.done(message, self.clock.now())
        if first:
            self.effects.append(message.id)


class Kitchen:
    """Everything between an outbox on PostgreSQL and the pot."""

    def __init__(self, world: World, redis_url: str) -> None:
        self.world, self.url, self.clock = world, redis_url, FakeClock()
        self.pot = Pot(world, self.clock)
        self.deliver = Delivery(world.post, {"tea_poured.v1": (self.pot,)}, self.clock)
        self.queue = courier_queue(redis_url, NAME)
        self.courier: Courier = SaqCourier(self.queue)
        self.fallback: Courier = MemoryCourier()

    async def put(self) -> None:
        event = Event(id=ID, type="tea_poured.v1", payload={"cup": 1}, occurred_at=self.clock.now())
        async with self.world.begin() as tx:
            await tx.outbox.put(event)

    async def relay(self) -> int:
        return await RelayMessages(self.world.post, self.courier, self.fallback, self.clock)()

    async def ended(self) -> bool:
        return await self.world.post.find(ID) is None

    async def flush(self) -> None:
        async with Redis.from_url(self.url) as redis:
            await redis.flushall()

    async def queued(self) -> int:
        return await self.queue.count("queued")

    @asynccontextmanager
    async def worker(self) -> AsyncGenerator[None]:
        """A worker that has emptied the queue by the end of the block."""
        queue = worker_queue(self.url, NAME)
        worker = make_worker(queue, self.deliver, dequeue_s=0.1)
        running = asyncio.create_task(worker.start())
        try:
            yield
            await until(self.idle)
        finally:
            await worker.stop()
            await running
            await queue.disconnect()

    async def idle(self) -> bool:
        return await self.queue.count("incomplete") == 0


async def until(condition: Callable[[], object]) -> None:
    """Look again and again; a test that waits in vain fails."""
    async with asyncio.timeout(20):
        while not await condition():  # noqa: ASYNC110  (the condition is in another process)
            await asyncio.sleep(0.01)


@pytest.fixture
async def kitchen(clean_database: object, redis_url: str) -> AsyncGenerator[Kitchen]:
    made = Kitchen(sql_world(clean_database), redis_url)
    yield made
    await made.queue.disconnect()


async def test_a_worker_leaves_the_jobs_of_another_database_alone(kitchen: Kitchen) -> None:
    await kitchen.put()
    await kitchen.relay()
    other = worker_queue(kitchen.url, queue_name(OTHER))
    assert await other.dequeue(0.2) is None
    await other.disconnect()
    same = worker_queue(kitchen.url, queue_name(DATABASE.replace("muvi:secret@", "")))
    assert await same.dequeue(1) is not None
    await same.disconnect()


async def test_a_message_goes_through_the_queue(kitchen: Kitchen) -> None:
    await kitchen.put()
    assert await kitchen.relay() == 1
    async with kitchen.worker():
        pass
    assert kitchen.pot.effects == [ID]
    assert await kitchen.ended()


async def test_a_flushed_redis_loses_nothing(kitchen: Kitchen) -> None:
    await kitchen.put()
    await kitchen.relay()
    assert await kitchen.queued() == 1
    await kitchen.flush()
    assert await kitchen.relay() == 0
    kitchen.clock.advance(seconds=LEASE.total_seconds())
    assert await kitchen.relay() == 1
    async with kitchen.worker():
        pass
    assert kitchen.pot.effects == [ID]


async def test_twin_done_when_queued_a_flushed_redis_loses_the_message(kitchen: Kitchen) -> None:
    class Hasty(Courier):
        async def send(self, message_id: UUID, attempt: int) -> None:
            await SaqCourier(kitchen.queue).send(message_id, attempt)
            message = await kitchen.world.post.find(message_id)
            async with kitchen.world.begin() as tx:
                await tx.outbox.done(message, kitchen.clock.now())

    kitchen.courier = Hasty()
    await kitchen.put()
    await kitchen.relay()
    await kitchen.flush()
    kitchen.clock.advance(seconds=MAX_LEASE.total_seconds())
    assert await kitchen.relay() == 0
    async with kitchen.worker():
        pass
    assert kitchen.pot.effects == []


async def test_a_job_whose_worker_was_killed_is_brought_again(kitchen: Kitchen) -> None:
    await kitchen.put()
    await kitchen.relay()
    dying = worker_queue(kitchen.url, NAME)
    assert await dying.dequeue(1) is not None  # taken off the queue, and never heard of again
    await dying.disconnect()
    kitchen.clock.advance(seconds=LEASE.total_seconds())
    await kitchen.relay()
    async with kitchen.worker():
        await until(kitchen.ended)
        await kitchen.flush()
    assert kitchen.pot.effects == [ID]


async def test_two_workers_and_a_message_queued_twice_have_one_effect(kitchen: Kitchen) -> None:
    await kitchen.put()
    await kitchen.relay()
    kitchen.clock.advance(seconds=LEASE.total_seconds())
    await kitchen.relay()
    assert await kitchen.queued() == 2
    async with kitchen.worker(), kitchen.worker():
        pass
    assert kitchen.pot.effects == [ID]


async def test_twin_without_the_inbox_the_effect_happens_twice(
    kitchen: Kitchen, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def always(*_: object) -> bool:
        return True

    async with kitchen.world.begin() as tx:
        monkeypatch.setattr(type(tx.inbox), "first_time", always)
    await kitchen.put()
    await kitchen.relay()
    kitchen.clock.advance(seconds=LEASE.total_seconds())
    await kitchen.relay()
    async with kitchen.worker(), kitchen.worker():
        pass
    assert kitchen.pot.effects == [ID, ID]


def closed_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


async def test_while_redis_is_down_messages_are_acted_on_here(kitchen: Kitchen) -> None:
    nowhere = courier_queue(f"redis://127.0.0.1:{closed_port()}/0", NAME)
    kitchen.courier, kitchen.fallback = SaqCourier(nowhere), HereAndNow(kitchen.deliver)
    await kitchen.put()
    await kitchen.relay()
    assert kitchen.pot.effects == [ID]
    await nowhere.disconnect()


async def test_twin_without_the_way_around_nothing_happens_while_redis_is_down(kitchen: Kitchen) -> None:
    nowhere = courier_queue(f"redis://127.0.0.1:{closed_port()}/0", NAME)
    kitchen.courier = SaqCourier(nowhere)
    kitchen.fallback.down = True
    await kitchen.put()
    await kitchen.relay()
    assert kitchen.pot.effects == []
    assert not await kitchen.ended()
    await nowhere.disconnect()


async def test_a_poison_message_is_dead_after_its_attempts_and_keeps_foreign_words_to_itself(
    kitchen: Kitchen,
) -> None:
    kitchen.courier = HereAndNow(kitchen.deliver)
    kitchen.pot.faults = [ValueError("noura@example.com")] * 50
    await kitchen.put()
    for _ in range(MAX_ATTEMPTS + 3):
        await kitchen.relay()
        kitchen.clock.advance(seconds=MAX_LEASE.total_seconds() * 2)
    assert kitchen.pot.calls == MAX_ATTEMPTS
    [letter] = await kitchen.world.dead.listing(10)
    assert (letter.reason, letter.attempts) == ("pot: ValueError", MAX_ATTEMPTS)


async def test_nobody_acts_on_an_unknown_type(kitchen: Kitchen) -> None:
    kitchen.deliver = Delivery(kitchen.world.post, {}, kitchen.clock)
    kitchen.courier = HereAndNow(kitchen.deliver)
    await kitchen.put()
    await kitchen.relay()
    [letter] = await kitchen.world.dead.listing(10)
    assert letter.reason == "nobody acts on this type"


async def test_one_consumer_that_fails_does_not_hold_up_the_other(kitchen: Kitchen) -> None:
    other = replace(kitchen.pot, name="cup", faults=[Unavailable("later", system="x")], effects=[])
    kitchen.deliver = Delivery(kitchen.world.post, {"tea_poured.v1": (other, kitchen.pot)}, kitchen.clock)
    kitchen.courier = HereAndNow(kitchen.deliver)
    await kitchen.put()
    await kitchen.relay()
    assert (kitchen.pot.effects, other.effects) == ([ID], [])
    assert not await kitchen.ended()
    kitchen.clock.advance(seconds=5)
    await kitchen.relay()
    assert (kitchen.pot.effects, other.effects) == ([ID], [ID])
    assert await kitchen.ended()


@pytest.mark.parametrize(
    "job",
    [
        Job(function=TASK, kwargs={"message_id": "nonsense"}),
        Job(function=TASK, kwargs={"message_id": {"a": 1}, "more": 1}),
        Job(function=TASK),
        Job(function="os.system", kwargs={"command": "true"}),
    ],
)
async def test_foreign_jobs_do_no_harm(kitchen: Kitchen, job: Job) -> None:
    await kitchen.queue.enqueue(replace(job, key="foreign", ttl=-1))
    await kitchen.put()
    await kitchen.relay()
    async with kitchen.worker():
        pass
    assert kitchen.pot.effects == [ID]


async def test_a_job_says_nothing_but_which_message(kitchen: Kitchen) -> None:
    await kitchen.put()
    await kitchen.relay()
    job = await kitchen.queue.job(f"{to_wire(ID)}:1")
    assert job.kwargs == {"message_id": to_wire(ID)}
    assert (job.retries, job.timeout > 0, job.ttl) == (1, True, -1)


async def test_the_bell_wakes_the_relay(kitchen: Kitchen) -> None:
    relay = RelayMessages(kitchen.world.post, HereAndNow(kitchen.deliver), kitchen.fallback, kitchen.clock)
    loop = RelayLoop(relay, kitchen.world.post, kitchen.clock)
    running = asyncio.create_task(loop.run())
    await kitchen.put()
    loop.ring()
    await until(kitchen.ended)
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
