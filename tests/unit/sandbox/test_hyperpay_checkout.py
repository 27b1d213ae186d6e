"""Checkout, card form, one-shot status, throttles, challenge."""

import base64
import hashlib

import httpx
import pytest
from litestar import Litestar
from tests.unit.sandbox.merchant import (
    BACK,
    CHALLENGED,
    DECLINED,
    MADA,
    OTHER_ENTITY,
    PAYS,
    REFERENCE,
    REVIEW,
    SLOW,
    UNCERTAIN,
    Merchant,
    code,
    query_of,
)

from muvi_sandbox.app import create_app
from muvi_sandbox.config import SandboxConfig


async def test_a_card_pays_and_the_shopper_returns_with_id_and_path(merchant: Merchant) -> None:
    checkout_id = await merchant.checkout()
    answer = await merchant.shop(checkout_id, address=f"{BACK}?order=7")
    assert answer.status_code == 303
    location = answer.headers["location"]
    assert location.startswith(f"{BACK}?order=7&id=")
    assert query_of(location)["id"] == [checkout_id]
    assert query_of(location)["resourcePath"] == [f"/v1/checkouts/{checkout_id}/payment"]
    status, body = await merchant.status(checkout_id)
    assert (status, code(body), body["amount"], body["currency"]) == (200, "000.100.110", "115.00", "SAR")
    assert (body["ndc"], body["paymentBrand"], body["card"]["last4Digits"]) == (checkout_id, "VISA", "1111")
    assert body["merchantTransactionId"] == REFERENCE
    assert body["id"] != checkout_id
    (debit,) = await merchant.truth("debit")
    assert (debit["amount_minor"], debit["checkoutId"], debit["id"]) == (11500, checkout_id, body["id"])


async def test_before_anybody_paid_the_status_says_created_as_often_as_asked(merchant: Merchant) -> None:
    checkout_id = await merchant.checkout()
    for _ in range(2):
        status, body = await merchant.status(checkout_id)
        assert (status, code(body)) == (200, "000.200.100")


async def test_a_final_status_is_given_once_and_then_looks_like_an_abandoned_checkout(
    merchant: Merchant,
) -> None:
    paid, abandoned = await merchant.checkout(), await merchant.checkout()
    await merchant.shop(paid)
    assert code((await merchant.status(paid))[1]) == "000.100.110"
    again = await merchant.status(paid)
    assert (again[0], code(again[1])) == (400, "200.300.404")
    await merchant.later(1801)
    dead = await merchant.status(abandoned)
    assert (dead[0], dead[1]["result"]) == (400, again[1]["result"])


async def test_a_captured_checkout_dies_after_half_an_hour_too(merchant: Merchant) -> None:
    checkout_id = await merchant.checkout()
    await merchant.shop(checkout_id)
    await merchant.later(1801)
    assert code((await merchant.status(checkout_id))[1]) == "200.300.404"
    assert (await merchant.shop(checkout_id)).status_code == 400
    assert len(await merchant.truth("debit")) == 1


@pytest.mark.parametrize("style", ["code", "bare"])
async def test_each_key_may_be_asked_twice_a_minute(merchant: Merchant, style: str) -> None:
    await merchant.knobs(throttle_style=style)
    checkout_id = await merchant.checkout()
    await merchant.shop(checkout_id, CHALLENGED)
    payment_id = (await merchant.status(checkout_id))[1]["id"]
    paths = (
        (f"checkouts/{checkout_id}/payment", {}, 1),
        (f"payments/{payment_id}", {}, 2),
        ("query", {"merchantTransactionId": REFERENCE}, 2),
    )
    for path, query, left in paths:
        for _ in range(left):
            assert (await merchant.get(path, **query)).status_code == 200
        refused = await merchant.get(path, **query)
        if style == "bare":
            assert (refused.status_code, refused.content) == (429, b"")
        else:
            assert code(refused.json()) == "800.120.100"
    await merchant.later(61)
    assert (await merchant.get(f"payments/{payment_id}")).status_code == 200
    await merchant.knobs(status_per_minute=100)
    answers = [(await merchant.status(checkout_id))[0] for _ in range(10)]
    assert answers == [200] * 10


async def test_one_checkout_yields_a_decline_and_then_a_success(merchant: Merchant) -> None:
    checkout_id = await merchant.checkout()
    await merchant.shop(checkout_id, DECLINED)
    status, declined = await merchant.status(checkout_id)
    assert (status, code(declined)) == (400, "800.100.152")
    assert not {"amount", "currency"} & set(declined)
    await merchant.shop(checkout_id, PAYS)
    status, paid = await merchant.status(checkout_id)
    assert (status, code(paid)) == (200, "000.100.110")
    assert paid["id"] != declined["id"]
    assert (await merchant.shop(checkout_id, PAYS)).status_code == 400
    assert len(await merchant.truth("debit")) == 1


async def test_two_checkouts_of_one_order_are_both_paid(merchant: Merchant) -> None:
    for checkout_id in (await merchant.checkout(), await merchant.checkout()):
        assert (await merchant.shop(checkout_id)).status_code == 303
    assert len(await merchant.truth("debit")) == 2


