"""IdempotencyKeys: of many equal calls one runs, and its answer is the answer of all."""

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from itertools import count
from uuid import UUID

import pytest
from typing_extensions import override

from muvi.adapters.db.idempotency import SqlIdempotencyKeys
from muvi.adapters.memory.clock import FakeClock
from muvi.adapters.memory.idempotency import MemoryIdempotencyKeys
from muvi.application.idempotency.purge_keys import PurgeIdempotencyKeys
from muvi.ports.idempotency import (
    KEPT,
    LEASE,
    Begun,
    Call,
    IdempotencyKeys,
    KeptAnswer,
    Reused,
    Running,
)

NOW = datetime(2026, 1, 15, 14, 0, tzinfo=UTC)
MOMENT = timedelta(milliseconds=1)
CREATED = KeptAnswer(status=201, media_type="application/json", body=b'{"id":"\xd8\xb9"}')

_runs = count(1)


def a_call(key: str = "k-1", scope: str = "somebody POST /orders", fingerprint: str = "aa") -> Call:
    return Call(scope=scope, key=key, fingerprint=fingerprint, run=UUID(int=next(_runs)))


@pytest.fixture(params=["memory", "postgres"])
def keys(request: pytest.FixtureRequest) -> IdempotencyKeys:
    if request.param == "memory":
        return MemoryIdempotencyKeys()
    return SqlIdempotencyKeys(request.getfixturevalue("clean_database"))


async def test_an_answer_is_given_again(keys: IdempotencyKeys) -> None:
    first = a_call()
    assert await keys.begin(first, NOW) == Begun()
    await keys.keep(first, CREATED)
    assert await keys.begin(a_call(), NOW + KEPT - MOMENT) == CREATED
    assert await keys.begin(a_call(), NOW + KEPT) == Begun()


async def test_another_request_with_the_key_is_refused(keys: IdempotencyKeys) -> None:
    first = a_call()
    await keys.begin(first, NOW)
    assert await keys.begin(a_call(fingerprint="bb"), NOW) == Reused()
    await keys.keep(first, CREATED)
    assert await keys.begin(a_call(fingerprint="bb"), NOW + LEASE) == Reused()
    assert await keys.begin(a_call(fingerprint="bb"), NOW + KEPT) == Begun()


async def test_keys_of_others_and_of_other_routes_are_other_keys(keys: IdempotencyKeys) -> None:
    await keys.begin(a_call(), NOW)
    assert await keys.begin(a_call(scope="somebody else POST /orders"), NOW) == Begun()
    assert await keys.begin(a_call("K-1"), NOW) == Begun()


async def test_a_dead_run_is_taken_over_by_its_equal_only(keys: IdempotencyKeys) -> None:
    dead, heir = a_call(), a_call()
    await keys.begin(dead, NOW)
    assert await keys.begin(a_call(), NOW + timedelta(seconds=30)) == Running(120.0)
    assert await keys.begin(a_call(fingerprint="bb"), NOW + LEASE) == Reused()
    assert await keys.begin(heir, NOW + LEASE) == Begun()
    assert await keys.begin(a_call(), NOW + LEASE) == Running(150.0)
    await keys.keep(dead, KeptAnswer(status=200, media_type="text/plain", body=b"from the grave"))
    await keys.release(dead)
    assert isinstance(await keys.begin(a_call(), NOW + LEASE), Running)
    await keys.keep(heir, CREATED)
    assert await keys.begin(a_call(), NOW + LEASE) == CREATED


async def test_a_released_key_runs_again_and_a_kept_one_is_not_released(keys: IdempotencyKeys) -> None:
    first, second = a_call(), a_call()
    await keys.begin(first, NOW)
    await keys.release(first)
    assert await keys.begin(second, NOW) == Begun()
    await keys.keep(second, CREATED)
    await keys.release(second)
    assert await keys.begin(a_call(), NOW) == CREATED


async def test_old_keys_are_purged_in_batches(keys: IdempotencyKeys) -> None:
    for number in range(5):
        await keys.begin(a_call(f"k-{number}"), NOW + timedelta(hours=number))
    assert await keys.purge(NOW + timedelta(hours=3), limit=2) == 2
    assert await keys.purge(NOW + timedelta(hours=3), limit=2) == 1
    assert await keys.purge(NOW + timedelta(hours=3), limit=2) == 0
    assert isinstance(await keys.begin(a_call("k-3"), NOW + timedelta(hours=3)), Running)


async def test_the_ticker_removes_what_is_older_than_72_hours(keys: IdempotencyKeys) -> None:
    clock = FakeClock(NOW)
    for number in range(3):
        await keys.begin(a_call(f"k-{number}"), NOW + timedelta(hours=number))
    purge = PurgeIdempotencyKeys(keys, clock)
    assert await purge() == 0
    clock.advance(seconds=73 * 3600)
    assert await purge() == 1
    assert await purge() == 0


async def effects(keys: IdempotencyKeys, calls: int = 50) -> int:
    """How often the work is done when so many equal calls come at once, each repeated while it runs."""
    done = 0

    async def client() -> None:
        nonlocal done
        call = a_call()
        while True:
            match await keys.begin(call, NOW):
                case Begun():
                    done += 1
                    await keys.keep(call, CREATED)
                    return
                case Running():
                    continue
                case answer:
                    assert answer == CREATED
                    return

    async with asyncio.TaskGroup() as group:
        for _ in range(calls):
            group.create_task(client())
    return done


async def test_fifty_equal_calls_have_one_effect(keys: IdempotencyKeys) -> None:
    assert await effects(keys) == 1


def unguarded(of: type[MemoryIdempotencyKeys]) -> Callable[[], IdempotencyKeys]:
    class Unguarded(of):  # type: ignore[misc, valid-type]
        @override
        async def begin(self, call: Call, now: datetime) -> Begun:
            await super().begin(call, now)
            return Begun()

    return Unguarded


async def test_without_the_guard_each_of_them_would_have_one() -> None:
    """The twin: every call is told to go ahead."""
    assert await effects(unguarded(MemoryIdempotencyKeys)()) == 50
