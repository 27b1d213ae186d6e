"""What the payment page says of money that bought nothing."""

from uuid import UUID

import pytest
from tests.builders_orders import GUEST
from tests.shop import Shop

from muvi.adapters.memory.gateway import Trouble
from muvi.adapters.memory.payments import MemoryPaymentViews
from muvi.application.payments.show_payment_page import PageState, PaymentPage, ShowPaymentPage
from muvi.domain.orders.order import OrderStatus
from muvi.domain.payments.attempt import PaymentAttempt
from muvi.domain.payments.refund import RefundStatus


@pytest.fixture
def shop() -> Shop:
    return Shop()


async def page_of(shop: Shop, attempt: PaymentAttempt) -> PaymentPage:
    return await ShowPaymentPage(MemoryPaymentViews(shop.database), shop.clock)(attempt.id)


async def seats_gone(shop: Shop) -> tuple[UUID, PaymentAttempt]:
    """The order has expired at the gateway, and somebody else bought its seats."""
    order_id, attempt = await shop.at_the_gateway()
    await shop.until(720)
    _, other = await shop.at_the_gateway(actor=GUEST)
    await shop.paid(other)
    await shop.work()
    assert (await page_of(shop, other)).state is PageState.PAID
    return order_id, attempt


async def test_late_money_whose_refund_is_not_sent_yet(shop: Shop) -> None:
    order_id, attempt = await seats_gone(shop)
    shop.gateway.fail("refund", *[Trouble.UNAVAILABLE] * 50)
    await shop.paid(attempt)
    await shop.work()
    (refund,) = shop.refunds(order_id)
    assert (shop.order(order_id).status, refund.status) == (OrderStatus.EXPIRED, RefundStatus.REQUESTED)
    page = await page_of(shop, attempt)
    assert (page.state, page.bought_nothing) == (PageState.RETURNING, True)


async def test_money_for_a_cancelled_order_whose_refund_waits_for_a_person(shop: Shop) -> None:
    order_id, attempt = await shop.at_the_gateway()
    await shop.cancel(order_id)
    shop.gateway.fail("refund", Trouble.REFUSED)
    await shop.paid(attempt)
    await shop.until(3600)
    (refund,) = shop.refunds(order_id)
    assert (shop.order(order_id).status, refund.status) == (OrderStatus.CANCELLED, RefundStatus.MANUAL)
    page = await page_of(shop, attempt)
    assert (page.state, page.bought_nothing) == (PageState.RETURNING, True)


async def test_twin_without_its_claim_a_page_confirms_for_ever(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("muvi.adapters.memory.payments.goes_back", lambda _: False)
    _, attempt = await seats_gone(shop)
    shop.gateway.fail("refund", *[Trouble.UNAVAILABLE] * 50)
    await shop.paid(attempt)
    await shop.work()
    assert (await page_of(shop, attempt)).state is not PageState.RETURNING
