"""The hosted page, the payment API and the transaction feedback of PayFort, as its facts tell of them."""

import asyncio
import hashlib
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl

import httpx
import msgspec
import pytest
from litestar import Litestar

from muvi_sandbox.config import (
    PAYFORT_ACCESS_CODE,
    PAYFORT_MERCHANT,
    PAYFORT_REQUEST_PHRASE,
    PAYFORT_RESPONSE_PHRASE,
    SandboxConfig,
)
from muvi_sandbox.payfort.book import Book
from muvi_sandbox.truth import Truth

PAYS, DECLINED, CHALLENGED = "4111111111111111", "4000000000000002", "4000000000003220"
UNCERTAIN, SLOW = "4000000000000119", "4000000000000077"
BACK = "http://muvi.test/return"
REFERENCE = "01JATTEMPT0000000000000001"


def digest(fields: dict[str, str], phrase: str) -> str:
    pairs = "".join(f"{name}={value}" for name, value in sorted(fields.items()) if name != "signature")
    return hashlib.sha256(f"{phrase}{pairs}{phrase}".encode()).hexdigest()


def genuine(fields: dict[str, str]) -> bool:
    return fields["signature"].lower() == digest(fields, PAYFORT_RESPONSE_PHRASE)


@dataclass
class Shop:
    """A merchant that signs as documented, its shopper, and what it hears."""

    app: Litestar
    http: httpx.AsyncClient
    heard: list[httpx.Request] = field(default_factory=list)
    answers: list[int] = field(default_factory=list)

    def __post_init__(self) -> None:
        def listen(request: httpx.Request) -> httpx.Response:
            self.heard.append(request)
            return httpx.Response(self.answers.pop(0) if self.answers else 200)

        self.app.state.payfort._webhooks._client = httpx.AsyncClient(transport=httpx.MockTransport(listen))

    @property
    def told(self) -> list[dict[str, str]]:
        return [msgspec.json.decode(request.content) for request in self.heard]

    async def quiet(self) -> None:
        while tasks := tuple(self.app.state.payfort._webhooks._tasks):
            await asyncio.wait(tasks)

    async def control(self, path: str, body: dict[str, Any]) -> None:
        response = await self.http.post(f"/control{path}", json=body)
        assert response.is_success, response.text

    async def knobs(self, **values: object) -> None:
        await self.control("/knobs", {"payfort": values})

    async def later(self, seconds: float) -> None:
        await self.control("/act", {"system": "clock", "action": "advance", "seconds": seconds})

    async def truth(self, *events: str) -> list[dict[str, Any]]:
        facts = (await self.http.get("/truth/payfort")).json()
        return [fact for fact in facts if fact["event"] in events]

    def signed(self, **fields: str) -> dict[str, str]:
        known = {
            "access_code": PAYFORT_ACCESS_CODE,
            "merchant_identifier": PAYFORT_MERCHANT,
            "merchant_reference": REFERENCE,
            "language": "en",
        } | fields
        return known | {"signature": digest(known, PAYFORT_REQUEST_PHRASE)}

    def form(self, **fields: str) -> dict[str, str]:
        asked = {
            "command": "PURCHASE",
            "amount": "8650",
            "currency": "SAR",
            "customer_email": "shop@example.com",
            "return_url": BACK,
        }
        return self.signed(**(asked | fields))

    async def post_form(self, form: dict[str, str]) -> httpx.Response:
        return await self.http.post("/payfort/FortAPI/paymentPage", data=form)

    async def open(self, **fields: str) -> str:
        answer = await self.post_form(self.form(**fields))
        assert answer.status_code == 303, answer.text
        return str(answer.headers["location"])

    async def shop(self, page: str, card: str = PAYS) -> httpx.Response:
        card_fields = {"card_number": card, "expiry_month": "12", "expiry_year": "2039", "cvv": "123"}
        return await self.http.post(page, data=card_fields)

    async def paid(self, card: str = PAYS, **fields: str) -> dict[str, str]:
        """Where the shopper is sent, with what."""
        back: dict[str, Any] = (await self.shop(await self.open(**fields), card)).json()
        assert back["url"] == BACK
        assert genuine(back["fields"])
        return dict(back["fields"])

    async def api(self, **fields: str) -> dict[str, str]:
        answer = await self.http.post("/payfort/FortAPI/paymentApi", json=self.signed(**fields))
        assert answer.status_code == 200
        told: dict[str, str] = answer.json()
        assert genuine(told)
        return told

    async def status(self) -> dict[str, str]:
        return await self.api(query_command="CHECK_STATUS")


