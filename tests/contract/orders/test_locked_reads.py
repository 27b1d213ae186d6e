"""Whoever waited for an order's lock sees the order as the one before left it."""

import asyncio

import pytest
from sqlalchemy import bindparam, update
from tests.builders_orders import MINUTE, NOW, a_record, an_id, an_order, facts, two_seats
from tests.contract.kit.locks import somebody_waits
from tests.contract.purchase_stores import SqlStore

from muvi.adapters.db import orders as sql_orders
from muvi.adapters.db.tables.orders import orders
from muvi.adapters.db.unit_of_work import SqlUnitOfWork
from muvi.domain.orders.order import Operation, OperationKind, Order


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
    monkeypatch.setattr(sql_orders, "stale", lambda _row: False)
    written, read = await read_behind(sql_store)
    assert (read.version, read.lines) == (written.version, ())


async def prolonged_behind(store: SqlStore) -> tuple[bool, Order]:
    """Who began an operation prolongs it while a worker takes it over: whether it could, and the order."""
    order = an_order()
    order.begin(Operation(id=an_id(5), kind=OperationKind.SEATS, deadline=NOW))
    async with store.begin() as tx:
        await tx.orders.add(order)

    async def prolong() -> bool:
        async with SqlUnitOfWork(store.engine).alone() as tx:
            return bool(await tx.orders.prolong(order.id, an_id(5), NOW + MINUTE))

    async with asyncio.TaskGroup() as group, store.begin() as worker:
        lapsed = await worker.orders.get(order.id, for_update=True)
        lapsed.take_over(an_id(6))
        await worker.orders.save(lapsed)
        waiting = group.create_task(prolong())
        await somebody_waits(store.engine)
    async with store.begin() as tx:
        found = await tx.orders.get(order.id)
    return waiting.result(), found


async def test_an_operation_taken_over_meanwhile_is_not_prolonged(sql_store: SqlStore) -> None:
    ours, order = await prolonged_behind(sql_store)
    assert not ours
    assert order.operation == Operation(id=an_id(6), kind=OperationKind.SEATS, deadline=NOW)


async def test_without_comparing_the_id_two_processes_would_believe_it_theirs(
    sql_store: SqlStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The twin."""
    mine = orders.c.id == bindparam("key")
    monkeypatch.setattr(
        sql_orders, "PROLONG", update(orders).where(mine).values(operation_deadline=bindparam("until"))
    )
    ours, order = await prolonged_behind(sql_store)
    assert ours
    assert order.owns(an_id(6))
