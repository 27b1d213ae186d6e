"""The payment page, return visits and webhooks over HTTP, everything behind them in memory."""

import re
from collections.abc import AsyncGenerator, Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

import pytest
from dishka import Provider, Scope, make_async_container
from litestar.testing import AsyncTestClient
from tests.builders_orders import a_showtime_for_sale, an_order, two_seats
from tests.builders_payments import A_FORM, a_report, an_id
from tests.media_types import once_each
from tests.unit.payments.test_hyperpay_webhook import KEY, sealed
from tests.unit.payments.world import PaymentsWorld, Phases

from muvi.adapters.http.app import create_app
from muvi.adapters.http.health import ReadinessProbe
from muvi.adapters.http.public.pay import PaymentScreen
from muvi.adapters.http.public.pay_pages import PaymentPages
from muvi.adapters.http.public.pay_render import content_policy
from muvi.adapters.http.public.transactions import Returns, with_order
from muvi.adapters.kit.gateways import FixedGateways
from muvi.adapters.kit.http_client import VendorHttp
from muvi.adapters.memory.payments import MemoryCallBudgets
from muvi.adapters.payments.hyperpay.gateway import HyperPay, HyperPayConfig
from muvi.application.payments.note_return import NoteReturn
from muvi.application.payments.receive_webhook import ReceiveWebhook
from muvi.application.payments.show_payment_page import ShowPaymentPage
from muvi.domain.orders.order import OrderStatus
from muvi.domain.payments.attempt import PaymentAttempt
from muvi.domain.payments.attempt_status import AttemptStatus
from muvi.domain.payments.front_end import CardWidget
from muvi.domain.shared.errors import Conflict
from muvi.domain.shared.ids import to_wire
from muvi.domain.shared.money import Money
from muvi.ports.errors import Unavailable

BASE = "https://muvi.example"
SCRIPT = "https://eu-test.gateway.example/v1/paymentWidgets.js?checkoutId=checkout-1"
WIDGET = CardWidget(script_url=SCRIPT, integrity="sha384-x", brands=("VISA",))
RETURN = "/api/v1/transactions/hyperPay"
WEBHOOK = "/api/v1/cms/transactions/hyperpay-webhooks"


@dataclass(frozen=True)
class Site:
    """A browser or a gateway in front of the API."""

    client: AsyncTestClient[Any]
    world: PaymentsWorld

    async def opened(self, **changes: object) -> PaymentAttempt:
        """An open checkout of HyperPay."""
        attempt = await self.world.opened()
        row = self.world.table("payment_attempts")[attempt.id]
        for name, value in {
            "gateway": "hyperpay",
            "front": WIDGET,
            **changes,
        }.items():
            setattr(row, name, value)
        return row

    async def visit(self, query: str = "", accept: str = "*/*") -> str:
        """Come back from the gateway; returns where the browser is sent."""
        response = await self.client.get(RETURN + query, headers={"accept": accept}, follow_redirects=False)
        assert (response.status_code, response.content) == (303, b"")
        return str(response.headers["location"])


def giver(adapter: object) -> Callable[[], object]:
    return lambda: adapter


@pytest.fixture
async def site(world: PaymentsWorld) -> AsyncGenerator[Site]:
    config = HyperPayConfig(public_url="https://x.example", entities={"DEFAULT": "e"}, webhook_keys=(KEY,))
    http = VendorHttp("gateway", "https://x.example")
    gateways = FixedGateways(HyperPay(config, http, MemoryCallBudgets(world.clock), world.clock))
    provider = Provider(Scope.APP)
    for kind, thing in (
        (ReadinessProbe, ReadinessProbe({})),
        (PaymentPages, PaymentPages(BASE)),
        (NoteReturn, world.note_return),
        (ShowPaymentPage, world.page),
        (ReceiveWebhook, ReceiveWebhook(world.begin, gateways, world.clock, world.ids)),
    ):
        provider.provide(giver(thing), provides=kind)
    provider.provide(PaymentScreen)
    provider.provide(Returns)
    app = create_app(make_async_container(provider))
    async with AsyncTestClient(app, raise_server_exceptions=False) as client:
        client.event_hooks = {"response": [once_each]}
        yield Site(client, world)
    await http.aclose()


