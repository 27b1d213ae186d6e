"""The payment page as its buyer uses it, and what the browser says of it."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Browser, BrowserContext, Page, expect
from tests.e2e.guest import VISA, Box, Guest, Json
from tests.e2e.town import Town, eventually

from muvi.domain.shared.ids import from_wire

SIZES = {"phone": (390, 844), "desktop": (1280, 800), "narrow": (320, 640), "zoomed": (640, 400)}
PATIENCE_MS = 60_000
FORM = "/hyperpay/shopper/"
"""Where the gateway's form posts a card."""
STILL = 0.002
"""The sum of layout shifts without a person's doing that we allow a page; 0.1 counts as good elsewhere."""
SHOTS = os.environ.get("MUVI_SHOTS", "")
"""A folder for screenshots, for people who want to look."""
WATCH = """
window.shifts = 0;
window.broken = [];
new PerformanceObserver((list) => list.getEntries().forEach((shift) => {
  if (!shift.hadRecentInput) { window.shifts += shift.value; }
})).observe({ type: "layout-shift", buffered: true });
document.addEventListener("securitypolicyviolation", (event) => window.broken.push(event.violatedDirective));
"""
TITLES = {
    "form": {"en": "Pay by card", "ar": "الدفع بالبطاقة"},
    "declined": {"en": "The card was declined", "ar": "رُفضت البطاقة"},
    "paid": {"en": "Payment received", "ar": "تم استلام الدفع"},
    "confirming": {"en": "Confirming your payment", "ar": "جارٍ تأكيد الدفع"},
    "failed": {"en": "The payment did not go through", "ar": "لم تتم عملية الدفع"},
    "over": {"en": "Time is up", "ar": "انتهى الوقت"},
    "another": {"en": "Pay with another card", "ar": "الدفع ببطاقة أخرى"},
    "ended": {"en": "This booking is over", "ar": "انتهى هذا الحجز"},
    "broken": {"en": "The card form did not load", "ar": "تعذر تحميل نموذج البطاقة"},
}


@dataclass(slots=True)
class Buyer:
    """A guest with an order of two seats, in front of a tab."""

    page: Page
    town: Town
    guest: Guest
    order_id: str
    action: Json
    language: str
    name: str
    complaints: list[str] = field(default_factory=list)

    @property
    def url(self) -> str:
        return str(self.action["url"])

    async def start(self) -> None:
        """Go to the page and wait for the gateway's form."""
        await self.page.goto(self.url)
        await self.sees("form")

    async def sees(self, what: str) -> None:
        """Until the page says so; then nothing has moved, nothing is blocked, and it can be read by all."""
        heading = self.page.get_by_role("heading", name=TITLES[what][self.language], exact=True)
        await expect(heading).to_be_visible()
        if what in ("form", "declined", "another"):
            await expect(self.page.locator(".wpwl-button-pay")).to_be_enabled()
        assert TITLES[what][self.language] in await self.page.title()
        await self.is_sound(what)

    async def is_sound(self, what: str) -> None:
        """Still, allowed, accessible, and no wider than the screen; a picture is kept where one is wanted."""
        await self.page.evaluate("document.fonts.ready")
        shifts, blocked = await self.page.evaluate("[window.shifts, window.broken]")
        assert shifts < STILL, what
        assert blocked == [], what
        assert await flaws(self.page) == [], what
        assert await self.fits(), what
        if SHOTS:
            await self.page.screenshot(path=Path(SHOTS) / f"{self.name}-{what}.png", full_page=True)

    async def fits(self) -> bool:
        """Whether nothing has to be scrolled sideways."""
        wide = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
        return bool(await self.page.evaluate(wide) <= 0)

    async def fill(self, card: str = VISA) -> None:
        for name, value in (
            ("cardNumber", card),
            ("cardHolder", "Noura"),
            ("expiry", "1239"),
            ("cvv", "123"),
        ):
            await self.page.locator(f"#wpwl-{name}").fill(value)

    async def pay(self, card: str = VISA) -> None:
        await self.fill(card)
        await self.page.locator(".wpwl-button-pay").click()

    async def send(self, card: str = VISA) -> None:
        """Press the button, and leave before the gateway has answered."""
        await self.fill(card)
        async with self.page.expect_request(f"**{FORM}*"):
            await self.page.locator(".wpwl-button-pay").evaluate(
                "(button) => setTimeout(() => button.click())"
            )

    async def answer(self, *, yes: bool) -> None:
        """At the bank's challenge."""
        await self.page.wait_for_url("**/3ds/**")
        await self.is_sound("challenge")
        await self.page.locator(f"button[value={'Y' if yes else 'N'}]").click()

    async def money(self) -> list[Json]:
        """What the gateway really took for this payment."""
        taken = await self.town.sandbox.truth("hyperpay", "debit")
        return [one for one in taken if one["checkoutId"] == self.action["checkoutId"]]

    async def has_paid_once(self) -> Json:
        """The page says so, the gateway took the money once, and the order has its tickets."""
        await self.sees("paid")
        assert len(await self.money()) == 1
        order = await self.guest.until(self.order_id, "CONFIRMED")
        assert len(order["tickets"]) == len(order["seats"]) == 2
        return order