@pytest.fixture
async def shop(app: Litestar, http: httpx.AsyncClient) -> Shop:
    shop = Shop(app, http)
    await shop.knobs(webhook_delay_s=0, webhook_retry_s=[0, 0], webhook_held_s=0)
    return shop


@pytest.mark.parametrize(
    ("card", "code", "taken", "told"),
    [
        (PAYS, "14000", "8650", "14000"),
        (DECLINED, "13666", "0", "13666"),
        (UNCERTAIN, "15777", "8650", "14000"),
        (SLOW, "19000", "0", "19000"),
        ("4111111111111112", "13002", "0", "13002"),
    ],
)
async def test_a_card_comes_to_what_its_number_says(
    shop: Shop, card: str, code: str, taken: str, told: str
) -> None:
    back = await shop.paid(card)
    assert (back["response_code"], back["status"]) == (code, code[:2])
    assert back["card_number"] == f"{card[:6]}******{card[-4:]}"
    status = await shop.status()
    assert status["response_code"] == "12000"
    assert (status["transaction_code"], status["captured_amount"]) == (told, taken)
    if card != SLOW:  # which sends word of its end much later
        await shop.quiet()
    assert all(genuine(heard) for heard in shop.told)


async def test_a_slow_card_pays_by_itself(shop: Shop) -> None:
    await shop.paid(SLOW)
    await shop.later(11)
    assert (await shop.status())["transaction_code"] == "14000"


@pytest.mark.parametrize(("answer", "code"), [("Y", "14000"), ("N", "13030")])
async def test_the_bank_decides(shop: Shop, answer: str, code: str) -> None:
    asked = await shop.shop(await shop.open(), CHALLENGED)
    assert asked.headers["location"] == f"/payfort/3ds/{REFERENCE}"
    assert (await shop.status())["transaction_code"] == "20064"
    back = await shop.http.post(asked.headers["location"], data={"result": answer})
    assert back.json()["fields"]["response_code"] == code
    assert (await shop.status())["transaction_code"] == code
    again = await shop.http.post(asked.headers["location"], data={"result": "Y"})
    assert again.json()["fields"]["response_code"] == code


async def test_a_used_reference_is_refused_and_an_unused_one_opens_again(shop: Shop) -> None:
    assert await shop.open() == await shop.open()
    await shop.shop(await shop.open(), DECLINED)
    back = (await shop.post_form(shop.form())).json()
    assert (back["url"], back["fields"]["response_code"]) == (BACK, "00066")
    assert (await shop.status())["transaction_code"] == "13666"


async def test_a_reference_may_be_good_for_one_post_only(shop: Shop) -> None:
    await shop.knobs(reference_once=True)
    page = await shop.open()
    assert (await shop.post_form(shop.form())).json()["fields"]["response_code"] == "00066"
    assert (await shop.shop(page)).json()["fields"]["response_code"] == "14000"


async def test_a_page_may_take_more_than_one_card(shop: Shop) -> None:
    await shop.knobs(tries_on_page=2)
    page = await shop.open()
    declined = await shop.shop(page, DECLINED)
    assert "Transaction declined" in declined.text
    assert (await shop.shop(page)).json()["fields"]["response_code"] == "14000"
    assert (await shop.shop(page)).status_code == 400
    assert len(await shop.truth("debit")) == 1


async def test_a_shopper_may_leave(shop: Shop) -> None:
    page = await shop.open(language="ar")
    back = (await shop.http.post(f"{page}/cancel")).json()["fields"]
    assert (back["response_code"], back["response_message"]) == ("00072", "ألغى العميل العملية")


async def test_a_page_that_nobody_pays_ends(shop: Shop) -> None:
    page = await shop.open()
    assert (await shop.status())["transaction_code"] == "10000"
    await shop.later(1801)
    assert (await shop.status())["transaction_code"] == "13778"
    assert (await shop.shop(page)).status_code == 400


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"extra": "1"}, "00027"),
        ({"customer_email": ""}, "00001"),
        ({"amount": "86.50"}, "00002"),
        ({"command": "AUTHORIZE"}, "00002"),
        ({"merchant_reference": "a b"}, "00002"),
    ],
)
async def test_a_form_that_is_not_as_it_should_be(shop: Shop, change: dict[str, str], code: str) -> None:
    asked = shop.form() | change
    asked["signature"] = digest({k: v for k, v in asked.items() if v}, PAYFORT_REQUEST_PHRASE)
    back = (await shop.post_form(asked)).json()
    assert (back["url"], back["fields"]["response_code"]) == (BACK, code)
    assert not await shop.truth("page-opened")


