"""Whoever waited for an order's lock sees the whole order as the one before left it."""

import asyncio

import pytest
from tests.builders_orders import MINUTE, NOW, a_record, an_order, facts, two_seats
from tests.contract.kit.locks import somebody_waits
from tests.contract.purchase_stores import SqlStore

from muvi.adapters.db import orders as sql_orders
from muvi.domain.orders.order import Order


async def read_behind(store: SqlStore) -> tuple[Order, Order]:
    """One phase changes an order, another waits for its lock: what the first wrote, what the second read."""
    async with store.begin() as tx:
        await tx.orders.add(an_order())

    async def wait_and_read() -> Order:
        async with store.begin() as tx:
            found: Order = await tx.orders.get(an_order().id, for_update=True)
        return found

    async with asyncio.TaskGroup() as group, store.begin() as first:
        order = await first.orders.get(an_order().id, for_update=True)
        order.choose(two_seats(), NOW + 5 * MINUTE)
        order.attach(a_record())
        await first.orders.save(order)
        waiting = group.create_task(wait_and_read())
        await somebody_waits(store.engine)
    return order, waiting.result()


async def test_who_waited_sees_lines_and_box_office_orders_too(sql_store: SqlStore) -> None:
    written, read = await read_behind(sql_store)
    assert facts(read) == facts(written)


async def test_without_reading_again_the_lines_would_be_those_of_before(
    sql_store: SqlStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The twin: a statement that waits keeps the snapshot it began with."""
    monkeypatch.setattr(sql_orders, "_stale", lambda _row: False)
    written, read = await read_behind(sql_store)
    assert (read.version, read.lines) == (written.version, ())
