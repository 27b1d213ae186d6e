"""The same machine with its rows in PostgreSQL: commits, constraints and triggers are real."""

from __future__ import annotations

import os
from typing import ClassVar

from hypothesis import settings
from hypothesis.stateful import run_state_machine_as_test
from tests.faults.orders.test_killed_on_postgres import SqlShop, opened
from tests.fuzz.orders.machine import OrderMachine
from tests.shop import Shop
from typing_extensions import override

from muvi.adapters.db.engine import make_engine

RUNS = 25
"""Each step costs the round trips of a real database."""


class SqlOrderMachine(OrderMachine):
    """Each run begins with empty tables."""

    url: ClassVar[str] = ""
    shop: SqlShop

    @override
    async def make_shop(self) -> Shop:
        return await opened(make_engine(self.url, application="muvi-test", pool_size=4))

    @override
    async def look(self) -> None:
        await self.shop.look()

    @override
    async def close(self) -> None:
        await self.shop.engine.dispose()


def test_the_purchase_keeps_to_the_model(runs: settings, fresh_database_url: str) -> None:
    class Here(SqlOrderMachine):
        url = fresh_database_url

    asked = int(os.environ.get("MUVI_FUZZ_RUNS", "0")) // 10
    run_state_machine_as_test(Here, settings=settings(runs, max_examples=max(RUNS, asked)))
