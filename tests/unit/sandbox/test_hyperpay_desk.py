"""Report, refunds, reversals, captures."""

import httpx
import pytest
from tests.unit.sandbox.merchant import (
    CHALLENGED,
    DECLINED,
    MADA,
    OTHER_ENTITY,
    PAYS,
    REFERENCE,
    Merchant,
    code,
)


async def operate(merchant: Merchant, payment_id: str, kind: str, **form: str) -> httpx.Response:
    body = {"paymentType": kind, "amount": "115.00", "currency": "SAR", **form}
    return await merchant.post(f"payments/{payment_id}", **body)


async def test_the_report_mixes_rows_under_an_envelope_that_says_nothing(merchant: Merchant) -> None:
    checkout_id = await merchant.checkout()
    await merchant.shop(checkout_id, DECLINED)
    await merchant.shop(checkout_id, PAYS)
    payment_id = (await merchant.status(checkout_id))[1]["id"]
    await operate(merchant, payment_id, "RF", merchantTransactionId="01JREFUND00000000000000001")
    body = (await merchant.get("query", merchantTransactionId=REFERENCE)).json()
    assert code(body) == "000.000.100"
    rows = [(row["paymentType"], code(row), row.get("amount")) for row in body["payments"]]
    assert sorted(rows, key=str) == sorted(
        [
            ("RF", "000.100.110", "115.00"),
            ("3D", "000.000.000", "115.00"),
            ("DB", "000.100.110", "115.00"),
            ("3D", "000.000.000", "115.00"),
            ("DB", "800.100.152", None),
        ],
        key=str,
    )


async def test_a_declined_payment_reports_an_envelope_of_success(merchant: Merchant) -> None:
    await merchant.paid(DECLINED)
    body = (await merchant.get("query", merchantTransactionId=REFERENCE)).json()
    assert code(body) == "000.000.100"
    assert [code(row) for row in body["payments"] if row["paymentType"] == "DB"] == ["800.100.152"]


async def test_the_report_knows_a_reference_only_under_its_entity(merchant: Merchant) -> None:
    paid = await merchant.paid()
    for path, query in ((f"query/{paid['id']}", {}), ("query", {"merchantTransactionId": REFERENCE})):
        other = await merchant.get(path, entityId=OTHER_ENTITY, **query)
        assert (other.status_code, code(other.json())) == (404, "700.400.580")
        assert (await merchant.get(path, **query)).status_code == 200


async def test_an_unpaid_checkout_is_not_in_the_report(merchant: Merchant) -> None:
    await merchant.checkout()
    answer = await merchant.get("query", merchantTransactionId=REFERENCE)
    assert (answer.status_code, code(answer.json())) == (404, "700.400.580")


async def test_the_report_lags_while_the_payment_itself_is_known(merchant: Merchant) -> None:
    await merchant.knobs(report_lag_s=20)
    paid = await merchant.paid()
    assert (await merchant.get("query", merchantTransactionId=REFERENCE)).status_code == 404
    assert (await merchant.get(f"payments/{paid['id']}")).status_code == 200
    await merchant.later(61)
    assert (await merchant.get("query", merchantTransactionId=REFERENCE)).status_code == 200
    assert (await merchant.get(f"query/{paid['id']}")).status_code == 200


async def test_a_pending_challenge_shows_as_pending_in_the_report(merchant: Merchant) -> None:
    await merchant.shop(await merchant.checkout(), CHALLENGED)
    body = (await merchant.get("query", merchantTransactionId=REFERENCE)).json()
    assert [code(row) for row in body["payments"]] == ["000.200.000"]


async def test_a_refund_is_a_transaction_of_its_own_and_a_repeated_one_pays_again(merchant: Merchant) -> None:
    paid = await merchant.paid()
    form = {"merchantTransactionId": "01JREFUND00000000000000001"}
    first = (await operate(merchant, paid["id"], "RF", **form)).json()
    second = (await operate(merchant, paid["id"], "RF", **form)).json()
    assert len({first["id"], second["id"], paid["id"]}) == 3
    assert first["referencedId"] == second["referencedId"] == paid["id"]
    refunds = await merchant.truth("refund")
    assert [fact["amount_minor"] for fact in refunds] == [11500, 11500]


