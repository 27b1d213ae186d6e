"""What a buyer may live through on the payment page, in both languages, on a phone and at a desk.

Every state is looked at as it comes (`Buyer.is_sound`): nothing moves by itself, the browser blocks nothing,
axe finds nothing serious, and nothing is wider than the screen.
"""

from datetime import timedelta

from playwright.async_api import expect
from tests.e2e.browser.buyer import Buyer, time_is_up
from tests.e2e.guest import CHALLENGED, DECLINED


async def test_pays_and_holds_the_ticket(buyer: Buyer) -> None:
    page = buyer.page
    order = await buyer.guest.order(buyer.order_id)
    for words in (order["film"]["title"], *(seat["label"] for seat in order["seats"])):
        await expect(page.locator(".ticket")).to_contain_text(words)
    await expect(page.locator(".amount")).to_contain_text(f"{order['totalAmount']:,.2f}")
    right_to_left = buyer.language == "ar"
    await expect(page.locator("html")).to_have_attribute("lang", buyer.language)
    await expect(page.locator("html")).to_have_attribute("dir", "rtl" if right_to_left else "ltr")
    await expect(page.locator("#wpwl-cardNumber")).to_have_attribute("dir", "ltr")
    await buyer.pay()
    done = await buyer.has_paid_once()
    await page.goto(str(done["ticketImageUrl"]))
    assert await page.evaluate("document.images[0].naturalWidth") == 1080
    buyer.complaints.clear()  # a picture has no icon of its own, and browsers ask for one


async def test_a_declined_card_and_then_a_good_one_on_the_same_page(buyer: Buyer) -> None:
    await buyer.pay(DECLINED)
    await buyer.sees("declined")
    await expect(buyer.page.locator("#told")).to_be_focused()
    assert await buyer.money() == []
    await buyer.pay()
    await buyer.has_paid_once()


async def test_the_bank_asks_and_the_buyer_agrees(buyer: Buyer) -> None:
    await buyer.pay(CHALLENGED)
    await buyer.answer(yes=True)
    await buyer.has_paid_once()


async def test_the_bank_asks_and_the_buyer_refuses(buyer: Buyer) -> None:
    await buyer.pay(CHALLENGED)
    await buyer.answer(yes=False)
    await buyer.sees("declined")
    assert await buyer.money() == []
    await buyer.pay()
    await buyer.has_paid_once()


async def test_the_time_runs_out(buyer: Buyer) -> None:
    """The form goes, in the place where it stood; the page says so then and after a reload."""
    page, now = buyer.page, buyer.town.now()
    await page.clock.set_fixed_time(now)
    await page.goto(buyer.url)
    left = int(str(await page.locator("body").get_attribute("data-left")))
    await page.clock.set_fixed_time(now + timedelta(seconds=left - 1))
    await expect(page.locator("#clock")).to_have_text("0:01")
    await expect(page.locator("#word")).not_to_be_empty()
    await buyer.fill()
    await time_is_up(buyer)
    await page.clock.set_fixed_time(now + timedelta(seconds=left))
    await buyer.sees("over")
    await expect(page.locator("#clock")).to_have_text("0:00")
    await expect(page.locator("#over")).to_be_focused()
    await expect(page.locator("form")).to_be_hidden()
    await page.reload()
    await buyer.sees("over")
    assert await page.locator("form").count() == 0
    assert await buyer.money() == []