async def test_one_checkout_is_paid_by_two_tabs_where_that_is_switched_on(merchant: Merchant) -> None:
    """The status, asked once, tells of the newest transaction; the report lists them all."""
    await merchant.knobs(paid_once=False, report_lag_s=0)
    checkout_id = await merchant.checkout()
    for _ in range(2):
        assert (await merchant.shop(checkout_id)).status_code == 303
    first, second = await merchant.truth("debit")
    assert (await merchant.status(checkout_id))[1]["id"] == second["id"]
    assert code((await merchant.status(checkout_id))[1]) == "200.300.404"
    report = (await merchant.get("query", merchantTransactionId=REFERENCE)).json()
    assert {row["id"] for row in report["payments"] if row["paymentType"] == "DB"} == {
        first["id"],
        second["id"],
    }


@pytest.mark.parametrize(
    ("card", "told", "status", "money"),
    [
        (REVIEW, "000.400.100", 200, 1),
        (UNCERTAIN, "900.100.300", 400, 1),
        ("4000000000009995", "800.100.155", 400, 0),
        ("4111111111111112", "100.100.101", 400, 0),
    ],
)
async def test_what_the_status_says_and_whether_money_moved(
    merchant: Merchant, card: str, told: str, status: int, money: int
) -> None:
    checkout_id = await merchant.checkout()
    await merchant.shop(checkout_id, card)
    answered, body = await merchant.status(checkout_id)
    assert (answered, code(body)) == (status, told)
    assert len(await merchant.truth("debit")) == money


async def test_an_uncertain_payment_is_found_as_a_success_in_the_report(merchant: Merchant) -> None:
    uncertain = await merchant.paid(UNCERTAIN)
    assert code((await merchant.get(f"query/{uncertain['id']}")).json()) == "000.100.110"


async def test_any_outcome_can_be_forced(merchant: Merchant) -> None:
    await merchant.knobs(force_code="000.400.100")
    assert code(await merchant.paid(PAYS)) == "000.400.100"
    await merchant.knobs(force_code="", whole_amounts_only=True)
    assert code(await merchant.paid(PAYS, amount="65.50")) == "800.100.152"


async def test_a_bad_gateway_in_front_answers_html_though_the_money_was_taken(merchant: Merchant) -> None:
    checkout_id = await merchant.checkout()
    await merchant.shop(checkout_id)
    rule = {"system": "hyperpay", "call": "checkouts/payment", "fault": "garbage", "status": 502}
    await merchant.http.post("/control", json=rule)
    broken = await merchant.get(f"checkouts/{checkout_id}/payment")
    assert broken.status_code == 502
    with pytest.raises(ValueError, match="Expecting value"):
        broken.json()
    assert code((await merchant.status(checkout_id))[1]) == "000.100.110"


async def test_a_control_code_comes_in_the_platforms_shape(merchant: Merchant) -> None:
    rule = {"system": "hyperpay", "call": "checkouts/payment", "fault": "code", "code": "900.100.300"}
    await merchant.http.post("/control", json=rule)
    status, body = await merchant.status(await merchant.checkout())
    assert (status, code(body)) == (400, "900.100.300")


@pytest.mark.parametrize(("result", "final", "money"), [("Y", "000.100.110", 1), ("N", "100.380.401", 0)])
@pytest.mark.parametrize("method", ["GET", "POST"])
async def test_a_challenge_is_pending_until_the_bank_has_its_answer(
    merchant: Merchant, method: str, result: str, final: str, money: int
) -> None:
    checkout_id = await merchant.checkout()
    sent_on = await merchant.shop(checkout_id, CHALLENGED)
    assert sent_on.headers["location"] == f"/hyperpay/3ds/{checkout_id}"
    page = await merchant.http.get(sent_on.headers["location"])
    assert 'name="result"' in page.text
    assert "115.00" in page.text
    status, body = await merchant.status(checkout_id)
    assert (status, code(body)) == (200, "000.200.000")
    fields = {"params": {"result": result}} if method == "GET" else {"data": {"result": result}}
    answer = await merchant.http.request(method, f"/hyperpay/3ds/{checkout_id}", **fields)  # type: ignore[arg-type]
    assert answer.status_code == 303
    assert answer.headers["location"].startswith(BACK)
    assert code((await merchant.status(checkout_id))[1]) == final
    assert len(await merchant.truth("debit")) == money


async def test_a_challenge_outlasts_the_order_but_not_itself(merchant: Merchant) -> None:
    slow, never = await merchant.checkout(), await merchant.checkout()
    for checkout_id in (slow, never):
        await merchant.shop(checkout_id, CHALLENGED)
    await merchant.later(1900)
    await merchant.http.get(f"/hyperpay/3ds/{slow}", params={"result": "Y"})
    await merchant.later(600)
    await merchant.http.get(f"/hyperpay/3ds/{never}", params={"result": "Y"})
    assert [fact["checkoutId"] for fact in await merchant.truth("debit")] == [slow]


