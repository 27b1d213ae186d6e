"""Purchases by a card token at PayFort over HTTP: the buyer's browser gives the card to the gateway, our
server charges its name once.
"""

from __future__ import annotations

import pytest
from tests.e2e.checker import at_rest, brought_to_rest
from tests.e2e.guest import CHALLENGED, DECLINED, VISA, Box, Json
from tests.e2e.town import Town, eventually
from tests.faults.stories import confirmed
from tests.faults.test_payfort import Buyer, a_buyer

from muvi.adapters.payments.payfort.signature import Signer

SIGNER = Signer(
    digest="sha256",
    request_phrase="sandbox-request-phrase",
    response_phrase="sandbox-response-phrase",
)
ATTEMPTS = "SELECT * FROM payment_attempts WHERE order_id = $1::uuid ORDER BY id"
BACK = "http://client.invalid/card"


@pytest.fixture
async def buyer(box: Box, town: Town) -> Buyer:
    return await a_buyer(box, town)


async def a_token(buyer: Buyer, card: str = VISA) -> str:
    """The client posts the card under a request that the merchant signed."""
    asked = {
        "service_command": "TOKENIZATION",
        "access_code": "sandboxAccessCode000",
        "merchant_identifier": "sandboxM",
        "merchant_reference": f"CARD-{buyer.order_id}"[:40],
        "language": "en",
        "return_url": BACK,
    }
    typed = {"card_number": card, "expiry_date": "3912", "card_security_code": "123"}
    page = f"{buyer.town.sandbox.url}/payfort/FortAPI/paymentPage"
    back: Json = (await buyer.guest.http.post(page, data=SIGNER.signed(asked) | typed)).json()
    return str(back["fields"]["token_name"])


async def pay(buyer: Buyer, token: str) -> Json:
    answer = await buyer.guest.open_payment(buyer.order_id, gateway="payfort", token=token, cvv="123")
    assert answer.is_success, answer.text
    told: Json = answer.json()
    return told


async def debits(buyer: Buyer) -> int:
    """Amounts that the gateway took for this purchase."""
    taken = await buyer.town.sandbox.truth("payfort", "debit")
    rows = await buyer.town.rows("SELECT checkout_id FROM payment_attempts")
    known = {row["checkout_id"] for row in rows}
    return sum(one["merchant_reference"] in known for one in taken)


async def test_paid_without_a_page(box: Box, town: Town, buyer: Buyer) -> None:
    token = await a_token(buyer)
    told = await pay(buyer, token)
    assert told["nextAction"]["type"] == "none"
    assert (await buyer.guest.http.get(told["nextAction"]["url"])).status_code == 200
    await confirmed(buyer.guest, buyer.order_id)
    await at_rest(town, box.guests)
    for table in ("payment_attempts", "idempotency_keys", "webhook_events", "orders", "gateway_transactions"):
        rows = await town.rows(f"SELECT t::text AS row FROM {table} t")  # noqa: S608 - names above
        assert not any(token in row["row"] for row in rows), table


async def test_the_banks_page_and_back(box: Box, town: Town, buyer: Buyer) -> None:
    action = (await pay(buyer, await a_token(buyer, CHALLENGED)))["nextAction"]
    assert action["type"] == "redirect"
    back = await buyer.guest.http.post(action["url"], data={"result": "Y"})
    assert "/done" in await buyer.come_back(back.json())
    await confirmed(buyer.guest, buyer.order_id)
    await at_rest(town, box.guests)


@pytest.mark.parametrize("refused", ["by the bank's page", "by the bank"])
async def test_refused_and_then_paid_with_another_token(
    box: Box, town: Town, buyer: Buyer, refused: str
) -> None:
    asks = refused == "by the bank's page"
    action = (await pay(buyer, await a_token(buyer, CHALLENGED if asks else DECLINED)))["nextAction"]
    if asks:
        back = await buyer.guest.http.post(action["url"], data={"result": "N"})
        await buyer.come_back(back.json())

    async def declined() -> bool:
        order = (await buyer.guest.call("GET", f"/api/v1/orders/{buyer.order_id}")).json()
        return any(entry["code"] == "payment-declined" for entry in order["timeline"])

    await eventually(declined, town)
    await pay(buyer, await a_token(buyer))
    await buyer.guest.until(buyer.order_id, "CONFIRMED")
    await brought_to_rest(town, box.guests)


@pytest.mark.parametrize("fault", ["garbage-after", "hang-after"])
async def test_an_answer_lost_after_the_charge_is_found(
    box: Box, town: Town, buyer: Buyer, fault: str
) -> None:
    await town.sandbox.rule("payfort", "purchase", fault=fault, status=502)
    await town.sandbox.rule("payfort", "webhook", fault="lose", times=9)
    before = await debits(buyer)
    await pay(buyer, await a_token(buyer))
    await buyer.guest.until(buyer.order_id, "CONFIRMED")
    assert await debits(buyer) == before + 1
    await brought_to_rest(town, box.guests)


async def test_a_call_lost_before_the_charge_lets_the_buyer_pay_again(
    box: Box, town: Town, buyer: Buyer
) -> None:
    token, before = await a_token(buyer), await debits(buyer)
    await town.sandbox.rule("payfort", "purchase", fault="hang")
    first = await pay(buyer, token)
    assert (await pay(buyer, token))["paymentId"] == first["paymentId"]
    await town.jump(100)

    async def anew() -> bool:
        return (await pay(buyer, token))["paymentId"] != first["paymentId"]

    await eventually(anew, town)
    await buyer.guest.until(buyer.order_id, "CONFIRMED")
    assert await debits(buyer) == before + 1
    await brought_to_rest(town, box.guests)


async def test_what_is_no_token_is_refused_by_name(buyer: Buyer) -> None:
    for more, code in (
        ({"gateway": "payfort", "token": "never-made"}, "token-refused"),
        ({"gateway": "payfort", "token": "no token\n"}, "token-refused"),
        ({"gateway": "payfort", "token": "a", "cvv": "12x"}, "token-refused"),
        ({"gateway": "hyperpay", "token": "never-made"}, "token-not-accepted"),
    ):
        refused = await buyer.guest.open_payment(buyer.order_id, **more)
        assert (refused.status_code, refused.json()["code"]) == (422, code), more
    assert (await pay(buyer, await a_token(buyer)))["nextAction"]["type"] == "none"