async def test_the_page_embeds_the_widget_under_a_strict_policy(site: Site) -> None:
    attempt = await site.opened()
    response = await site.client.get(f"/pay/{to_wire(attempt.id)}")
    assert response.status_code == 200
    html, policy = response.text, response.headers["content-security-policy"]
    assert '<html lang="en" dir="ltr">' in html
    assert "86.50" in html
    assert 'data-brands="VISA"' in html
    assert f'action="{BASE}{RETURN}?attemptId={to_wire(attempt.id)}"' in html
    (nonce,) = set(re.findall(r'nonce="([^"]+)"', html))
    assert f'src="{SCRIPT}" integrity="sha384-x" crossorigin="anonymous"' in html
    assert f"script-src 'nonce-{nonce}' https://eu-test.gateway.example;" in policy
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert "<noscript>" in html
    assert "onBeforeSubmitCard" in html
    assert f'data-left="{25 * 60}"' in html
    assert response.headers["cache-control"] == "no-store"


async def test_a_hosted_page_is_reached_by_a_form_that_needs_no_script(site: Site) -> None:
    attempt = await site.opened(gateway="payfort", front=A_FORM)
    response = await site.client.get(f"/pay/{to_wire(attempt.id)}")
    html, policy = response.text, response.headers["content-security-policy"]
    assert '<form method="post" action="https://page.invalid/pay" id="leave">' in html
    for name, text in A_FORM.fields.items():
        assert f'<input type="hidden" name="{name}" value="{text}">' in html
    assert "Continue to payment</button>" in html
    assert "<noscript>" not in html
    assert "paymentWidgets" not in html
    assert re.search(r"form-action 'self' https://page\.invalid[ ;]", policy)
    assert "https:;" not in policy
    assert "https: " not in policy
    (nonce,) = set(re.findall(r'nonce="([^"]+)"', html))
    assert f"script-src 'nonce-{nonce}';" in policy
    assert "frame-src 'none'" in policy
    attempt.status = AttemptStatus.FAILED
    assert "page.invalid" not in (await site.client.get(f"/pay/{to_wire(attempt.id)}")).text


async def test_each_page_has_a_nonce_of_its_own(site: Site) -> None:
    attempt = await site.opened()
    pages = [(await site.client.get(f"/pay/{to_wire(attempt.id)}")).text for _ in range(2)]
    assert len({re.findall(r'nonce="([^"]+)"', page)[0] for page in pages}) == 2


async def test_the_page_loads_nothing_from_third_parties_but_the_gateway(site: Site) -> None:
    attempt = await site.opened(success_url="", failed_url="")
    html = (await site.client.get(f"/pay/{to_wire(attempt.id)}")).text
    hosts = {urlsplit(address).netloc for address in re.findall(r'(?:src|href|action)="(http[^"]+)"', html)}
    assert hosts == {"muvi.example", "eu-test.gateway.example"}


async def test_the_page_speaks_arabic_from_right_to_left(site: Site) -> None:
    attempt = await site.opened()
    html = (await site.client.get(f"/pay/{to_wire(attempt.id)}?lang=ar")).text
    assert '<html lang="ar" dir="rtl">' in html
    assert "الدفع بالبطاقة" in html
    assert "ر.س" in html
    assert f'href="{BASE}/pay/{to_wire(attempt.id)}?lang=en"' in html


@pytest.mark.parametrize("wrong", ["lang=fr", "lang=", "lang=AR", "lang=fr&lang=de"])
async def test_a_language_we_do_not_speak_is_passed_over(site: Site, wrong: str) -> None:
    attempt = await site.opened()
    for path in (to_wire(attempt.id), f"{to_wire(attempt.id)}/done", "back"):
        page = await site.client.get(f"/pay/{path}?{wrong}")
        assert (page.status_code, '<html lang="en"' in page.text) == (200, True), path


