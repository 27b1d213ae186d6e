"""Notifications: wrappers, order, repetition, loss, forgery."""

from typing import Any

import pytest
from tests.unit.sandbox.merchant import CHALLENGED, DECLINED, REFERENCE, Merchant, code

from muvi_sandbox.hyperpay.webhooks import sealed


def codes_of(notices: list[dict[str, Any] | None]) -> list[str]:
    return [code(notice["payload"]) for notice in notices if notice]


@pytest.mark.parametrize(("wrapper", "media"), [("hex", "text/plain"), ("json", "application/json")])
async def test_both_wrappers_carry_what_the_status_says(merchant: Merchant, wrapper: str, media: str) -> None:
    await merchant.knobs(webhook_wrapper=wrapper)
    paid = await merchant.paid()
    await merchant.quiet()
    (notice,) = merchant.notices
    assert merchant.heard[0].headers["content-type"] == media
    assert notice == {"type": "PAYMENT", "payload": paid}
    assert len(bytes.fromhex(merchant.heard[0].headers["X-Initialization-Vector"])) == 12
    assert len(bytes.fromhex(merchant.heard[0].headers["X-Authentication-Tag"])) == 16


async def test_ndc_has_two_forms(merchant: Merchant) -> None:
    await merchant.knobs(webhook_ndc="entity")
    paid = await merchant.paid()
    await merchant.quiet()
    (notice,) = merchant.notices
    assert notice is not None
    assert paid["ndc"] not in notice["payload"]["ndc"]
    assert notice["payload"]["ndc"].startswith(f"{merchant.entity}_")
    assert notice["payload"]["merchantTransactionId"] == REFERENCE


async def test_a_challenge_goes_from_pending_to_success_under_one_id(merchant: Merchant) -> None:
    checkout_id = await merchant.checkout()
    await merchant.shop(checkout_id, CHALLENGED)
    await merchant.quiet()
    await merchant.http.get(f"/hyperpay/3ds/{checkout_id}", params={"result": "Y"})
    await merchant.quiet()
    assert codes_of(merchant.notices) == ["000.200.000", "000.100.110"]
    assert len({notice["payload"]["id"] for notice in merchant.notices if notice}) == 1


async def test_reordering_puts_the_success_before_its_pending(merchant: Merchant) -> None:
    await merchant.knobs(webhook_pending_first=True, webhook_reorder=True)
    await merchant.paid()
    await merchant.quiet()
    assert codes_of(merchant.notices) == ["000.100.110", "000.200.000"]


async def test_without_reordering_the_pending_one_comes_first(merchant: Merchant) -> None:
    await merchant.knobs(webhook_pending_first=True)
    await merchant.paid()
    await merchant.quiet()
    assert codes_of(merchant.notices) == ["000.200.000", "000.100.110"]


async def test_copies_and_loss(merchant: Merchant) -> None:
    await merchant.knobs(webhook_copies=3)
    await merchant.paid()
    await merchant.quiet()
    assert codes_of(merchant.notices) == ["000.100.110"] * 3
    await merchant.knobs(webhooks_on=False)
    await merchant.paid()
    await merchant.quiet()
    assert len(merchant.heard) == 3


@pytest.mark.parametrize(("fault", "heard"), [("lose", 0), ("duplicate", 2)])
async def test_a_rule_strikes_one_notification(merchant: Merchant, fault: str, heard: int) -> None:
    rule = {"system": "hyperpay", "call": "webhook", "fault": fault, "match": REFERENCE}
    await merchant.http.post("/control", json=rule)
    await merchant.paid()
    await merchant.quiet()
    assert len(merchant.heard) == heard
    await merchant.paid()
    await merchant.quiet()
    assert len(merchant.heard) == heard + 1


async def test_a_merchant_who_fails_hears_again(merchant: Merchant) -> None:
    merchant.answers[:] = [500, 401]
    await merchant.paid(DECLINED)
    await merchant.quiet()
    assert len(merchant.heard) == 3
    sent = await merchant.truth("webhook")
    assert [(fact["status"], fact["attempt"]) for fact in sent] == [(500, 1), (401, 2), (200, 3)]


async def test_a_refund_is_notified_with_its_own_id(merchant: Merchant) -> None:
    paid = await merchant.paid()
    await merchant.post(f"payments/{paid['id']}", paymentType="RF", amount="115.00", currency="SAR")
    await merchant.quiet()
    notice = merchant.notices[-1]
    assert notice is not None
    assert (notice["payload"]["paymentType"], notice["payload"]["referencedId"]) == ("RF", paid["id"])


async def test_acts_send_a_test_an_unknown_a_forged_and_a_malformed_one(merchant: Merchant) -> None:
    checkout_id = await merchant.checkout()
    await merchant.act("webhook-test")
    await merchant.act("webhook-unknown")
    await merchant.quiet()
    test, unknown = merchant.notices
    assert test is not None
    assert unknown is not None
    assert (test["type"], unknown["payload"]["merchantTransactionId"]) == (
        "test",
        "00000000UNKNOWN0000000000",
    )
    merchant.answers[:] = [401, 401, 401]
    await merchant.act("webhook-forged", checkout_id=checkout_id)
    await merchant.quiet()
    assert merchant.notices[-1] is None
    await merchant.act("webhook-malformed", body="zz")
    await merchant.quiet()
    assert merchant.heard[-1].content == b"zz"
    assert await merchant.truth("debit") == []


async def test_a_payment_can_be_told_late_by_hand(merchant: Merchant) -> None:
    await merchant.knobs(webhooks_on=False)
    paid = await merchant.paid()
    await merchant.later(900)
    await merchant.act("webhook-resend", id=paid["id"])
    await merchant.quiet()
    assert codes_of(merchant.notices) == ["000.100.110"]


async def test_a_shopper_pays_and_closes_the_tab(merchant: Merchant) -> None:
    checkout_id = await merchant.checkout()
    await merchant.act("pay", checkout_id=checkout_id, card_number="4111111111111111")
    await merchant.quiet()
    assert codes_of(merchant.notices) == ["000.100.110"]
    refused = await merchant.http.post("/control/act", json={"system": "hyperpay", "action": "dance"})
    assert refused.status_code == 400


def test_no_two_messages_share_a_vector() -> None:
    vectors = {sealed("00" * 32, b"{}", "hex")[0]["X-Initialization-Vector"] for _ in range(100)}
    assert len(vectors) == 100