async def test_the_volume_of_refunds_can_be_watched(merchant: Merchant) -> None:
    await merchant.knobs(refund_volume_checked=True)
    paid = await merchant.paid()
    assert (await operate(merchant, paid["id"], "RF", amount="100.00")).status_code == 200
    refused = await operate(merchant, paid["id"], "RF", amount="15.01")
    assert (refused.status_code, code(refused.json())) == (400, "700.400.200")
    assert (await operate(merchant, paid["id"], "RF", amount="15.00")).status_code == 200


async def test_a_refund_may_be_pending_and_end_later(merchant: Merchant) -> None:
    await merchant.knobs(refund_pending_s=60)
    paid = await merchant.paid()
    reference = "01JREFUND00000000000000001"
    pending = (await operate(merchant, paid["id"], "RF", merchantTransactionId=reference)).json()
    assert (code(pending), pending["referencedId"]) == ("000.200.000", paid["id"])
    assert await merchant.truth("refund") == []
    await merchant.later(61)
    (row,) = (await merchant.get("query", merchantTransactionId=reference)).json()["payments"]
    assert (row["id"], code(row), row["referencedId"]) == (pending["id"], "000.100.110", paid["id"])
    assert len(await merchant.truth("refund")) == 1


@pytest.mark.parametrize("card", [PAYS, MADA])
async def test_a_debit_is_refunded_and_never_reversed(merchant: Merchant, card: str) -> None:
    paid = await merchant.paid(card)
    reversal = await operate(merchant, paid["id"], "RV")
    assert (reversal.status_code, code(reversal.json())) == (400, "700.400.300")
    assert (await operate(merchant, paid["id"], "RF")).status_code == 200
    assert await merchant.truth("reversal") == []


async def test_an_authorisation_is_reversed_whole_or_captured(merchant: Merchant) -> None:
    first, second = await merchant.paid(paymentType="PA"), await merchant.paid(paymentType="PA")
    assert code((await operate(merchant, first["id"], "RF")).json()) == "700.400.520"
    assert code((await operate(merchant, first["id"], "RV", amount="1.00")).json()) == "700.400.300"
    assert (await operate(merchant, first["id"], "RV")).status_code == 200
    assert code((await operate(merchant, first["id"], "CP")).json()) == "700.400.100"
    captured = (await operate(merchant, second["id"], "CP")).json()
    assert code((await operate(merchant, second["id"], "RV")).json()) == "700.400.300"
    assert (await operate(merchant, captured["id"], "RF")).status_code == 200
    events = [fact["event"] for fact in await merchant.truth("debit", "capture", "reversal", "refund")]
    assert events == ["reversal", "capture", "refund"]


async def test_another_entity_cannot_touch_a_payment(merchant: Merchant) -> None:
    paid = await merchant.paid()
    refused = await operate(merchant, paid["id"], "RF", entityId=OTHER_ENTITY)
    assert (refused.status_code, code(refused.json())) == (404, "700.400.580")
    assert (await merchant.get(f"payments/{paid['id']}", entityId=OTHER_ENTITY)).status_code == 404
    assert await merchant.truth("refund") == []


async def test_a_refund_needs_a_payment_of_the_last_sixty_days(merchant: Merchant) -> None:
    declined = await merchant.paid(DECLINED)
    assert code((await operate(merchant, declined["id"], "RF")).json()) == "700.400.520"
    paid = await merchant.paid()
    assert code((await operate(merchant, paid["id"], "RF", amount="115.01")).json()) == "700.400.200"
    await merchant.later(61 * 86_400)
    assert code((await operate(merchant, paid["id"], "RF")).json()) == "700.400.200"


async def test_a_refund_can_be_booked_though_its_answer_is_lost(merchant: Merchant) -> None:
    paid = await merchant.paid()
    rule = {
        "system": "hyperpay",
        "call": "payments/RF",
        "fault": "garbage-after",
        "status": 502,
        "match": paid["id"],
    }
    await merchant.http.post("/control", json=rule)
    assert (await operate(merchant, paid["id"], "RF")).status_code == 502
    assert len(await merchant.truth("refund")) == 1
