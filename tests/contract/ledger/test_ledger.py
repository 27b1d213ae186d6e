"""The same movement of money is posted once, and everything sums to zero."""

from collections import Counter

import pytest
from tests.builders_orders import NOW, a_capture, an_id
from tests.contract.purchase_stores import PurchaseStore

from muvi.domain.ledger.journal import DEPOSITS, FEES, SALES, VAT, Entry, Journal, JournalKind, refunded, sold
from muvi.ports.ledger import Ledger


async def post(store: PurchaseStore, *journals: Journal) -> list[bool]:
    async with store.begin() as tx:
        ledger: Ledger = tx.ledger
        return [await ledger.post(journal) for journal in journals]


async def balances(store: PurchaseStore) -> dict[str, int]:
    sums: Counter[str] = Counter()
    for account, minor in await store.entries():
        sums[account] += minor
    return {account: minor for account, minor in sums.items() if minor}


async def test_a_sale_moves_the_deposit_into_revenue_and_vat(store: PurchaseStore) -> None:
    sale = sold(order_id=an_id(1), tickets_minor=9565, fees_minor=435, vat_minor=1500, currency="SAR", at=NOW)
    assert await post(store, a_capture(minor=11500), sale) == [True, True]
    assert await balances(store) == {"receivable:memory": 11500, SALES: -9565, FEES: -435, VAT: -1500}
    assert sum(minor for _, minor in await store.entries()) == 0


async def test_the_same_movement_is_posted_once(store: PurchaseStore) -> None:
    assert await post(store, a_capture(), a_capture()) == [True, False]
    assert await post(store, a_capture(), a_capture("memory:t2")) == [False, True]
    assert await balances(store) == {"receivable:memory": 23000, DEPOSITS: -23000}


async def test_a_refund_of_the_same_source_is_another_movement(store: PurchaseStore) -> None:
    back = refunded(
        source="memory:t1", order_id=an_id(1), gateway="memory", minor=11500, currency="SAR", at=NOW
    )
    assert await post(store, a_capture(), back) == [True, True]
    assert await balances(store) == {}


async def test_a_phase_that_fails_posts_nothing(store: PurchaseStore) -> None:
    async def fail() -> None:
        async with store.begin() as tx:
            await tx.ledger.post(a_capture())
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await fail()
    assert await store.entries() == []


@pytest.mark.parametrize("entries", [(), (Entry("a", 1),), (Entry("a", 2), Entry("b", -1))])
def test_a_journal_that_does_not_balance_cannot_be_made(entries: tuple[Entry, ...]) -> None:
    with pytest.raises(ValueError, match="sum to zero"):
        Journal(kind=JournalKind.SALE, source="s", order_id=an_id(1), currency="SAR", at=NOW, entries=entries)
