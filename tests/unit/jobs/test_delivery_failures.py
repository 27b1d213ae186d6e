"""How a consumer fails decides what becomes of its message, and whether anybody is told of a defect."""

from collections.abc import MutableMapping
from typing import Any
from uuid import UUID

import pytest
import structlog

from muvi.adapters.jobs.delivery import Delivery
from muvi.adapters.memory.clock import FakeClock
from muvi.adapters.memory.database import MemoryDatabase
from muvi.adapters.memory.messaging import MemoryPostOffice
from muvi.adapters.memory.unit_of_work import MemoryUnitOfWork
from muvi.domain.shared.errors import AlreadyThere, InvariantBroken, NotFound, ReferenceLost
from muvi.ports.errors import OutcomeUnknown, Refused, Unavailable
from muvi.ports.messaging.outbox import Event, Message

TYPE = "tea_poured.v1"
Lines = list[MutableMapping[str, Any]]


class Cup:
    """Acts on a message by failing."""

    name = "cup"

    def __init__(self, error: Exception) -> None:
        self.error = error

    async def __call__(self, _: Message) -> None:
        raise self.error


async def delivered(error: Exception) -> tuple[str, Lines]:
    """The outcome of a first attempt, and what was logged as a defect."""
    database, clock = MemoryDatabase(), FakeClock()
    post = MemoryPostOffice(database)
    async with MemoryUnitOfWork(database)() as tx:
        await tx.outbox.put(Event(id=UUID(int=1), type=TYPE, payload={}, occurred_at=clock.now()))
    await post.claim(clock.now(), limit=1, max_attempts=12)
    with structlog.testing.capture_logs() as lines:
        await Delivery(post, {TYPE: (Cup(error),)}, clock)(UUID(int=1))
    outcome = next(line["outcome"] for line in lines if line["event"] == "job")
    return outcome, [line for line in lines if line["log_level"] == "error"]


@pytest.mark.parametrize("error", [NotFound("no such order"), Refused("no such address", system="mail")])
async def test_what_will_never_succeed_is_dead_at_once(error: Exception) -> None:
    assert await delivered(error) == ("dead", [])


@pytest.mark.parametrize("error", [Unavailable("away"), OutcomeUnknown("lost"), TimeoutError()])
async def test_what_may_succeed_later_is_tried_again(error: Exception) -> None:
    assert await delivered(error) == ("again", [])


@pytest.mark.parametrize(
    "error", [LookupError("x"), InvariantBroken("x"), AlreadyThere("x"), ReferenceLost("x")]
)
async def test_a_defect_of_ours_is_told_and_tried_again(error: Exception) -> None:
    outcome, defects = await delivered(error)
    assert outcome == "again"
    assert [(line["event"], line["exc_info"]) for line in defects] == [("consumer failed", True)]
