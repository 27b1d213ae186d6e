"""The payment page by keyboard alone, small, large and calm."""

import pytest
from playwright.async_api import expect
from tests.e2e.browser.buyer import STILL, Buyer, Buyers, flaws
from tests.e2e.browser.test_guards import WIDGET, held
from tests.e2e.guest import VISA
from tests.e2e.town import eventually

FIELDS = ("cardNumber", "cardHolder", "expiry", "cvv")
FOCUS = """() => {
  const style = getComputedStyle(document.activeElement);
  const ring = style.outlineStyle !== "none" && parseFloat(style.outlineWidth) > 0;
  return [document.activeElement.id || document.activeElement.tagName, ring || style.boxShadow !== "none"];
}"""

JUMP = f"""() => {{
  const block = document.getElementById("block");
  block.style.height = block.offsetHeight > 200 ? "100px" : "300px";
  return window.shifts > {STILL};
}}"""


async def tab(buyer: Buyer) -> str:
    """The next stop, which can be seen."""
    await buyer.page.keyboard.press("Tab")
    name, seen = await buyer.page.evaluate(FOCUS)
    assert seen, name
    return str(name)


@pytest.mark.parametrize("language", ["en", "ar"])
async def test_the_keyboard_alone_suffices(buyers: Buyers, language: str) -> None:
    buyer = await buyers.open(language)
    page = buyer.page
    assert await tab(buyer) == "A"
    assert [await tab(buyer) for _ in FIELDS] == [f"wpwl-{name}" for name in FIELDS]
    assert await tab(buyer) == "BUTTON"
    await page.keyboard.press("Enter")
    number = page.locator("#wpwl-cardNumber")
    await expect(number).to_be_focused()
    await expect(number).to_have_attribute("aria-invalid", "true")
    hint = page.locator(f"#{await number.get_attribute('aria-describedby')}")
    await expect(hint).to_have_attribute("role", "alert")
    await expect(hint).not_to_be_empty()
    for text in (VISA, "Noura", "1239", "123"):
        await page.keyboard.type(text)
        await page.keyboard.press("Tab")
    await page.keyboard.press("Enter")
    await buyer.has_paid_once()


@pytest.mark.parametrize("size", ["narrow", "zoomed"])
@pytest.mark.parametrize("language", ["en", "ar"])
async def test_nothing_is_scrolled_sideways(buyers: Buyers, language: str, size: str) -> None:
    """At 320 pixels, and at 200 % on a screen of 1280 by 800."""
    buyer = await buyers.open(language, size)
    await buyer.page.locator(".wpwl-button-pay").click()
    assert await buyer.fits()
    await buyer.pay()
    await buyer.has_paid_once()


async def test_nothing_turns_for_who_wants_no_motion(buyers: Buyers) -> None:
    buyer = await buyers.open(reduced_motion="reduce", start=False)
    async with held(buyer, WIDGET):
        await buyer.page.goto(buyer.url, wait_until="commit")
        spinner = buyer.page.locator("#loading .spinner")
        await expect(spinner).to_have_css("animation-name", "none")
    await buyer.sees("form")


async def test_without_scripts_the_page_says_so_and_turns_nothing(buyers: Buyers, language: str) -> None:
    buyer = await buyers.open(language, start=False, java_script_enabled=False)
    await buyer.page.goto(buyer.url)
    await expect(buyer.page.get_by_role("heading", level=2)).to_be_visible()
    await expect(buyer.page.locator("#loading")).to_be_hidden()


async def test_the_measures_measure(buyers: Buyers) -> None:
    """The twins of looking: a page that jumps, is blocked, cannot be read and is too wide."""
    buyer = await buyers.open()
    page = buyer.page
    await page.evaluate("""() => {
      const block = document.createElement("p");
      block.id = "block";
      block.textContent = "x".repeat(200);
      block.style.cssText = "height: 300px; color: #eee; background: #fff; white-space: nowrap";
      document.body.prepend(block);
      const script = document.createElement("script");
      script.textContent = "window.foreign = true";
      document.body.append(script);
    }""")
    await eventually(lambda: page.evaluate(JUMP), buyer.town)
    assert (await page.evaluate("window.broken")) == ["script-src-elem"]
    assert [one for one in await flaws(page) if one.startswith("color-contrast")]
    assert not await buyer.fits()
    assert buyer.complaints.pop()