async def test_nothing_personal_is_on_the_page(site: Site) -> None:
    attempt = await site.opened()
    html = (await site.client.get(f"/pay/{to_wire(attempt.id)}")).text
    assert to_wire(attempt.order_id) not in html
    assert "@" not in html.replace("@keyframes", "").replace("@media", "")


async def test_what_comes_from_elsewhere_is_escaped(site: Site) -> None:
    attempt = await site.opened(
        front=CardWidget(script_url='https://g.example/"><script>alert(1)</script>'), status="PENDING"
    )
    html = (await site.client.get(f"/pay/{to_wire(attempt.id)}")).text
    assert "<script>alert(1)" not in html


@pytest.mark.parametrize("path", ["", "/done", "/state"])
async def test_an_unknown_payment_is_not_found(site: Site, path: str) -> None:
    for unknown in (to_wire(an_id(99)), "nonsense"):
        response = await site.client.get(f"/pay/{unknown}{path}")
        assert response.status_code == 404
        assert response.headers["content-type"].startswith("application/problem+json")


@pytest.mark.parametrize("path", ["", "/done"])
@pytest.mark.parametrize("unknown", ["17", to_wire(UUID(int=7))])
async def test_a_person_with_a_wrong_link_is_told_so_in_the_language_of_the_link(
    site: Site, unknown: str, path: str
) -> None:
    browser = {"accept": "text/html,application/xhtml+xml,*/*;q=0.8", "accept-language": "en-GB"}
    for lang, said in (("en", "There is no such payment"), ("ar", "لا توجد عملية دفع كهذه")):
        response = await site.client.get(f"/pay/{unknown}{path}?lang={lang}", headers=browser)
        assert (response.status_code, response.headers["content-type"]) == (404, "text/html; charset=utf-8")
        assert f'lang="{lang}"' in response.text
        assert said in response.text
        assert "default-src 'none'" in response.headers["content-security-policy"]
    program = await site.client.get(f"/pay/{unknown}{path}", headers={"accept": "application/json"})
    assert program.json()["code"] == "payment-not-found"


async def test_after_its_time_the_page_takes_no_card(site: Site) -> None:
    attempt = await site.opened()
    site.world.clock.advance(minutes=26)
    html = (await site.client.get(f"/pay/{to_wire(attempt.id)}")).text
    assert "paymentWidgets" not in html.replace("form.paymentWidgets", "")
    assert "Time is up" in html
    assert 'href="https://shop.example/failed"' in html


async def test_a_card_under_way_is_not_called_off_by_the_end_of_time(site: Site) -> None:
    """Nobody is told that it was not charged, nor to choose seats again; the page asks on by itself."""
    attempt = await site.opened()
    wire = to_wire(attempt.id)
    await site.visit(f"?attemptId={wire}")
    site.world.clock.advance(minutes=26)
    for path in ("", "/done"):
        html = (await site.client.get(f"/pay/{wire}{path}")).text
        assert "Confirming your payment" in html
        assert "choose your seats again" not in html
        assert "not charged" not in html


async def test_without_word_of_a_card_the_end_of_time_is_told(site: Site) -> None:
    """The twin: only who has not paid is sent back to the seats, and the page asks on here as well."""
    attempt = await site.opened()
    site.world.clock.advance(minutes=26)
    wire = to_wire(attempt.id)
    html = (await site.client.get(f"/pay/{wire}")).text
    assert "Otherwise, please choose your seats again." in html
    assert "If you have just paid, please wait" in html
    assert 'data-known="over"' in html
    assert "setTimeout(ask" in html
    assert (await site.client.get(f"/pay/{wire}/state")).json() == {"state": "over"}


async def test_without_the_deadline_it_still_would(site: Site) -> None:
    """The twin: the same page a moment before."""
    attempt = await site.opened()
    site.world.clock.advance(minutes=24, seconds=59)
    assert 'class="paymentWidgets"' in (await site.client.get(f"/pay/{to_wire(attempt.id)}")).text


