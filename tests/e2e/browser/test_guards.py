"""What keeps a buyer from paying twice, and from paying for nothing. The twins take a guard away."""

import asyncio
import re
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

import pytest
from playwright.async_api import Request, Route, expect
from tests.e2e.browser.buyer import FORM, STILL, Buyer, Buyers, confirmed
from tests.e2e.town import eventually

PAGE, WIDGET = re.compile(r"/pay/[0-9A-Z]{26}(\?|$)"), "**/paymentWidgets.js*"
OURS = "if (Date.now() - sent < 3000) { return false; }"
THEIRS = ("pay.disabled || ", "pay.disabled = true;")
TWICE = """() => {
  const pay = document.querySelector(".wpwl-button-pay");
  pay.click();
  setTimeout(() => pay.click(), 200);
}"""
FOREIGN = """() => new Promise((failed) => {
  const script = document.createElement("script");
  script.src = "https://elsewhere.invalid/device.js";
  script.onerror = () => setTimeout(failed);
  document.head.append(script);
})"""


async def changed(buyer: Buyer, address: str | re.Pattern[str], parts: dict[str, str]) -> None:
    """What the browser gets from there the next time has something else in the place of these parts."""

    async def serve(route: Route) -> None:
        answer = await route.fetch()
        text = await answer.text()
        for part, other in parts.items():
            assert part in text
            text = text.replace(part, other)
        await route.fulfill(response=answer, body=text)

    await buyer.page.context.route(address, serve, times=1)


async def without(buyer: Buyer, address: str | re.Pattern[str], *parts: str) -> None:
    """What the browser gets from there the next time lacks these parts."""
    await changed(buyer, address, dict.fromkeys(parts, ""))


@asynccontextmanager
async def held(buyer: Buyer, address: str) -> AsyncGenerator[None]:
    """As long as the block lasts the browser does not get what it asks for there."""
    over = asyncio.Event()

    async def wait(route: Route) -> None:
        await over.wait()
        await route.continue_()

    await buyer.page.route(address, wait, times=1)
    try:
        yield
    finally:
        over.set()


def integrity(buyer: Buyer) -> str:
    """As it stands in the page; a widget that was changed needs a page that does not mind."""
    return f' integrity="{buyer.action["integrity"]}"'


async def double_click(buyer: Buyer) -> list[str]:
    """Cards that were sent off by it."""
    sent: list[str] = []

    def note(request: Request) -> None:
        sent.extend([request.url] if FORM in request.url else [])

    buyer.page.on("request", note)
    await buyer.town.sandbox.rule("hyperpay", "shopper", delay_s=3)
    await buyer.page.clock.set_fixed_time(buyer.town.now())  # however slow this machine is
    await buyer.start()
    await buyer.fill()
    await buyer.page.evaluate(TWICE)
    await buyer.sees("paid")
    return sent


async def test_a_double_click_pays_once(buyers: Buyers) -> None:
    buyer = await buyers.open(start=False)
    assert len(await double_click(buyer)) == 1
    await buyer.has_paid_once()


@pytest.mark.parametrize("guarded", [True, False], ids=["guarded", "the twin"])
async def test_a_double_click_on_a_careless_form_pays_once(
    buyers: Buyers,
    guarded: bool,  # noqa: FBT001
) -> None:
    """The gateway's form does not look out for it, and its till neither; our page does."""
    buyer = await buyers.open(start=False)
    await buyer.town.sandbox.knobs("hyperpay", paid_once=False)
    await without(buyer, WIDGET, *THEIRS)
    await without(buyer, PAGE, integrity(buyer), *([] if guarded else [OURS]))
    assert len(await double_click(buyer)) == (1 if guarded else 2)


@pytest.mark.parametrize("guarded", [True, False], ids=["guarded", "the twin"])
async def test_a_script_of_somebody_elses_that_fails_harms_no_form(
    buyers: Buyers,
    guarded: bool,  # noqa: FBT001
) -> None:
    """As the gateway's form may ask for one that our policy does not let through."""
    buyer = await buyers.open(start=False)
    await without(buyer, PAGE, *([] if guarded else [' === part("widget")']))
    await buyer.start()
    await buyer.page.evaluate(FOREIGN)
    await expect(buyer.page.locator("#broken")).to_be_visible(visible=not guarded)
    await expect(buyer.page.locator(".wpwl-button-pay")).to_be_visible(visible=guarded)
    assert buyer.complaints
    buyer.complaints.clear()  # the browser's own lines about the script


