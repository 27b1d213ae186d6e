"""What a payment page knows of the purchase behind it."""

import pytest
from tests.builders_orders import NOW, a_showtime_for_sale, an_id, an_order, two_seats
from tests.builders_payments import a_report, a_transaction, an_open_attempt
from tests.contract.purchase_stores import PurchaseStore

from muvi.domain.orders.order import OrderStatus
from muvi.domain.payments.attempt import PaymentAttempt
from muvi.domain.payments.refund import Refund
from muvi.domain.payments.report import ReportedTransaction, TransactionKind, Verdict
from muvi.domain.shared.money import Money

TOTAL = Money(11500)


async def opened(store: PurchaseStore, number: int = 1, amount: Money = TOTAL) -> PaymentAttempt:
    attempt = an_open_attempt(number, order_id=an_id(1), amount=amount)
    async with store.begin() as tx:
        await tx.attempts.add(attempt)
    return attempt


@pytest.fixture
async def purchase(store: PurchaseStore) -> PurchaseStore:
    """An order of two seats."""
    async with store.begin() as tx:
        await tx.orders.add(an_order(lines=two_seats()))
    return store


async def takes_another_card(store: PurchaseStore, attempt: PaymentAttempt) -> bool:
    view = await store.pages.of(attempt.id)
    assert view is not None
    return view.another_card


async def test_a_page_tells_what_is_paid_for(purchase: PurchaseStore) -> None:
    view = await purchase.pages.of((await opened(purchase)).id)
    assert view is not None
    assert view.show is not None
    sold = a_showtime_for_sale()
    assert (view.show.film, view.show.cinema, view.show.screen) == (
        sold.film_title,
        sold.cinema_name,
        sold.screen_name,
    )
    assert (view.show.starts_at, view.show.zone) == (sold.starts_at, sold.zone)
    assert view.show.seats == ("A1", "A2")


async def test_another_card_is_taken_while_the_order_waits_for_this_amount(purchase: PurchaseStore) -> None:
    assert await takes_another_card(purchase, await opened(purchase))


async def test_a_page_knows_whether_a_card_was_heard_of(purchase: PurchaseStore) -> None:
    opened_one = await opened(purchase)
    for heard in (False, True):
        view = await purchase.pages.of(opened_one.id)
        assert view is not None
        assert view.was_heard_of is heard
        async with purchase.begin() as tx:
            attempt = await tx.attempts.get(opened_one.id, for_update=True)
            attempt.signal(NOW)
            await tx.attempts.save(attempt)


async def test_not_for_another_amount(purchase: PurchaseStore) -> None:
    """The seats were changed since."""
    assert not await takes_another_card(purchase, await opened(purchase, amount=Money(11000)))


async def test_not_beside_a_newer_attempt(purchase: PurchaseStore) -> None:
    older, newer = await opened(purchase, 1), await opened(purchase, 2)
    assert not await takes_another_card(purchase, older)
    assert await takes_another_card(purchase, newer)


async def order_of(store: PurchaseStore, attempt: PaymentAttempt) -> OrderStatus | None:
    view = await store.pages.of(attempt.id)
    assert view is not None
    return view.order


async def test_money_goes_back_once_refunds_have_claimed_all_of_it(purchase: PurchaseStore) -> None:
    opened_one = await opened(purchase)

    async def goes_back() -> bool:
        view = await purchase.pages.of(opened_one.id)
        assert view is not None
        return view.goes_back

    async def claim(payment: str, minor: int, number: int) -> None:
        async with purchase.begin() as tx:
            attempt = await tx.attempts.get(opened_one.id, for_update=True)
            amount = Money(minor)
            refund = Refund.requested(
                attempt, id=an_id(600 + number), payment_id=payment, amount=amount, reason="late", now=NOW
            )
            await tx.refunds.add(refund)
            await tx.attempts.save(attempt)

    assert not await goes_back()
    async with purchase.begin() as tx:
        attempt = await tx.attempts.get(opened_one.id, for_update=True)
        rows = (*(a_transaction(name, amount=TOTAL) for name in ("t1", "t2")), *no_money_of_ours())
        await tx.attempts.record(attempt, rows, NOW)
        attempt.apply(a_report(Verdict.CAPTURED, *rows), NOW, signals_seen=0)
        await tx.attempts.save(attempt)
    assert not await goes_back()
    await claim("t1", TOTAL.minor, 1)
    assert not await goes_back()  # of two captures one is kept
    await claim("t2", 1, 2)
    assert not await goes_back()
    await claim("t2", TOTAL.minor - 1, 3)
    assert await goes_back()


def no_money_of_ours() -> tuple[ReportedTransaction, ...]:
    refunded = a_transaction("r1", amount=TOTAL, kind=TransactionKind.REFUND)
    return a_transaction("d1", Verdict.DECLINED, amount=None), refunded


async def test_not_once_the_order_is_closed(purchase: PurchaseStore) -> None:
    attempt = await opened(purchase)
    assert await order_of(purchase, attempt) is OrderStatus.PENDING
    async with purchase.begin() as tx:
        order = await tx.orders.get(an_id(1), for_update=True)
        order.become(OrderStatus.CANCELLED, NOW)
        await tx.orders.save(order)
    assert not await takes_another_card(purchase, attempt)
    assert await order_of(purchase, attempt) is OrderStatus.CANCELLED