@pytest.mark.parametrize("trouble", [Unavailable("away", system="database"), Conflict()])
async def test_a_visit_that_cannot_be_noted_is_sent_on(
    site: Site, monkeypatch: pytest.MonkeyPatch, trouble: Exception
) -> None:
    attempt = await site.opened()

    def away(_: Phases) -> None:
        raise trouble

    monkeypatch.setattr(Phases, "__call__", away)
    query = f"?attemptId={to_wire(attempt.id)}&id={attempt.checkout_id}"
    assert await site.visit(query, accept="text/html") == f"{BASE}/pay/back?lang=en"


async def test_the_waiting_page_follows_the_payment(site: Site) -> None:
    attempt = await site.opened(gateway="memory")
    wire = to_wire(attempt.id)
    waiting = (await site.client.get(f"/pay/{wire}/done?lang=en")).text
    assert "Confirming your payment" in waiting
    assert f'data-state="{BASE}/pay/{wire}/state"' in waiting
    assert "data-visited" in waiting
    assert (await site.client.get(f"/pay/{wire}/state")).json() == {"state": "payable"}
    await site.world.hear(attempt.checkout_id, site.world.gateway.pay(attempt.checkout_id))
    await site.world.work()
    assert (await site.client.get(f"/pay/{wire}/state")).json() == {"state": "paid"}
    html = (await site.client.get(f"/pay/{wire}/done")).text
    assert "Payment received" in html
    assert "shop.example/paid" in html


async def test_a_card_whose_end_is_open_is_waited_for_and_another_is_a_choice(site: Site) -> None:
    order = an_order(lines=two_seats())
    site.world.table("orders")[order.id] = order
    site.world.table("showtimes_for_sale")[order.showtime_id] = a_showtime_for_sale()
    attempt = await site.opened(order_id=order.id, amount=Money(order.total_minor))
    wire = to_wire(attempt.id)
    await site.visit(f"?attemptId={wire}")
    waiting = (await site.client.get(f"/pay/{wire}?lang=en")).text
    assert "Confirming your payment" in waiting
    assert "paymentWidgets" not in waiting
    assert "data-visited" not in waiting
    (choice,) = re.findall(r'id="another" href="([^"]+)"', waiting)
    assert choice == f"{BASE}/pay/{wire}?lang=en&amp;card=another"
    form = (await site.client.get(f"/pay/{wire}?lang=en&card=another")).text
    assert "what became of the card before" in form
    assert 'class="paymentWidgets"' in form
    assert f'href="{BASE}/pay/{wire}?lang=en"' in form
    assert f'href="{BASE}/pay/{wire}?lang=ar&amp;card=another"' in form
    done = (await site.client.get(f"/pay/{wire}/done?card=another")).text
    assert ("paymentWidgets" in done, "another" in done) == (False, False)


async def test_a_return_visit_wants_a_check_and_leads_to_the_client(site: Site) -> None:
    attempt = await site.opened()
    order = to_wire(attempt.order_id)
    query = f"?attemptId={to_wire(attempt.id)}&id=other&resourcePath=https://evil.example/x"
    assert await site.visit(query) == f"https://shop.example/paid?orderId={order}"
    assert attempt.signals == 1 or site.world.table("payment_attempts")[attempt.id].signals == 1
    assert site.world.table("payment_attempts")[attempt.id].status == "PENDING"


@pytest.mark.parametrize(
    ("accept", "page"),
    [("text/html,*/*;q=0.8", "failed"), ("application/json", "paid")],
    ids=["a browser", "the twin that does not wait"],
)
async def test_a_browser_waits_for_news_of_a_declined_card(
    site: Site, monkeypatch: pytest.MonkeyPatch, accept: str, page: str
) -> None:
    """The gateway's word comes between the visit and the answer, at the first moment the route waits."""
    attempt = await site.opened()

    async def news(_: float) -> None:
        row = site.world.table("payment_attempts")[attempt.id]
        row.status, row.next_check_at = AttemptStatus.FAILED, None

    monkeypatch.setattr("muvi.adapters.http.public.transactions.sleep", news)
    onward = await site.visit(f"?attemptId={to_wire(attempt.id)}", accept=accept)
    assert onward == f"https://shop.example/{page}?orderId={to_wire(attempt.order_id)}"