async def test_a_second_answer_to_a_challenge_changes_nothing(merchant: Merchant) -> None:
    checkout_id = await merchant.checkout()
    await merchant.shop(checkout_id, CHALLENGED)
    for result in ("N", "Y"):
        assert (
            await merchant.http.get(f"/hyperpay/3ds/{checkout_id}", params={"result": result})
        ).status_code == 303
    assert await merchant.truth("debit") == []
    assert (await merchant.http.get("/hyperpay/3ds/unknown")).status_code == 400


async def test_the_result_address_given_twice_keeps_the_payment_from_running(merchant: Merchant) -> None:
    twice = await merchant.checkout(shopperResultUrl=BACK)
    assert (await merchant.shop(twice)).status_code == 400
    assert code((await merchant.status(twice))[1]) == "000.200.100"
    once = await merchant.checkout(shopperResultUrl=BACK)
    assert (await merchant.shop(once, address="")).status_code == 303
    assert (await merchant.shop(await merchant.checkout(), address="")).status_code == 400
    assert len(await merchant.truth("debit")) == 1


async def test_the_platform_may_call_the_result_address_itself_without_anything(merchant: Merchant) -> None:
    await merchant.knobs(empty_return_call=True, webhooks_on=False)
    await merchant.shop(await merchant.checkout())
    await merchant.quiet()
    (call,) = merchant.heard
    assert (call.method, str(call.url), call.headers.get("cookie")) == ("GET", BACK, None)


async def test_a_mada_card_takes_debits_and_no_authorisations(merchant: Merchant) -> None:
    assert (await merchant.paid(MADA))["paymentBrand"] == "MADA"
    assert code(await merchant.paid(MADA, paymentType="PA")) == "600.200.500"
    assert code(await merchant.paid(PAYS, paymentType="PA")) == "000.100.110"
    assert len(await merchant.truth("debit", "authorisation")) == 2


async def test_a_slow_bank_ends_by_itself(merchant: Merchant) -> None:
    await merchant.knobs(pending_s=60)
    checkout_id = await merchant.checkout()
    await merchant.shop(checkout_id, SLOW)
    assert code((await merchant.status(checkout_id))[1]) == "000.200.000"
    await merchant.later(61)
    assert code((await merchant.status(checkout_id))[1]) == "000.100.110"


async def test_the_widget_is_a_script_for_living_checkouts(merchant: Merchant) -> None:
    response = await merchant.post(
        "checkouts", amount="10.00", currency="SAR", paymentType="DB", integrity="true"
    )
    checkout = response.json()
    script = await merchant.http.get("/hyperpay/v1/paymentWidgets.js", params={"checkoutId": checkout["id"]})
    assert script.headers["content-type"].startswith("text/javascript")
    assert script.headers["access-control-allow-origin"] == "*"
    digest = base64.b64encode(hashlib.sha384(script.content).digest()).decode()
    assert checkout["integrity"] == f"sha384-{digest}"
    dead = await merchant.http.get("/hyperpay/v1/paymentWidgets.js", params={"checkoutId": "x"})
    assert (dead.status_code, code(dead.json())) == (400, "200.300.404")


@pytest.mark.parametrize(
    "changes",
    [
        {"amount": "115"},
        {"amount": "115.0"},
        {"currency": "sar"},
        {"paymentType": "XX"},
        {"merchantTransactionId": "7"},
    ],
)
async def test_a_wrong_parameter_is_named(merchant: Merchant, changes: dict[str, str]) -> None:
    form = {"amount": "115.00", "currency": "SAR", "paymentType": "DB", **changes}
    response = await merchant.post("checkouts", **form)
    assert (response.status_code, code(response.json())) == (400, "200.300.404")
    (flaw,) = response.json()["result"]["parameterErrors"]
    assert flaw["name"] in changes


async def test_token_and_entity_are_checked(merchant: Merchant) -> None:
    bare = await merchant.http.post("/hyperpay/v1/checkouts", data={"entityId": merchant.entity})
    assert (bare.status_code, code(bare.json())) == (401, "800.900.300")
    assert (await merchant.post("checkouts", entityId="8ac7a4c7000000000000000000000000")).status_code == 401
    checkout_id = await merchant.checkout()
    wrong = await merchant.get(f"checkouts/{checkout_id}/payment", entityId=OTHER_ENTITY)
    assert code(wrong.json()) == "200.300.404"


async def test_captured_payments_outlive_the_process(
    config: SandboxConfig, app: Litestar, merchant: Merchant
) -> None:
    paid = await merchant.paid()
    app.state.truth.close()
    again = create_app(config)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app=again), base_url="http://sandbox") as http:
        later = Merchant(again, http)
        await later.later(10)
        report = await later.get("query", merchantTransactionId=REFERENCE)
        assert paid["id"] in [row["id"] for row in report.json()["payments"]]
        refund = await later.post(f"payments/{paid['id']}", paymentType="RF", amount="115.00", currency="SAR")
        assert code(refund.json()) == "000.100.110"
        await again.state.hyperpay.stop()
    again.state.truth.close()
