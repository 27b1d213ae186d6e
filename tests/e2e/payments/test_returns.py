"""Buyers come back from the sandbox to our API on PostgreSQL."""

from urllib.parse import urlsplit

import pytest
from tests.e2e.payments.conftest import House

from muvi.domain.payments.attempt_status import AttemptStatus
from muvi.domain.shared.ids import to_wire

PATH = "/api/v1/transactions/hyperPay"


async def pay_and_return(house: House, query: str, card: str = "4111111111111111") -> str:
    """Pay through the card form and follow its redirect; returns where our API sends the browser."""
    fields = {"card_number": card, "expiry_month": "12", "expiry_year": "2039", "cvv": "123"}
    checkout_id = query.partition("#")[2]
    fields["shopper_result_url"] = f"http://api{PATH}{query.partition('#')[0]}"
    back = await house.gateway.post(f"/hyperpay/shopper/{checkout_id}", data=fields)
    assert back.status_code == 303
    parts = urlsplit(back.headers["location"])
    onward = await house.api.get(f"{parts.path}?{parts.query}")
    assert onward.status_code == 303
    return str(onward.headers["location"])


@pytest.mark.parametrize("ours", [True, False], ids=["our-id", "gateways-id-alone"])
async def test_a_return_visit_alone_settles(house: House, ours: bool) -> None:  # noqa: FBT001
    await house.knobs(webhooks_on=False)
    attempt = await house.opened()
    query = f"?attemptId={to_wire(attempt.id)}" if ours else ""
    onward = await pay_and_return(house, f"{query}#{attempt.checkout_id}")
    assert onward == f"https://shop.example/paid?orderId={to_wire(attempt.order_id)}"
    assert (await house.attempt(attempt.id)).status is AttemptStatus.PENDING
    await house.work()
    assert (await house.attempt(attempt.id)).status is AttemptStatus.CAPTURED


async def test_the_platforms_own_empty_call_changes_nothing(house: House) -> None:
    attempt = await house.opened()
    answer = await house.api.get(PATH)
    assert answer.status_code == 303
    assert "/pay/back" in answer.headers["location"]
    assert (await house.attempt(attempt.id)).version == attempt.version


async def test_a_visit_that_claims_success_is_not_believed(house: House) -> None:
    """The twin of settling by return: nobody has paid, whatever the address says."""
    attempt = await house.opened()
    query = f"?attemptId={to_wire(attempt.id)}&id={attempt.checkout_id}&result=000.000.000&status=paid"
    assert (await house.api.get(PATH + query)).status_code == 303
    await house.work()
    assert (await house.attempt(attempt.id)).status is AttemptStatus.PENDING


async def test_the_page_and_its_state_are_served(house: House) -> None:
    attempt = await house.opened()
    page = await house.api.get(f"/pay/{to_wire(attempt.id)}?lang=ar")
    assert page.status_code == 200
    assert 'dir="rtl"' in page.text
    assert "paymentWidgets" in page.text
    state = await house.api.get(f"/pay/{to_wire(attempt.id)}/state")
    assert state.json() == {"state": "payable"}
