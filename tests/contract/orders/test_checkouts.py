"""The processes: kept, leased to one worker at a time, woken."""

from datetime import timedelta

import pytest
from tests.builders_orders import MINUTE, NOW, SECOND, a_checkout, an_id, an_order, facts
from tests.contract.purchase_stores import PurchaseStore

from muvi.domain.orders.checkout import Checkout, CheckoutState
from muvi.domain.orders.order import OrderStatus
from muvi.ports.orders.checkouts import CheckoutSignals


async def kept(store: PurchaseStore, *checkouts: Checkout) -> None:
    async with store.begin() as tx:
        for number, checkout in enumerate(checkouts, 1):
            await tx.orders.add(an_order(number))
            await tx.checkouts.add(checkout)


async def read(store: PurchaseStore, number: int = 1) -> Checkout:
    async with store.begin() as tx:
        found: Checkout = await tx.checkouts.get(an_id(number))
    return found


async def due(store: PurchaseStore, now: timedelta = timedelta(), limit: int = 10) -> list[int]:
    names = {an_id(number): number for number in range(1, 10)}
    async with store.begin() as tx:
        found = await tx.checkouts.claim_due(NOW + now, limit=limit, lease_s=30)
    return sorted(names[order_id] for order_id in found)


async def test_a_process_comes_back_and_counts_its_versions(store: PurchaseStore) -> None:
    await kept(store, a_checkout())
    checkout = await read(store)
    assert facts(checkout) == facts(a_checkout())
    checkout.enter(CheckoutState.COMPLETING, NOW + SECOND)
    checkout.again(NOW + SECOND)
    checkout.target, checkout.reason = OrderStatus.CANCELLED, "buyer"
    checkout.kept_attempt_id, checkout.kept_transaction = an_id(7), "payment-7"
    async with store.begin() as tx:
        await tx.checkouts.save(checkout)
    assert facts(await read(store)) == facts(checkout)
    assert (checkout.version, checkout.next_at) == (1, NOW + 2 * SECOND)


async def test_an_order_without_a_process_is_a_defect(store: PurchaseStore) -> None:
    with pytest.raises(LookupError):
        await read(store, 9)


async def test_what_is_due_is_leased_once(store: PurchaseStore) -> None:
    await kept(
        store,
        a_checkout(1, next_at=NOW),
        a_checkout(2, next_at=NOW - MINUTE),
        a_checkout(3, next_at=NOW + SECOND),
        a_checkout(4, next_at=None),
    )
    assert await due(store, limit=1) == [2]
    assert await due(store) == [1]
    assert await due(store) == []
    assert await due(store, 29 * SECOND) == [3]
    assert await due(store, 30 * SECOND) == [1, 2]


async def test_a_lease_is_kept_and_given_back(store: PurchaseStore) -> None:
    await kept(store, a_checkout(next_at=NOW))
    assert await due(store) == [1]
    async with store.begin() as tx:
        await tx.checkouts.keep_lease(an_id(1), NOW + MINUTE)
    assert await due(store, 59 * SECOND) == []
    async with store.begin() as tx:
        await tx.checkouts.save(await tx.checkouts.get(an_id(1)), rest=True)
    assert await due(store) == [1]


async def test_saving_leaves_the_lease_alone(store: PurchaseStore) -> None:
    await kept(store, a_checkout(next_at=NOW))
    checkout = await read(store)
    assert await due(store) == [1]
    async with store.begin() as tx:
        await tx.checkouts.save(checkout)
    assert await due(store, 29 * SECOND) == []


@pytest.mark.parametrize(
    ("before", "after"), [(None, NOW), (NOW + MINUTE, NOW), (NOW - MINUTE, NOW - MINUTE)]
)
async def test_a_signal_makes_a_process_due_and_leaves_its_version(
    store: PurchaseStore, before: object, after: object
) -> None:
    await kept(store, a_checkout(next_at=before))
    async with store.begin() as tx:
        signals: CheckoutSignals = tx.checkouts
        await signals.wake(an_id(1), NOW)
        await signals.wake(an_id(404), NOW)
    checkout = await read(store)
    assert (checkout.next_at, checkout.version) == (after, 0)


async def test_what_waits_for_a_person_can_be_woken(store: PurchaseStore) -> None:
    await kept(store, a_checkout(state=CheckoutState.MANUAL, next_at=None))
    async with store.begin() as tx:
        await tx.checkouts.wake(an_id(1), NOW)
    assert (await read(store)).next_at == NOW
