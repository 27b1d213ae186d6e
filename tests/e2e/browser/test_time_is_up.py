"""The end of the time to pay, with a card under way: nothing is called off, nothing is claimed of money.

The bank asks for as long as a test wants, and the page's time is playwright's, so that nobody waits.
"""

import pytest
from playwright.async_api import Locator, expect
from tests.e2e.browser.buyer import Buyer, Buyers, time_is_up
from tests.e2e.browser.test_guards import PAGE, WIDGET, changed, integrity
from tests.e2e.guest import CHALLENGED

ASKED = "**/state"
MORE_THAN_IT_COUNTS, BETWEEN_QUESTIONS = 1_800_000, 2_600
SUBMIT = "HTMLFormElement.prototype.submit.call(form);"
IN_A_FRAME = f"""
var bank = document.createElement("iframe");
bank.name = bank.title = "bank";
bank.width = "100%";
bank.height = "440";
form.append(bank);
form.target = "bank";
{SUBMIT}
Array.from(form.children).forEach(function (child) {{ child.hidden = child !== bank; }});
"""
ON_TOP = """(button) => {
  button.form.target = "_top";
  button.click();
}"""


async def leap(buyer: Buyer) -> None:
    """To the end of time, and on until the page has asked what became of it."""
    await time_is_up(buyer)
    await buyer.page.clock.fast_forward(MORE_THAN_IT_COUNTS)
    await expect(buyer.page.locator("#clock")).to_have_text("0:00")
    async with buyer.page.expect_response(ASKED) as asked:
        await buyer.page.clock.fast_forward(BETWEEN_QUESTIONS)
    await (await asked.value).finished()


async def under_way_at_zero(buyer: Buyer, lost: str = "") -> Locator:
    """A card was sent, the bank asks, time runs out, the page looks: the bank's buttons, in the form.

    The form is the sandbox's, changed to show the bank as the gateway's own does: in a frame, which leaves
    for the whole page.
    """
    await changed(buyer, WIDGET, {SUBMIT: IN_A_FRAME})
    await changed(buyer, PAGE, {integrity(buyer): "", **({lost: ""} if lost else {})})
    await buyer.page.clock.install()
    await buyer.start()
    await buyer.pay(CHALLENGED)
    buttons = buyer.page.frame_locator("[name=bank]").locator("button")
    await expect(buttons).to_have_count(2)
    await leap(buyer)
    return buttons


async def is_confirming(buyer: Buyer) -> None:
    """The page says that the payment is being confirmed, to eyes and ears; the form keeps its place."""
    page = buyer.page
    await buyer.sees("confirming")
    await expect(page.locator("form")).to_be_visible()
    await expect(page.locator("#over")).to_be_hidden()
    await expect(page.locator("#broken")).to_be_hidden()
    await expect(page.locator("#word")).to_contain_text(await page.locator("#sent p").inner_text())
    buyer.complaints.clear()  # axe speaks to the frame before it knows whose it is


async def test_a_card_under_way_is_waited_for_and_paid(buyers: Buyers, language: str, width: str) -> None:
    buyer = await buyers.open(language, width, start=False)
    buttons = await under_way_at_zero(buyer)
    await is_confirming(buyer)
    await expect(buttons.first).to_be_in_viewport()
    await buttons.first.evaluate(ON_TOP)
    await buyer.has_paid_once()


@pytest.mark.parametrize("language", ["en", "ar"])
async def test_a_card_under_way_is_waited_for_and_declined(buyers: Buyers, language: str) -> None:
    """Another card is not offered any more."""
    buyer = await buyers.open(language, start=False)
    buttons = await under_way_at_zero(buyer)
    await is_confirming(buyer)
    await buttons.last.evaluate(ON_TOP)
    await buyer.sees("failed")
    await expect(buyer.page.locator("form")).to_have_count(0)
    assert await buyer.money() == []


async def test_a_page_that_forgets_it_calls_off_a_card_under_way(buyers: Buyers) -> None:
    """The twin."""
    buyer = await buyers.open(start=False)
    await under_way_at_zero(buyer, lost="paying = true;")
    await buyer.sees("over")


async def test_who_was_told_that_time_is_up_is_told_of_money_that_came(buyers: Buyers) -> None:
    """By a page that looks by itself."""
    buyer = await buyers.open()
    await time_is_up(buyer)
    await buyer.page.reload()
    await buyer.sees("over")
    await buyer.guest.submit(buyer.action)
    await buyer.has_paid_once()
