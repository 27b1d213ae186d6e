"""A reload in time while nobody knows what became of a card: nobody is led to pay twice unawares, and whoever
left the bank may use another card.
"""

import pytest
from playwright.async_api import Locator, expect
from tests.e2e.browser.buyer import Buyer, Buyers
from tests.e2e.browser.test_guards import PAGE, without
from tests.e2e.guest import CHALLENGED, VISA
from tests.e2e.town import eventually

HEARD = "SELECT 1 FROM payment_attempts WHERE checkout_id = $1 AND signals > 0"
WATCHES = 'if (data.known === "another") { watch(); }'
KNOWS = "location.replace(data.another);"


def choice(buyer: Buyer) -> Locator:
    return buyer.page.locator("#another")


async def leaves_the_bank(buyer: Buyer) -> None:
    """Sends a card, is asked by the bank, and goes back to our page instead."""
    await buyer.pay(CHALLENGED)
    await buyer.page.wait_for_url("**/3ds/**")
    await eventually(lambda: buyer.town.rows(HEARD, buyer.action["checkoutId"]), buyer.town)
    await buyer.page.go_back()


async def agrees_elsewhere(buyer: Buyer) -> None:
    """In the bank's app."""
    answer = await buyer.guest.http.post(
        f"{buyer.town.sandbox.url}/hyperpay/3ds/{buyer.action['checkoutId']}", data={"result": "Y"}
    )
    assert answer.status_code == 303


async def test_who_left_the_bank_is_shown_no_form_but_a_choice(buyer: Buyer) -> None:
    await leaves_the_bank(buyer)
    await buyer.sees("confirming")
    await expect(buyer.page.locator("form")).to_have_count(0)
    await choice(buyer).click()
    await buyer.sees("another")
    await expect(buyer.page.locator("#told")).to_be_focused()
    await buyer.pay()
    await buyer.has_paid_once()


@pytest.mark.parametrize("language", ["en", "ar"])
async def test_who_agreed_in_the_banks_app_is_told_by_the_page_that_waits(
    buyers: Buyers, language: str
) -> None:
    buyer = await buyers.open(language)
    await leaves_the_bank(buyer)
    await buyer.sees("confirming")
    await agrees_elsewhere(buyer)
    await buyer.has_paid_once()


@pytest.mark.parametrize("watches", [True, False], ids=["watches", "the twin"])
async def test_the_form_for_another_card_goes_when_the_first_is_paid(
    buyers: Buyers,
    watches: bool,  # noqa: FBT001
) -> None:
    """The twin's form stays, and would be filled in for nothing."""
    buyer = await buyers.open()
    await leaves_the_bank(buyer)
    await buyer.sees("confirming")
    await without(buyer, PAGE, *([] if watches else [WATCHES]))
    await choice(buyer).click()
    await buyer.sees("another")
    await agrees_elsewhere(buyer)
    await buyer.guest.until(buyer.order_id, "CONFIRMED")
    if watches:
        await buyer.has_paid_once()
    else:
        await buyer.sees("another")


async def test_who_would_rather_wait_may(buyers: Buyers) -> None:
    buyer = await buyers.open()
    await leaves_the_bank(buyer)
    await choice(buyer).click()
    await buyer.sees("another")
    await buyer.page.locator("#rather").click()
    await buyer.sees("confirming")


async def test_both_cards_are_taken_and_one_goes_back(buyers: Buyers) -> None:
    """By a gateway that lets one form be paid twice."""
    buyer = await buyers.open()
    await buyer.town.sandbox.knobs("hyperpay", paid_once=False)
    await leaves_the_bank(buyer)
    await choice(buyer).click()
    await buyer.sees("another")
    await buyer.pay()
    await buyer.sees("paid")
    await agrees_elsewhere(buyer)
    await eventually(lambda: buyer.town.sandbox.truth("hyperpay", "refund"), buyer.town)
    assert len(await buyer.money()) == 2
    order = await buyer.guest.until(buyer.order_id, "CONFIRMED")
    (refund,) = await buyer.town.sandbox.truth("hyperpay", "refund")
    assert refund["amount_minor"] == round(order["totalAmount"] * 100)


@pytest.mark.parametrize("knows", [True, False], ids=["knows", "the twin"])
async def test_a_card_that_only_its_browser_knows_of_is_spoken_of(
    buyers: Buyers,
    knows: bool,  # noqa: FBT001
) -> None:
    """Its request is on the way and nobody has heard of it. The twin asks as if there were none."""
    buyer = await buyers.open(start=False)
    await buyer.town.sandbox.rule("hyperpay", "shopper", fault="hang")
    await buyer.start()
    await without(buyer, PAGE, *([] if knows else [KNOWS]))
    await buyer.send(VISA)
    await eventually(buyer.town.sandbox.no_rules, buyer.town)
    await buyer.page.goto(buyer.url)
    await buyer.sees("another" if knows else "form")
    await buyer.pay()
    await buyer.has_paid_once()
