"""The end of the time to pay while the card's own request is still on its way, no bank asking.

The gateway lets the request hang for as long as a test wants. It did its work or it did not, and nobody has
heard: the page says that it is confirming, and then what became of it.
"""

import pytest
from playwright.async_api import Page, expect
from tests.e2e.browser.buyer import PATIENCE_MS, TITLES, Buyer, Buyers, time_is_up
from tests.e2e.browser.test_guards import PAGE, without
from tests.e2e.browser.test_time_is_up import MORE_THAN_IT_COUNTS
from tests.e2e.guest import DECLINED, VISA
from tests.e2e.town import eventually

from muvi.domain.shared.ids import from_wire

HELD = {"delay_s": 600}
"""The request is slow, until the rules are forgotten."""
LOST = {"fault": "hang-after"}
"""The gateway does its work, and its answer never comes."""
NOTHING = {"fault": "hang"}
ENDS = (VISA, "paid"), (DECLINED, "failed")
SENT = "paying = true;"
CLOCK = """
const [now, ask] = [Date.now, window.fetch];
let ahead = 0;
Date.now = () => now() + ahead;
window.leap = (ms) => { ahead += ms; };
window.asked = 0;
window.fetch = (...what) => ask(...what).finally(() => { window.asked += 1; });
"""
SAYS = """(title) => {
  const part = (id) => seen.document.getElementById(id);
  const shown = (id) => part(id).checkVisibility();
  return seen.asked > 1 && part("clock").textContent === "0:00" && seen.document.title === title
    && shown("sent") && part("word").textContent.startsWith(title)
    && shown("card") && !shown("over") && !shown("broken");
}"""
"""To eyes and ears, and went on saying so when it had asked; the form keeps its place."""


async def sent_at_zero(buyers: Buyers, buyer: Buyer, card: str, lost: str = "", **rule: object) -> Page:
    """The card is on its way, nobody tells of it, time runs out; from where that is seen."""
    await buyer.town.sandbox.knobs("hyperpay", webhooks_on=False)
    await buyer.town.sandbox.rule("hyperpay", "shopper", **rule)
    await without(buyer, PAGE, *([lost] if lost else []))
    beside = await buyers.watched(buyer, CLOCK)
    await buyer.send(card)
    await time_is_up(buyer)
    await beside.evaluate(f"seen.leap({MORE_THAN_IT_COUNTS})")
    return beside


async def is_confirming(buyer: Buyer, beside: Page) -> None:
    title = TITLES["confirming"][buyer.language]
    await beside.wait_for_function(SAYS, arg=title, timeout=PATIENCE_MS)


async def has_ended(buyer: Buyer, end: str) -> None:
    if end == "paid":
        await buyer.has_paid_once()
    else:
        await buyer.sees("failed")
        await expect(buyer.page.locator("form")).to_have_count(0)
        assert await buyer.money() == []


@pytest.mark.parametrize(("card", "end"), ENDS, ids=["paid", "declined"])
async def test_a_request_that_is_answered_late_leads_on(
    buyers: Buyers, language: str, card: str, end: str
) -> None:
    buyer = await buyers.open(language, start=False)
    beside = await sent_at_zero(buyers, buyer, card, **HELD)
    await is_confirming(buyer, beside)
    await buyer.town.sandbox.reset()
    await has_ended(buyer, end)


@pytest.mark.parametrize(("card", "end"), ENDS, ids=["paid", "declined"])
async def test_a_request_whose_answer_is_lost_is_told_of_by_the_page(
    buyers: Buyers, language: str, card: str, end: str
) -> None:
    """As soon as the gateway's message comes."""
    buyer = await buyers.open(language, start=False)
    beside = await sent_at_zero(buyers, buyer, card, **LOST)
    await is_confirming(buyer, beside)
    await buyer.town.sandbox.act("hyperpay", "webhook-resend", checkout_id=buyer.action["checkoutId"])
    await has_ended(buyer, end)


async def test_a_request_that_never_arrived_ends_with_its_order(buyers: Buyers, language: str) -> None:
    """Not before: until the gateway was asked at the end, money may be on its way."""
    buyer = await buyers.open(language, start=False)
    beside = await sent_at_zero(buyers, buyer, VISA, **NOTHING)
    await is_confirming(buyer, beside)
    order = from_wire(buyer.order_id)
    await buyer.town.rows("UPDATE orders SET expires_at = now() WHERE id = $1", order)
    await buyer.town.rows("UPDATE checkouts SET next_at = now() WHERE order_id = $1", order)
    await buyer.guest.until(buyer.order_id, "EXPIRED")
    await buyer.sees("ended")
    await expect(buyer.page.locator("form")).to_have_count(0)
    assert await buyer.money() == []


async def test_a_page_that_forgets_it_says_that_time_is_up(buyers: Buyers) -> None:
    """The twin: whoever has just paid is told to choose seats again."""
    buyer = await buyers.open(start=False)
    beside = await sent_at_zero(buyers, buyer, VISA, lost=SENT, **LOST)
    over = TITLES["over"]["en"]
    await beside.wait_for_function("(title) => seen.document.title === title", arg=over, timeout=PATIENCE_MS)


async def test_in_time_too_the_page_tells_of_a_card_whose_answer_is_lost(buyers: Buyers) -> None:
    buyer = await buyers.open(start=False)
    await buyer.town.sandbox.rule("hyperpay", "shopper", **LOST)
    await buyer.start()
    await buyer.send()
    await eventually(buyer.money, buyer.town)
    await buyer.has_paid_once()
