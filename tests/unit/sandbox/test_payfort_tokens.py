"""Tokens of PayFort: a card posted under the merchant's signature, then charged by its name."""

from typing import Any

import httpx
import pytest
from litestar import Litestar
from tests.unit.sandbox.test_payfort import BACK, CHALLENGED, DECLINED, PAYS, REFERENCE, Shop, genuine

CARD = {
    "expiry_date": "3912",
    "card_security_code": "123",
    "card_holder_name": "Reem Al Saleh",
}


@pytest.fixture
async def shop(app: Litestar, http: httpx.AsyncClient) -> Shop:
    shop = Shop(app, http)
    await shop.knobs(webhook_delay_s=0, webhook_retry_s=[0, 0], webhook_held_s=0)
    return shop


async def posted(shop: Shop, card: str = PAYS, **fields: str) -> dict[str, Any]:
    """The card fields are posted beside what the merchant signed."""
    form = shop.signed(service_command="TOKENIZATION", merchant_reference="TOKEN-1", return_url=BACK)
    answer = await shop.post_form(form | CARD | {"card_number": card} | fields)
    told: dict[str, Any] = answer.json()
    return told


async def a_token(shop: Shop, card: str = PAYS, **fields: str) -> str:
    back = await posted(shop, card, **fields)
    assert back["url"] == BACK
    return str(back["fields"]["token_name"])


async def charged(shop: Shop, token: str, **fields: str) -> dict[str, str]:
    asked = {
        "command": "PURCHASE",
        "amount": "8650",
        "currency": "SAR",
        "customer_email": "shop@example.com",
        "customer_ip": "203.0.113.7",
        "return_url": BACK,
        "token_name": token,
    }
    return await shop.api(**(asked | fields))


async def test_a_card_comes_back_as_a_token_under_the_gateways_signature(shop: Shop) -> None:
    back = (await posted(shop))["fields"]
    assert genuine(back)
    assert (back["response_code"], back["status"], back["card_bin"]) == ("18000", "18", "411111")
    assert back["card_number"] == "411111******1111"
    assert "card_security_code" not in back
    assert "4111111111111111" not in (await shop.http.get("/truth/payfort")).text
    assert (await shop.api(query_command="CHECK_STATUS"))["response_code"] == "11036"


async def test_a_forged_form_makes_no_token(shop: Shop) -> None:
    form = shop.signed(service_command="TOKENIZATION", return_url=BACK) | {"return_url": "http://evil.test"}
    answer = await shop.post_form(form | CARD | {"card_number": PAYS})
    assert (answer.status_code, "00008" in answer.text) == (400, True)


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"card_number": "4111111111111112"}, "17002"),
        ({"expiry_date": "2001"}, "17012"),
        ({"card_number": ""}, "00001"),
        ({"colour": "red"}, "00027"),
    ],
)
async def test_what_cannot_be_a_card_gets_no_token(shop: Shop, fields: dict[str, str], code: str) -> None:
    back = (await posted(shop, **fields))["fields"]
    assert (back["response_code"], "token_name" in back) == (code, False)


@pytest.mark.parametrize(("card", "code"), [(PAYS, "14000"), (DECLINED, "13666")])
async def test_a_charge_is_final_and_told_of(shop: Shop, card: str, code: str) -> None:
    told = await charged(shop, await a_token(shop, card))
    assert told["response_code"] == code
    assert (await shop.status())["transaction_code"] == code
    await shop.quiet()
    assert [heard["response_code"] for heard in shop.told] == [code]


@pytest.mark.parametrize(("answer", "code"), [("Y", "14000"), ("N", "13030")])
async def test_the_bank_may_ask(shop: Shop, answer: str, code: str) -> None:
    told = await charged(shop, await a_token(shop, CHALLENGED))
    assert told["response_code"] == "20064"
    assert told["3ds_url"].endswith(f"/payfort/3ds/{REFERENCE}")
    back = await shop.http.post(f"/payfort/3ds/{REFERENCE}", data={"result": answer})
    assert back.json()["url"] == BACK
    assert back.json()["fields"]["response_code"] == code
    assert (await shop.status())["transaction_code"] == code


async def test_a_token_is_good_once_unless_the_shopper_wants_it_kept(shop: Shop) -> None:
    for kept, code in (("NO", "00002"), ("YES", "14000")):
        token = await a_token(shop, remember_me=kept)
        await charged(shop, token, merchant_reference=f"{kept}-1")
        assert (await charged(shop, token, merchant_reference=f"{kept}-2"))["response_code"] == code


async def test_a_token_that_is_unknown_or_inactive_leaves_no_payment(shop: Shop) -> None:
    token = await a_token(shop)
    await shop.control("/act", {"system": "payfort", "action": "deactivate", "token_name": token})
    for name in (token, "never-made"):
        assert (await charged(shop, name))["response_code"] == "00002"
    assert (await shop.status())["response_code"] == "11036"
    assert await shop.truth("debit", "page-opened") == []


async def test_a_reference_is_charged_once(shop: Shop) -> None:
    token = await a_token(shop, remember_me="YES")
    await charged(shop, token)
    assert (await charged(shop, token))["response_code"] == "00066"
    assert len(await shop.truth("debit")) == 1


async def test_what_a_charge_needs_is_asked_for(shop: Shop) -> None:
    token = await a_token(shop)
    told = await charged(shop, token, customer_ip="", card_security_code="123")
    assert told["response_code"] == "00001"
    assert "card_security_code" not in told


async def test_an_answer_may_be_lost_after_the_money_was_taken(shop: Shop) -> None:
    token = await a_token(shop)
    rule = {"system": "payfort", "call": "purchase", "fault": "garbage-after", "status": 502}
    await shop.control("", rule)
    asked = shop.signed(
        command="PURCHASE",
        amount="8650",
        currency="SAR",
        customer_email="shop@example.com",
        customer_ip="203.0.113.7",
        return_url=BACK,
        token_name=token,
    )
    answer = await shop.http.post("/payfort/FortAPI/paymentApi", json=asked)
    assert answer.status_code == 502
    assert (await shop.status())["captured_amount"] == "8650"
