"""Purchases that go well, and every ordinary way in which they do not."""

import pytest
from tests.shop import A, B, Shop

from muvi.adapters.memory.seating import ClaimState
from muvi.domain.ledger.journal import DEPOSITS, FEES, SALES, VAT
from muvi.domain.orders.order import OrderStatus


@pytest.fixture
def shop() -> Shop:
    return Shop()


async def test_a_purchase(shop: Shop) -> None:
    order_id, attempt = await shop.at_the_gateway()
    await shop.paid(attempt)
    await shop.work()
    assert shop.must_be_whole(order_id) is OrderStatus.CONFIRMED
    order = shop.order(order_id)
    assert (order.total_minor, order.booking_id, order.booking_number) == (11500, "W000002", "2")
    assert shop.seats_of(order_id, ClaimState.SOLD) == {A, B}
    [ticket, other] = (await shop.views.find(order_id)).tickets
    assert (ticket.seat_label, other.seat_label) == ("A1", "A2")
    assert ticket.code != other.code
    assert {shop.balance(account) for account in (DEPOSITS,)} == {0}
    assert (shop.balance("receivable:memory"), -shop.balance(VAT)) == (11500, order.vat_minor)
    assert -shop.balance(SALES) - shop.balance(FEES) == 11500 - order.vat_minor
    assert [tender.reference for tender in shop.office.bookings.popitem()[1].tenders] == [
        attempt.captured[0].transaction_id if attempt.captured else shop.attempts(order_id)[0].payment_ids[0]
    ]
    assert list(shop.codes(order_id)) == [
        "order-placed",
        "seats-chosen",
        "payment-started",
        "payment-captured",
        "order-confirmed",
    ]
