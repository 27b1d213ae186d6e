"""What is written down leaves, once per consumer, or ends as a dead letter."""

import asyncio
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from tests.contract.worlds import World

from muvi.ports.messaging.lease import LEASE, MAX_LEASE
from muvi.ports.messaging.outbox import Event, Message
from muvi.ports.messaging.post import Failure

NOW = datetime(2026, 1, 15, 14, 0, tzinfo=UTC)
SECOND = timedelta(seconds=1)


def an_event(number: int = 1, **changes: object) -> Event:
    facts = {
        "id": UUID(int=number),
        "type": "tea_poured.v1",
        "payload": {"cup_id": "01J", "sugars": 2, "milk": False, "note": None},
        "occurred_at": NOW,
    }
    return Event(**{**facts, **changes})


async def put(world: World, *events: Event) -> None:
    async with world.begin() as tx:
        await tx.outbox.put(*events)


async def claim(world: World, now: datetime = NOW, limit: int = 10) -> list[Message]:
    return await world.post.claim(now, limit=limit, max_attempts=3)


async def act(
    world: World, message: Message, consumer: str = "a", audience: tuple[str, ...] = ("a",)
) -> bool:
    addressed = Message(
        id=message.id,
        type=message.type,
        payload=message.payload,
        occurred_at=message.occurred_at,
        audience=audience,
    )
    async with world.begin() as tx:
        first = await tx.inbox.first_time(consumer, message.id, NOW)
        await tx.outbox.done(addressed, NOW)
    return first


async def test_a_fact_leaves_as_it_was_written(world: World) -> None:
    await put(world, an_event())
    [message] = await claim(world)
    event = an_event()
    assert message == Message(
        id=event.id, type=event.type, payload=event.payload, occurred_at=event.occurred_at, attempt=1
    )
    assert await world.post.find(event.id) == message


async def test_a_fact_of_a_failed_phase_never_leaves(world: World) -> None:
    async def fail() -> None:
        async with world.begin() as tx:
            await tx.outbox.put(an_event())
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await fail()
    assert await claim(world) == []


async def test_a_lease_holds_and_grows(world: World) -> None:
    await put(world, an_event())
    assert len(await claim(world)) == 1
    assert await claim(world, NOW + LEASE - SECOND) == []
    assert [message.attempt for message in await claim(world, NOW + LEASE)] == [2]
    assert await claim(world, NOW + LEASE + 2 * LEASE - SECOND) == []
    assert len(await claim(world, NOW + 3 * LEASE)) == 1


async def test_an_effect_ends_the_message(world: World) -> None:
    await put(world, an_event())
    [message] = await claim(world)
    assert await act(world, message)
    assert await world.post.find(message.id) is None
    assert await claim(world, NOW + MAX_LEASE) == []


async def test_a_message_lives_until_its_whole_audience_has_acted(world: World) -> None:
    await put(world, an_event())
    [message] = await claim(world)
    assert await act(world, message, "email", ("email", "push"))
    assert await world.post.find(message.id) is not None
    assert not await act(world, message, "email", ("email", "push"))
    assert await act(world, message, "push", ("email", "push"))
    assert await world.post.find(message.id) is None


async def test_an_effect_rolled_back_may_happen_later(world: World) -> None:
    await put(world, an_event())
    [message] = await claim(world)

    async def fail() -> None:
        async with world.begin() as tx:
            assert await tx.inbox.first_time("a", message.id, NOW)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await fail()
    assert await act(world, message)


async def test_two_at_once_act_once(world: World) -> None:
    await put(world, an_event())
    [message] = await claim(world)
    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(act(world, message)) for _ in range(5)]
    assert sorted(task.result() for task in tasks) == [False, False, False, False, True]


async def test_two_relays_never_get_the_same_message(world: World) -> None:
    await put(world, *(an_event(number) for number in range(1, 41)))
    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(claim(world, limit=10)) for _ in range(4)]
    ids = [message.id for task in tasks for message in task.result()]
    assert len(ids) == len(set(ids)) <= 40
    rest = await claim(world, limit=40)
    assert sorted([*ids, *(message.id for message in rest)]) == [UUID(int=n) for n in range(1, 41)]


async def test_a_failure_is_tried_again_when_said(world: World) -> None:
    await put(world, an_event())
    [message] = await claim(world)
    await world.post.fail(a_failure(message, retry_at=NOW + SECOND))
    assert await claim(world) == []
    assert [again.attempt for again in await claim(world, NOW + SECOND)] == [2]


async def test_a_final_failure_is_a_dead_letter_that_a_person_can_retry_or_drop(world: World) -> None:
    await put(world, an_event(1), an_event(2))
    for message in await claim(world):
        await world.post.fail(a_failure(message, retry_at=None))
    assert await claim(world, NOW + MAX_LEASE) == []
    letters = await world.dead.listing(10)
    assert {letter.id for letter in letters} == {UUID(int=1), UUID(int=2)}
    assert {(letter.reason, letter.attempts, letter.dead_at) for letter in letters} == {("no", 1, NOW)}
    assert await world.dead.retry(UUID(int=1), NOW)
    assert not await world.dead.retry(UUID(int=1), NOW)
    assert await world.dead.drop(UUID(int=2))
    assert not await world.dead.drop(UUID(int=1))
    assert [message.attempt for message in await claim(world)] == [1]
    assert await world.dead.listing(10) == []


async def test_a_late_failure_does_not_disturb_a_later_attempt(world: World) -> None:
    await put(world, an_event())
    [first] = await claim(world)
    [second] = await claim(world, NOW + LEASE)
    await world.post.fail(a_failure(first, retry_at=None))
    assert await world.post.find(first.id) is not None
    await act(world, second)
    await world.post.fail(a_failure(second, retry_at=NOW))
    assert await world.post.find(first.id) is None


async def test_a_message_that_kills_its_consumers_is_buried(world: World) -> None:
    """No failure is ever recorded: whoever took it was gone."""
    await put(world, an_event())
    now = NOW
    for attempt in (1, 2, 3):
        assert [message.attempt for message in await claim(world, now)] == [attempt]
        now += MAX_LEASE
    assert await claim(world, now) == []
    [letter] = await world.dead.listing(10)
    assert letter.attempts == 3
    assert letter.reason.startswith("no word")


async def test_what_is_done_is_forgotten_later(world: World) -> None:
    await put(world, an_event(1), an_event(2))
    await act(world, (await claim(world))[0])
    assert await world.post.forget(NOW) == 0
    assert await world.post.forget(NOW + SECOND) == 1
    assert await world.post.find(UUID(int=2)) is not None


def a_failure(message: Message, *, retry_at: datetime | None) -> Failure:
    return Failure(message_id=message.id, attempt=message.attempt, reason="no", at=NOW, retry_at=retry_at)