class Buyers:
    """Seats buyers at tabs of one browser."""

    def __init__(self, browser: Browser, box: Box, town: Town) -> None:
        self._browser, self._box, self._town = browser, box, town
        self._seated: list[Buyer] = []

    async def open(
        self,
        language: str = "en",
        size: str = "phone",
        *,
        start: bool = True,
        gateway: str = "hyperpay",
        **context: Any,  # noqa: ANN401
    ) -> Buyer:
        """Somebody who holds two seats and has opened their payment."""
        hall, guest = await self._box.hall(), await self._box.guest(language)
        order_id = await guest.hold(hall.id, hall.free[:2])
        action = (await guest.open_payment(order_id, gateway=gateway)).json()["nextAction"]
        wide, high = SIZES[size]
        made = await self._browser.new_context(viewport={"width": wide, "height": high}, **context)
        made.set_default_timeout(PATIENCE_MS)
        buyer = Buyer(
            await self._tab(made), self._town, guest, order_id, action, language, f"{language}-{size}"
        )
        self._listen(buyer)
        if start:
            await buyer.start()
        return buyer

    async def another_tab(self, buyer: Buyer) -> Buyer:
        """The same payment once more."""
        tab = await self._tab(buyer.page.context)
        facts = (buyer.town, buyer.guest, buyer.order_id, buyer.action, buyer.language, buyer.name)
        other = Buyer(tab, *facts)
        self._listen(other)
        await other.start()
        return other

    async def watched(self, buyer: Buyer, script: str) -> Page:
        """A tab that has the payment's window in its `seen`: a page that is being left answers no tool of
        ours, and other pages still. `script` runs in that window first.
        """
        context = buyer.page.context
        await buyer.page.close()
        for first in (WATCH, script):
            await context.add_init_script(first)
        beside = await context.new_page()
        await beside.goto(f"{self._town.api_url}/pay/back")
        async with beside.expect_popup() as opened:
            await beside.evaluate("(url) => { window.seen = window.open(url); }", buyer.url)
        buyer.page = await opened.value
        self._listen(buyer)
        await buyer.sees("form")
        return beside

    def complaints(self) -> list[str]:
        return [text for buyer in self._seated for text in buyer.complaints]

    async def _tab(self, context: BrowserContext) -> Page:
        page = await context.new_page()
        await page.add_init_script(WATCH)
        return page

    def _listen(self, buyer: Buyer) -> None:
        said = buyer.complaints
        buyer.page.on(
            "console", lambda line: said.append(line.text) if line.type in ("error", "warning") else None
        )
        buyer.page.on("pageerror", lambda error: said.append(str(error)))
        self._seated.append(buyer)


async def flaws(page: Page) -> list[str]:
    """What keeps somebody from using the page, of the impacts that axe calls serious and critical."""
    found = (await Axe().run(page)).response["violations"]
    return [
        f"{one['id']}: {one['nodes'][0]['html']}" for one in found if one["impact"] in ("serious", "critical")
    ]


async def time_is_up(buyer: Buyer) -> None:
    """For the server; the page has a clock of its own."""
    attempt = from_wire(buyer.url.partition("/pay/")[2].partition("?")[0])
    await buyer.town.rows("UPDATE payment_attempts SET pay_by = now() WHERE id = $1", attempt)


async def confirmed(buyer: Buyer) -> None:
    """Our own rows know of the money."""
    query = "SELECT 1 FROM payment_attempts WHERE checkout_id = $1 AND status = 'CAPTURED'"
    await eventually(lambda: buyer.town.rows(query, buyer.action["checkoutId"]), buyer.town)