async def test_a_form_without_a_right_signature_leads_nowhere(shop: Shop) -> None:
    refused = await shop.post_form(shop.form() | {"amount": "1"})
    assert (refused.status_code, "00008" in refused.text) == (400, True)


async def test_the_api_checks_signature_and_fields(shop: Shop) -> None:
    asked = shop.signed(query_command="CHECK_STATUS")
    answer = await shop.http.post("/payfort/FortAPI/paymentApi", json=asked | {"language": "ar"})
    assert (answer.json()["response_code"], answer.json()["response_message"]) == (
        "00008",
        "التوقيع غير متطابق",
    )
    assert (await shop.api(query_command="CHECK_STATUS", mode="x"))["response_code"] == "00027"
    assert (await shop.api(command="CAPTURE"))["response_code"] == "00002"
    assert (await shop.status())["response_code"] == "11036"


async def test_refunds_add_up_and_never_pass_what_was_taken(shop: Shop) -> None:
    assert (await shop.api(command="REFUND", amount="1", currency="SAR"))["response_code"] == "07036"
    await shop.paid()
    for minor in ("3000", "3000"):
        told = await shop.api(
            command="REFUND", amount=minor, currency="SAR", maintenance_reference="01JREFUND"
        )
        assert (told["response_code"], told["maintenance_reference"]) == ("06000", "01JREFUND")
    assert (await shop.api(command="REFUND", amount="3000", currency="SAR"))["response_code"] == "07048"
    status = await shop.status()
    assert (status["transaction_code"], status["captured_amount"], status["refunded_amount"]) == (
        "06000",
        "8650",
        "6000",
    )
    await shop.quiet()
    assert [heard["command"] for heard in shop.told] == ["PURCHASE", "REFUND", "REFUND"]


async def test_feedback_as_a_form_and_a_merchant_who_fails_hears_again(shop: Shop) -> None:
    await shop.knobs(webhook_format="form")
    shop.answers = [500, 302]
    await shop.paid()
    await shop.quiet()
    fields = [dict(parse_qsl(request.content.decode())) for request in shop.heard]
    assert fields[0] == fields[1]
    assert len(fields) == 2
    assert genuine(fields[0])
    assert [one["status"] for one in await shop.truth("webhook")] == [500, 302]


async def test_a_forgery_and_nonsense(shop: Shop) -> None:
    await shop.open()
    for action in ("webhook-forged", "webhook-unknown"):
        body = {"system": "payfort", "action": action, "merchant_reference": REFERENCE}
        await shop.control("/act", body)
    await shop.quiet()
    forged, unknown = shop.told
    assert (forged["response_code"], genuine(forged), genuine(unknown)) == ("14000", False, True)
    assert not await shop.truth("debit")


@pytest.mark.parametrize("empty", ["skip", "keep"])
async def test_empty_values_are_signed_in_two_ways(shop: Shop, empty: str) -> None:
    await shop.knobs(empty_values=empty, upper_case=True)
    answer = await shop.http.post(
        "/payfort/FortAPI/paymentApi", json=shop.signed(query_command="CHECK_STATUS")
    )
    told = answer.json()
    assert told["order_description"] == ""
    assert told["signature"].isupper()
    assert genuine(told) is (empty == "keep")


async def test_a_token_is_told_when_the_shopper_wants_to_be_remembered(shop: Shop) -> None:
    assert (await shop.paid(remember_me="YES"))["token_name"].startswith("token")


@pytest.mark.parametrize("language", ["en", "ar"])
async def test_the_pages_speak_both_languages(shop: Shop, language: str) -> None:
    html = {"accept": "text/html"}
    page = await shop.http.get(await shop.open(language=language), headers=html)
    assert f'lang="{language}"' in page.text
    card = {"card_number": PAYS, "expiry_month": "12", "expiry_year": "39", "cvv": "123"}
    back = await shop.http.post(f"/payfort/page/{REFERENCE}", data=card, headers=html)
    assert f'action="{BACK}"' in back.text
    assert 'name="signature"' in back.text


async def test_a_restart_reads_the_truth_back(shop: Shop, config: SandboxConfig) -> None:
    await shop.paid()
    await shop.api(command="REFUND", amount="100", currency="SAR")
    truth = Truth(config.home, config.clock)
    (payment,) = Book(truth, config.clock).payments.values()
    truth.close()
    assert (payment.captured_minor, payment.refunded_minor, payment.tries) == (8650, 100, 1)
    assert payment.asked["return_url"] == BACK