async def test_a_second_card_that_paid_leads_to_the_page_of_success(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The visit is noted while the first card's decline is all that is known."""
    attempt = await site.opened(status=AttemptStatus.FAILED)

    async def news(_: float) -> None:
        site.world.table("payment_attempts")[attempt.id].status = AttemptStatus.CAPTURED

    monkeypatch.setattr("muvi.adapters.http.public.transactions.sleep", news)
    onward = await site.visit(f"?attemptId={to_wire(attempt.id)}", accept="text/html")
    assert onward == f"https://shop.example/paid?orderId={to_wire(attempt.order_id)}"


@pytest.mark.parametrize("accept", ["text/html", "application/json"])
@pytest.mark.parametrize(
    ("goes_back", "bought", "page"),
    [(True, False, "failed"), (True, True, "paid"), (False, False, "paid")],
    ids=["goes back", "another payment bought the order", "the twin that is kept"],
)
async def test_money_that_goes_back_leads_to_no_page_of_success(
    site: Site, accept: str, *, goes_back: bool, bought: bool, page: str
) -> None:
    order = an_order(lines=two_seats(), status=OrderStatus.CONFIRMED if bought else OrderStatus.PENDING)
    site.world.table("orders")[order.id] = order
    site.world.table("showtimes_for_sale")[order.showtime_id] = a_showtime_for_sale()
    attempt = await site.opened(order_id=order.id)
    attempt.apply(a_report(), site.world.clock.now(), signals_seen=0)
    if goes_back:
        (capture,) = attempt.captured
        attempt.reserve_refund(capture.transaction_id, capture.amount)
    wire = to_wire(attempt.id)
    html = accept == "text/html"
    if html or not bought:  # who does not wait is led by the payment alone
        onward = await site.visit(f"?attemptId={wire}", accept=accept)
        assert onward == f"https://shop.example/{page}?orderId={to_wire(order.id)}"
    shown = (await site.client.get(f"/pay/{wire}/done?lang=en")).text
    assert ("Your payment is going back" in shown, "tickets are on their way" in shown) == (
        goes_back,
        not goes_back,
    )
    assert f'href="https://shop.example/{page}"' in shown
    arabic = (await site.client.get(f"/pay/{wire}/done?lang=ar")).text
    assert ("سيُعاد إليك المبلغ" in arabic) is goes_back


async def test_a_language_is_changed_on_the_page_one_is_on(site: Site) -> None:
    attempt = await site.opened()
    site.world.clock.advance(minutes=26)
    wire = to_wire(attempt.id)
    for path in ("", "/done"):
        html = (await site.client.get(f"/pay/{wire}{path}?lang=en")).text
        assert f'href="{BASE}/pay/{wire}{path}?lang=ar"' in html


async def test_a_return_visit_is_known_by_the_checkout_alone(site: Site) -> None:
    attempt = await site.opened()
    assert "orderId" in await site.visit(f"?id={attempt.checkout_id}&resourcePath=/v1/checkouts/x/payment")


@pytest.mark.parametrize(
    "query",
    [
        "",
        "?id=",
        "?attemptId=nonsense",
        "?id=a&id=b&attemptId=1&attemptId=2",
        "?attemptId=%00&id=%ff&lang=xx",
        "?id=" + "9" * 5000,
        "?%5B%5D=1",
    ],
)
async def test_a_visit_without_sense_is_sent_on_and_changes_nothing(site: Site, query: str) -> None:
    attempt = await site.opened()
    before = site.world.table("payment_attempts")[attempt.id].version
    assert await site.visit(query) == f"{BASE}/pay/back?lang=en"
    assert site.world.table("payment_attempts")[attempt.id].version == before
    assert (await site.client.get("/pay/back?lang=ar")).status_code == 200


async def test_without_an_address_of_the_client_our_own_page_waits(site: Site) -> None:
    attempt = await site.opened(success_url="", failed_url="")
    assert await site.visit(f"?attemptId={to_wire(attempt.id)}&lang=ar") == (
        f"{BASE}/pay/{to_wire(attempt.id)}/done?lang=ar"
    )


def test_the_clients_own_query_is_kept() -> None:
    assert (
        with_order("https://s.example/p?a=1&orderId=old&b=#x", "7")
        == "https://s.example/p?a=1&b=&orderId=7#x"
    )
    assert with_order("muvi://paid", "7") == "muvi://paid?orderId=7"


def test_banks_and_the_buyers_destination_are_allowed_form_targets() -> None:
    policy = content_policy(
        "n",
        CardWidget(script_url="http://gw.example:3900/hyperpay/v1/x.js"),
        ("http://a.example", "muvi://x"),
    )
    assert "form-action 'self' https: http://gw.example:3900 http://a.example muvi:" in policy
    assert "script-src 'nonce-n' http://gw.example:3900" in policy
    closed = content_policy("n", None, ())
    assert "form-action 'none'" in closed
    assert "script-src 'nonce-n'" in closed


def about(attempt: PaymentAttempt, code: str = "000.000.000") -> dict[str, object]:
    return {
        "type": "PAYMENT",
        "payload": {
            "id": "8ac7a4a1000000010000000200000003",
            "paymentType": "DB",
            "merchantTransactionId": to_wire(attempt.id),
            "ndc": attempt.checkout_id,
            "result": {"code": code},
        },
    }


@pytest.mark.parametrize("wrapper", ["hex", "json"])
async def test_a_sealed_message_wants_a_check(site: Site, wrapper: str) -> None:
    attempt = await site.opened()
    headers, body = sealed(about(attempt))
    if wrapper == "json":
        headers["content-type"] = "application/json"
        body = b'{"encryptedBody": "' + body + b'"}'
    else:
        headers["content-type"] = "text/plain"
    response = await site.client.post(WEBHOOK, content=body, headers=headers)
    assert (response.status_code, response.json()) == (200, {"status": "kept"})
    row = site.world.table("payment_attempts")[attempt.id]
    assert (row.signals, row.status) == (1, "PENDING")
    assert row.payment_ids == ("8ac7a4a1000000010000000200000003",)
    again = await site.client.post(WEBHOOK, content=body, headers=headers)
    assert (again.status_code, again.json()) == (200, {"status": "duplicate"})
    assert site.world.table("payment_attempts")[attempt.id].signals == 1


async def test_a_message_sealed_with_another_key_is_forged(site: Site) -> None:
    attempt = await site.opened()
    headers, body = sealed(about(attempt), "ee" * 32)
    response = await site.client.post(WEBHOOK, content=body, headers=headers)
    assert (response.status_code, response.json()["code"]) == (401, "webhook-forged")
    assert not site.world.table("webhook_events")
    assert site.world.table("payment_attempts")[attempt.id].signals == 0


@pytest.mark.parametrize("body", [b"", b"not hex", b'{"encryptedBody": 1}', b"{", b"\xff\x00"])
async def test_what_is_no_message_is_malformed(site: Site, body: bytes) -> None:
    headers, _ = sealed({"type": "PAYMENT"})
    response = await site.client.post(WEBHOOK, content=body, headers=headers)
    assert (response.status_code, response.json()["code"]) == (400, "webhook-malformed")
    assert response.json()["errors"]
    assert not site.world.table("webhook_events")


async def test_the_test_of_the_portal_and_unknown_references_are_answered(site: Site) -> None:
    for message, status in (({"type": "test"}, "test"), ({"type": "RISK", "payload": {}}, "quarantined")):
        headers, body = sealed(message)
        response = await site.client.post(WEBHOOK, content=body, headers=headers)
        assert (response.status_code, response.json()) == (200, {"status": status})