async def test_the_back_button_leads_to_what_became_of_it(buyers: Buyers) -> None:
    buyer = await buyers.open()
    await buyer.pay()
    await buyer.sees("paid")
    await confirmed(buyer)
    await buyer.page.go_back()
    assert "/done" not in buyer.page.url
    await buyer.sees("paid")
    assert await buyer.page.locator("form").count() == 0
    await buyer.page.go_forward()
    await buyer.has_paid_once()


@pytest.mark.parametrize("asks", [True, False], ids=["asks", "the twin"])
async def test_a_page_that_was_kept_asks_what_became_of_it(
    buyers: Buyers,
    asks: bool,  # noqa: FBT001
) -> None:
    """A browser that keeps what it must not keep: the gateway gives no form any more."""
    buyer = await buyers.open()
    kept = await buyer.page.request.get(buyer.url)
    text, policy = await kept.text(), kept.headers["content-security-policy"]
    await buyer.pay()
    await buyer.sees("paid")
    await confirmed(buyer)

    async def stale(route: Route) -> None:
        headers = {"content-type": "text/html", "content-security-policy": policy}
        trusting = text.replace("look();", "").replace("location.replace(data.another);", "")
        await route.fulfill(body=text if asks else trusting, headers=headers)

    await buyer.page.route(PAGE, stale, times=1)
    await buyer.page.go_back()
    if asks:
        await buyer.has_paid_once()
    else:
        await buyer.sees("broken")
    assert len(await buyer.money()) == 1
    buyer.complaints.clear()  # the browser's own words about the form that was not given


async def test_a_second_tab_shows_what_the_first_did(buyers: Buyers) -> None:
    first = await buyers.open()
    second = await buyers.another_tab(first)
    await first.pay()
    await first.sees("paid")
    await confirmed(first)
    await second.page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    await second.has_paid_once()


async def test_a_reload_in_the_middle_loses_nothing(buyers: Buyers) -> None:
    buyer = await buyers.open()
    await buyer.fill()
    await buyer.page.reload()
    await buyer.sees("form")
    await buyer.pay()
    await buyer.page.wait_for_url("**/done*")
    await buyer.page.reload()
    await buyer.has_paid_once()


async def test_a_form_that_does_not_load_says_so(buyers: Buyers) -> None:
    buyer = await buyers.open("ar", start=False)
    await buyer.town.sandbox.rule("hyperpay", "widget", fault="before")
    await buyer.page.goto(buyer.url)
    await buyer.sees("broken")
    buyer.complaints.clear()  # the browser's own line about the 503
    await buyer.page.locator("#broken .button").click()
    await buyer.sees("form")
    await buyer.pay()
    await buyer.has_paid_once()


async def test_a_form_that_is_not_the_gateways_is_not_run(buyers: Buyers) -> None:
    buyer = await buyers.open(start=False)
    await without(buyer, WIDGET, *THEIRS)
    await buyer.page.goto(buyer.url)
    await buyer.sees("broken")
    buyer.complaints.clear()  # the browser names the digest


async def test_a_form_that_is_slow_has_its_place_kept(buyers: Buyers) -> None:
    buyer = await buyers.open(size="desktop", start=False)
    await buyer.page.clock.install()
    async with held(buyer, WIDGET):
        await buyer.page.goto(buyer.url, wait_until="commit")
        await expect(buyer.page.locator("#loading")).to_be_visible()
        await expect(buyer.page.locator("#slow")).to_be_hidden()
        await buyer.page.clock.fast_forward(9_000)
        await expect(buyer.page.locator("#slow")).to_be_visible()
    await buyer.sees("form")


async def test_without_the_place_the_page_would_jump(buyers: Buyers) -> None:
    """The twin: what the measure of stillness says then."""
    buyer = await buyers.open(start=False)
    await without(buyer, PAGE, "min-height: 33rem;")
    await buyer.town.sandbox.rule("hyperpay", "widget", delay_s=1)
    await buyer.page.goto(buyer.url)
    await expect(buyer.page.locator(".wpwl-button-pay")).to_be_visible()
    await eventually(lambda: buyer.page.evaluate(f"window.shifts > {STILL}"), buyer.town)
