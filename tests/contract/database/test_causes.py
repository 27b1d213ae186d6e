"""The request that leaves work to a worker is known to the worker that takes it."""

from datetime import timedelta

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine
from tests.builders_orders import NOW, a_checkout, an_id, an_order
from tests.builders_payments import an_open_attempt
from tests.contract.purchase_stores import SqlStore

from muvi.adapters.db.outbox import SqlPostOffice
from muvi.adapters.db.unit_of_work import SqlUnitOfWork
from muvi.adapters.kit.causes import UNKNOWN, Cause, causes
from muvi.adapters.kit.request_id import under_request_id
from muvi.ports.messaging.outbox import Event

LATER = NOW + timedelta(minutes=1)


@pytest.fixture
def begin(sql_store: SqlStore, clean_database: AsyncEngine) -> SqlUnitOfWork:
    assert sql_store
    return SqlUnitOfWork(clean_database)


async def an_order_of(begin: SqlUnitOfWork, request_id: str) -> None:
    """The order and its checkout, due, written by a request."""
    with under_request_id(request_id):
        async with begin() as tx:
            await tx.orders.add(an_order())
            await tx.checkouts.add(a_checkout(next_at=NOW))


async def claimed(begin: SqlUnitOfWork) -> Cause:
    with causes() as found:
        async with begin.alone() as tx:
            (key,) = await tx.checkouts.claim_due(LATER, limit=5, lease_s=15)
    return found.get(key, UNKNOWN)


async def test_a_checkout_is_caused_by_the_request_that_opened_it(begin: SqlUnitOfWork) -> None:
    await an_order_of(begin, "buyer-request-1")
    assert await claimed(begin) == Cause("buyer-request-1")


async def test_the_last_request_that_touched_it_causes_what_follows(begin: SqlUnitOfWork) -> None:
    await an_order_of(begin, "buyer-request-1")
    with under_request_id("buyer-request-2"):
        async with begin.alone() as tx:
            await tx.checkouts.wake(an_id(), NOW)
    assert await claimed(begin) == Cause("buyer-request-2")


async def test_a_checkout_that_is_saved_takes_the_present_request(begin: SqlUnitOfWork) -> None:
    await an_order_of(begin, "buyer-request-1")
    with under_request_id("buyer-request-3"):
        async with begin() as tx:
            await tx.checkouts.save(await tx.checkouts.get(an_id()))
    assert await claimed(begin) == Cause("buyer-request-3")


async def test_whoever_has_no_request_leaves_the_cause_as_it_is(begin: SqlUnitOfWork) -> None:
    await an_order_of(begin, "buyer-request-1")
    async with begin.alone() as tx:
        await tx.checkouts.wake(an_id(), NOW)
    assert await claimed(begin) == Cause("buyer-request-1")


async def test_an_attempt_is_caused_by_its_last_request(begin: SqlUnitOfWork) -> None:
    with under_request_id("buyer-request-1"):
        async with begin() as tx:
            await tx.attempts.add(an_open_attempt())
    with under_request_id("a-webhook-1"):
        async with begin() as tx:
            (attempt,) = await tx.attempts.of_order(an_open_attempt().order_id, for_update=True)
            attempt.next_check_at = NOW
            await tx.attempts.save(attempt)
    with causes() as found:
        async with begin.alone() as tx:
            (key,) = await tx.attempts.claim_due(LATER, limit=5, lease_s=15)
    assert found == {key: Cause("a-webhook-1")}


async def test_a_message_is_caused_by_who_put_it(begin: SqlUnitOfWork, clean_database: AsyncEngine) -> None:
    with under_request_id("buyer-request-1"):
        async with begin() as tx:
            await tx.outbox.put(Event(id=an_id(7), type="tea_poured.v1", payload={}, occurred_at=NOW))
    with causes() as found:
        await SqlPostOffice(clean_database).find(an_id(7))
    assert found == {an_id(7): Cause("buyer-request-1")}


async def test_twin_without_anybody_who_collects_nothing_is_laid_out(begin: SqlUnitOfWork) -> None:
    await an_order_of(begin, "buyer-request-1")
    async with begin.alone() as tx:
        assert await tx.checkouts.claim_due(LATER, limit=5, lease_s=15) == (an_id(),)
