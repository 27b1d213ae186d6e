"""A gateway with a page of its own: ours leads there by itself, once, and back again."""

from datetime import timedelta

import pytest
from playwright.async_api import Page, Route, expect
from tests.e2e.browser.buyer import Buyers
from tests.e2e.browser.test_guards import PAGE, without
from tests.e2e.guest import VISA

THERE, LEAVING = "**/payfort/page/**", "**/payfort/FortAPI/**"
SPELL = ("Date.now() - ", " < 3000")
PRESS = """() => {
  let left = false;
  document.addEventListener("submit", (event) => { left = !event.defaultPrevented; }, { once: true });
  document.getElementById("go").click();
  return left;
}"""
"""Whether the page lets its form go."""


async def give_card(page: Page) -> None:
    card = {"card_number": VISA, "expiry_month": "12", "expiry_year": "2039", "cvv": "123"}
    for name, value in card.items():
        await page.locator(f"[name={name}]").fill(value)
    await page.locator("form:not(.plain) button").click()


@pytest.mark.parametrize("language", ["en", "ar"])
async def test_the_buyer_is_led_there_and_back(buyers: Buyers, language: str) -> None:
    buyer = await buyers.open(language, start=False, gateway="payfort")
    await buyer.page.goto(buyer.url, wait_until="commit")
    await buyer.page.wait_for_url(THERE)
    await buyer.is_sound("hosted")
    await give_card(buyer.page)
    await buyer.sees("paid")
    order = await buyer.guest.until(buyer.order_id, "CONFIRMED")
    assert len(order["tickets"]) == 2


async def test_who_comes_back_is_not_sent_away_again(buyers: Buyers) -> None:
    """The page waits for the button then: otherwise nobody could go back any further."""
    buyer = await buyers.open(start=False, gateway="payfort")
    await buyer.page.goto(buyer.url, wait_until="commit")
    await buyer.page.wait_for_url(THERE)
    await buyer.page.goto(buyer.url)
    await expect(buyer.page.locator("#go")).to_be_visible()
    await buyer.is_sound("leave")
    await buyer.page.locator("#go").click()
    await buyer.page.wait_for_url(THERE)
    await give_card(buyer.page)
    await buyer.sees("paid")


@pytest.mark.parametrize("guarded", [True, False], ids=["guarded", "the twin"])
async def test_who_was_kept_from_leaving_may_press_again(
    buyers: Buyers,
    guarded: bool,  # noqa: FBT001
) -> None:
    """A second press counts as the half of a double click for three seconds only; the twin's for ever."""
    buyer = await buyers.open(start=False, gateway="payfort")
    page, now = buyer.page, buyer.town.now()

    async def stop(route: Route) -> None:
        await route.abort("aborted")

    await page.goto(buyer.url, wait_until="commit")
    await page.wait_for_url(THERE)
    await without(buyer, PAGE, *([] if guarded else SPELL))
    await page.clock.set_fixed_time(now)
    await page.goto(buyer.url)
    await page.route(LEAVING, stop, times=1)
    async with page.expect_event("requestfailed"):
        assert await page.evaluate(PRESS) is True
    assert await page.evaluate(PRESS) is False
    await page.clock.set_fixed_time(now + timedelta(seconds=3))
    if guarded:
        await page.locator("#go").click()
        await page.wait_for_url(THERE)
    else:
        assert await page.evaluate(PRESS) is False
