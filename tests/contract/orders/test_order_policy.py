"""The house rules of an order: those of these seconds, or the standard where nobody has set any."""

import json
from abc import abstractmethod
from typing import Protocol

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine
from typing_extensions import override

from muvi.adapters.db.order_policy import FOR_S, RecentOrderPolicy, SqlOrderPolicy
from muvi.adapters.memory.clock import FakeClock
from muvi.adapters.memory.orders import MemoryOrderPolicy
from muvi.ports.orders.rules import OrderPolicy, OrderRules

LIFETIME_S = 480


class House(Protocol):
    """The port, and staff who change settings behind it."""

    policy: OrderPolicy

    @abstractmethod
    async def allow_seats(self, number: int) -> None: ...

    @abstractmethod
    async def allow_minutes(self, number: int) -> None: ...

    def wait(self) -> None:
        """Let a few seconds pass, where somebody could be behind."""


class MemoryHouse(House):
    def __init__(self) -> None:
        self._memory = MemoryOrderPolicy(OrderRules(lifetime_s=LIFETIME_S))
        self.policy = self._memory

    @override
    async def allow_seats(self, number: int) -> None:
        self._memory.now = OrderRules(max_seats=number, lifetime_s=self._memory.now.lifetime_s)

    @override
    async def allow_minutes(self, number: int) -> None:
        self._memory.now = OrderRules(max_seats=self._memory.now.max_seats, lifetime_s=number * 60)


class SqlHouse(House):
    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine
        self.policy = SqlOrderPolicy(engine, lifetime_s=LIFETIME_S)

    async def store(self, key: str, value: object) -> None:
        statement = text(
            "INSERT INTO settings (key, value, created_at, updated_at) VALUES (:key, :value, now(), now()) "
            "ON CONFLICT (key) DO UPDATE SET value = excluded.value"
        )
        async with self._engine.begin() as connection:
            await connection.execute(statement, {"key": key, "value": json.dumps(value)})

    @override
    async def allow_seats(self, number: int) -> None:
        await self.store("max_seats", number)

    @override
    async def allow_minutes(self, number: int) -> None:
        await self.store("checkout_timeout_min", number)


class BusyHouse(SqlHouse):
    """The one that runs: it does not read the same rules again for two seconds."""

    def __init__(self, engine: AsyncEngine) -> None:
        super().__init__(engine)
        self.clock = FakeClock()
        self.policy = RecentOrderPolicy(self.policy, self.clock)

    @override
    def wait(self) -> None:
        self.clock.advance(seconds=FOR_S)


@pytest.fixture(params=["memory", "postgres", "recent"])
def house(request: pytest.FixtureRequest) -> House:
    if request.param == "memory":
        return MemoryHouse()
    kind = BusyHouse if request.param == "recent" else SqlHouse
    return kind(request.getfixturevalue("clean_database"))


async def test_without_settings_the_standard_holds(house: House) -> None:
    assert await house.policy.rules() == OrderRules(max_seats=10, lifetime_s=LIFETIME_S)


async def test_each_rule_is_set_by_itself(house: House) -> None:
    await house.allow_seats(2)
    assert await house.policy.rules() == OrderRules(max_seats=2, lifetime_s=LIFETIME_S)
    await house.allow_minutes(15)
    house.wait()
    assert await house.policy.rules() == OrderRules(max_seats=2, lifetime_s=900)


async def test_a_change_counts_within_seconds(house: House) -> None:
    for number in (4, 6):
        await house.allow_seats(number)
        house.wait()
        assert (await house.policy.rules()).max_seats == number


@pytest.mark.parametrize("value", [0, -1, True, "ten", 2.5, None, [3]])
async def test_a_setting_that_makes_no_sense_is_passed_over(
    clean_database: AsyncEngine, value: object
) -> None:
    house = SqlHouse(clean_database)
    await house.store("max_seats", value)
    await house.store("checkout_timeout_min", value)
    assert await house.policy.rules() == OrderRules(max_seats=10, lifetime_s=LIFETIME_S)
