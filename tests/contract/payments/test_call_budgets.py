"""Call budgets: so many calls per key in any stretch of time, over all processes."""

import asyncio
from collections.abc import Callable

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from muvi.adapters.db.call_budgets import SqlCallBudgets
from muvi.adapters.memory.clock import FakeClock
from muvi.adapters.memory.payments import MemoryCallBudgets
from muvi.ports.payments.gateway import CallBudgets

Make = Callable[[FakeClock], CallBudgets]


@pytest.fixture(params=["memory", "postgres"])
def make(request: pytest.FixtureRequest) -> Make:
    if request.param == "memory":
        return MemoryCallBudgets
    engine: AsyncEngine = request.getfixturevalue("clean_database")
    return lambda clock: SqlCallBudgets(engine, clock)


async def test_a_budget_is_spent_and_comes_back(make: Make) -> None:
    clock = FakeClock()
    budgets = make(clock)
    assert await budgets.take("a", limit=2, per_s=60) == 0
    clock.advance(seconds=20)
    assert await budgets.take("a", limit=2, per_s=60) == 0
    assert await budgets.take("a", limit=2, per_s=60) == pytest.approx(40)
    assert await budgets.take("b", limit=2, per_s=60) == 0
    clock.advance(seconds=40)
    assert await budgets.take("a", limit=2, per_s=60) == 0
    assert await budgets.take("a", limit=2, per_s=60) == pytest.approx(20)


async def test_a_refused_call_costs_nothing(make: Make) -> None:
    clock = FakeClock()
    budgets = make(clock)
    await budgets.take("a", limit=1, per_s=60)
    for _ in range(5):
        clock.advance(seconds=10)
        assert await budgets.take("a", limit=1, per_s=60) > 0
    clock.advance(seconds=10)
    assert await budgets.take("a", limit=1, per_s=60) == 0


async def test_many_at_once_share_one_budget(make: Make) -> None:
    budgets = make(FakeClock())
    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(budgets.take("a", limit=2, per_s=60)) for _ in range(12)]
    assert sum(task.result() == 0 for task in tasks) == 2


async def test_without_a_shared_budget_each_process_would_spend_its_own() -> None:
    """The twin: two processes that count for themselves call twice as often as allowed."""
    clock = FakeClock()
    processes = [MemoryCallBudgets(clock), MemoryCallBudgets(clock)]
    granted = [await one.take("a", limit=2, per_s=60) == 0 for one in processes for _ in range(2)]
    assert sum(granted) > 2
