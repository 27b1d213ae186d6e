"""The traps of HyperPay, each met at the sandbox."""

from dataclasses import replace
from datetime import timedelta

import pytest
from tests.contract.payments.gateways import PRICE, HyperPayScene
from tests.unit.payments.test_hyperpay_webhook import sealed

from muvi.domain.payments.report import TransactionKind, Verdict
from muvi.domain.shared.money import Money
from muvi.domain.shared.text import Language
from muvi.ports.errors import Refused, Unavailable
from muvi.ports.payments.gateway import CheckoutRequest
from muvi_sandbox.config import WEBHOOK_KEY

SLOW = "4000000000000077"


async def checked(scene: HyperPayScene, checkout: object, reference: str, **facts: object) -> object:
    return await scene.gateway.check(scene.to_check(checkout, reference, **facts))


@pytest.mark.parametrize("style", ["code", "bare"])
async def test_a_throttled_question_is_unknown_for_a_minute(hyperpay: HyperPayScene, style: str) -> None:
    checkout, reference = await hyperpay.opened()
    await hyperpay.knobs(status_per_minute=0, throttle_style=style)
    report = await checked(hyperpay, checkout, reference)
    assert (report.verdict, report.retry_after_s) == (Verdict.UNKNOWN, 60)


async def test_the_vendor_is_never_asked_more_often_than_its_limit(hyperpay: HyperPayScene) -> None:
    checkout, reference = await hyperpay.opened()
    reports = [await checked(hyperpay, checkout, reference) for _ in range(6)]
    assert [report.verdict for report in reports[:2]] == [Verdict.UNPAID] * 2
    assert {report.verdict for report in reports[2:]} == {Verdict.UNKNOWN}
    assert all(report.retry_after_s for report in reports[2:])
    assert all(report.code != "800.120.100" for report in reports)


async def test_without_our_budget_the_vendor_throttles(hyperpay: HyperPayScene) -> None:
    """The twin: the same questions with the budget off."""
    object.__setattr__(hyperpay.gateway._checks._reports.limits, "status", 100)
    checkout, reference = await hyperpay.opened()
    reports = [await checked(hyperpay, checkout, reference) for _ in range(4)]
    assert any(report.code == "800.120.100" for report in reports)


async def test_the_last_call_of_a_minute_is_kept_for_news(hyperpay: HyperPayScene) -> None:
    checkout, reference = await hyperpay.opened()
    asked = hyperpay.to_check(checkout, reference)
    quiet = [await hyperpay.gateway.check(replace(asked, news=False)) for _ in range(2)]
    assert [report.verdict for report in quiet] == [Verdict.UNPAID, Verdict.UNKNOWN]
    assert (await hyperpay.gateway.check(asked)).verdict is Verdict.UNPAID
    assert (await hyperpay.gateway.check(asked)).verdict is Verdict.UNKNOWN


@pytest.mark.parametrize("known", [True, False], ids=["known", "the twin that forgets"])
async def test_a_card_known_as_declined_is_not_asked_about_again(
    hyperpay: HyperPayScene,
    known: bool,  # noqa: FBT001
) -> None:
    checkout, reference = await hyperpay.opened()
    await hyperpay.decline(checkout.id)
    first = (await checked(hyperpay, checkout, reference)).transactions[0].id
    await hyperpay.challenge(checkout.id)
    await hyperpay.fault(call="query", fault="before", status=503, times=9)
    asked = hyperpay.to_check(checkout, reference, payment_ids=(first,))
    report = await hyperpay.gateway.check(replace(asked, declined_ids=(first,) if known else ()))
    rules = (await hyperpay.http.get("/control")).json()["rules"]
    assert (report.verdict, rules[0]["hits"] == 0) == (Verdict.PENDING, known)


async def test_money_behind_another_tabs_challenge_is_seen(hyperpay: HyperPayScene) -> None:
    """The status tells of the newest transaction only; a message told of an older one."""
    await hyperpay.knobs(report_lag_s=0)
    checkout, reference = await hyperpay.opened()
    await hyperpay.shop(checkout.id, SLOW)
    await hyperpay.challenge(checkout.id)
    await hyperpay.wait(seconds=15)
    first = await checked(hyperpay, checkout, reference)
    assert first.verdict is Verdict.PENDING
    (slow,) = {str(row["id"]) for row in await hyperpay.truth("pending")} - {first.transactions[0].id}
    await hyperpay.wait(seconds=61)
    report = await checked(hyperpay, checkout, reference, payment_ids=(slow,))
    assert (report.verdict, [row.id for row in report.captures]) == (Verdict.CAPTURED, [slow])


async def test_a_list_that_runs_late_is_not_whole(hyperpay: HyperPayScene) -> None:
    await hyperpay.knobs(report_lag_s=30)
    checkout, reference = await hyperpay.opened()
    await hyperpay.pay(checkout.id)
    report = await checked(hyperpay, checkout, reference, paid=True)
    assert (report.whole, report.verdict) == (False, Verdict.UNKNOWN)


async def test_of_a_paid_checkout_the_status_is_not_asked(hyperpay: HyperPayScene) -> None:
    """It would tell of one transaction at most, and cost a call of the budget."""
    checkout, reference = await hyperpay.opened()
    await hyperpay.pay(checkout.id)
    await hyperpay.wait(seconds=61)
    await hyperpay.fault(call="checkouts/payment", fault="before", status=503)
    assert (await checked(hyperpay, checkout, reference, paid=True)).whole
    rules = (await hyperpay.http.get("/control")).json()["rules"]
    assert [rule["hits"] for rule in rules] == [0]


async def test_a_transaction_that_the_list_lacks_is_asked_for_by_its_id(hyperpay: HyperPayScene) -> None:
    """Here the budget of the reference is spent; the message that named the payment is worth a question."""
    checkout, reference = await hyperpay.opened()
    await hyperpay.pay(checkout.id)
    (debit,) = await hyperpay.truth("debit")
    await hyperpay.wait(seconds=61)
    await hyperpay.fault(call="query", fault="before", status=503)
    report = await checked(hyperpay, checkout, reference, payment_ids=(str(debit["id"]),), paid=True)
    assert ([row.id for row in report.captures], report.whole) == ([debit["id"]], False)


@pytest.mark.parametrize("by", ["payment", "reference"])
async def test_a_spent_status_is_looked_up_by_payment_or_by_reference(
    hyperpay: HyperPayScene, by: str
) -> None:
    checkout, reference = await hyperpay.opened()
    await hyperpay.pay(checkout.id)
    (debit,) = await hyperpay.truth("debit")
    await checked(hyperpay, checkout, reference)
    await hyperpay.wait(seconds=10)
    ids = (str(debit["id"]),) if by == "payment" else ()
    report = await checked(hyperpay, checkout, reference, payment_ids=ids)
    assert report.verdict is Verdict.CAPTURED
    assert report.captures[0].id == debit["id"]


async def test_reading_a_spent_status_as_unpaid_would_lose_money(hyperpay: HyperPayScene) -> None:
    """The twin: the vendor's own words for a paid and for an abandoned checkout are equal."""
    paid, _ = await hyperpay.opened()
    abandoned, _ = await hyperpay.opened()
    await hyperpay.pay(paid.id)
    reports = hyperpay.gateway._checks._reports
    await reports.status(paid.id, paid.entity)
    await hyperpay.wait(minutes=31)
    answers = [await reports.status(one.id, one.entity) for one in (paid, abandoned)]
    assert answers[0].code == answers[1].code == "200.300.404"


async def test_the_report_runs_late_and_its_none_is_not_believed(hyperpay: HyperPayScene) -> None:
    checkout, reference = await hyperpay.opened()
    await hyperpay.knobs(report_lag_s=30)
    await hyperpay.pay(checkout.id)
    await checked(hyperpay, checkout, reference)
    assert (await checked(hyperpay, checkout, reference)).verdict is Verdict.UNKNOWN
    await hyperpay.wait(seconds=61)
    assert (await checked(hyperpay, checkout, reference)).verdict is Verdict.CAPTURED


async def test_uncertain_at_first_and_taken_after_all(hyperpay: HyperPayScene) -> None:
    checkout, reference = await hyperpay.opened()
    await hyperpay.shop(checkout.id, "4000000000000119")
    assert (await checked(hyperpay, checkout, reference)).verdict is Verdict.UNKNOWN
    await hyperpay.wait(seconds=61)
    assert (await checked(hyperpay, checkout, reference)).verdict is Verdict.CAPTURED


async def test_money_under_review_is_money(hyperpay: HyperPayScene) -> None:
    checkout, reference = await hyperpay.opened()
    await hyperpay.shop(checkout.id, "4000000000009235")
    assert (await checked(hyperpay, checkout, reference)).verdict is Verdict.CAPTURED


async def test_a_mada_card_is_debited_under_the_same_account(hyperpay: HyperPayScene) -> None:
    checkout, reference = await hyperpay.opened()
    assert checkout.front.brands == ("VISA", "MASTER", "MADA")
    await hyperpay.shop(checkout.id, "5888450000000003")
    report = await checked(hyperpay, checkout, reference)
    assert report.captures[0].brand == "MADA"
    refund = await hyperpay.gateway.refund(hyperpay.to_refund(report.captures[0].id, checkout.entity))
    assert refund.verdict is Verdict.CAPTURED


async def test_rows_of_refunds_and_authentications_say_nothing_of_a_payment(hyperpay: HyperPayScene) -> None:
    checkout, reference = await hyperpay.opened()
    await hyperpay.pay(checkout.id)
    capture = (await checked(hyperpay, checkout, reference)).captures[0]
    await hyperpay.gateway.refund(hyperpay.to_refund(capture.id, checkout.entity))
    await hyperpay.wait(seconds=61)
    report = await checked(hyperpay, checkout, reference)
    assert {row.kind for row in report.transactions} == {TransactionKind.DEBIT}
    assert len(report.captures) == 1


@pytest.mark.parametrize("fault", ["garbage", "hang", "hang-after", "garbage-after", "before"])
async def test_a_failing_network_is_unknown(hyperpay: HyperPayScene, fault: str) -> None:
    hyperpay.vendor._total_s = 0.3
    checkout, reference = await hyperpay.opened()
    await hyperpay.fault(call="*", fault=fault, times=2, status=502)
    assert (await checked(hyperpay, checkout, reference)).verdict is Verdict.UNKNOWN


@pytest.mark.parametrize("fault", ["hang-after", "garbage-after", "before"])
async def test_an_opening_without_an_answer_is_unavailable(hyperpay: HyperPayScene, fault: str) -> None:
    hyperpay.vendor._total_s = 0.3
    await hyperpay.fault(call="checkouts", fault=fault, status=502)
    with pytest.raises(Unavailable):
        await hyperpay.opened()


async def test_an_opening_that_is_refused_says_why(hyperpay: HyperPayScene) -> None:
    await hyperpay.fault(call="checkouts", fault="code", code="100.550.300")
    with pytest.raises(Refused) as refused:
        await hyperpay.opened()
    assert refused.value.reason == "100.550.300"


async def test_a_currency_with_three_decimals_and_a_brand_without_account_are_refused(
    hyperpay: HyperPayScene,
) -> None:
    with pytest.raises(Refused):
        await hyperpay.opened(amount=Money(8650, "KWD"))
    tabby = CheckoutRequest(reference="0" * 26, amount=PRICE, language=Language.EN, method="TABBY")
    with pytest.raises(Refused):
        await hyperpay.gateway.open(tabby)


async def test_apple_pay_has_an_account_of_its_own(hyperpay: HyperPayScene) -> None:
    request = CheckoutRequest(
        reference=hyperpay.reference(), amount=PRICE, language=Language.EN, method="APPLEPAY"
    )
    checkout = await hyperpay.gateway.open(request)
    assert (checkout.entity, checkout.front.brands) == ("8ac7a4c79394bdc801939736f1b30641", ("APPLEPAY",))
    assert checkout.front.integrity.startswith("sha384-")


async def test_a_pending_refund_is_followed_to_its_end(hyperpay: HyperPayScene) -> None:
    await hyperpay.knobs(refund_pending_s=30)
    checkout, reference = await hyperpay.opened()
    await hyperpay.pay(checkout.id)
    capture = (await checked(hyperpay, checkout, reference)).captures[0]
    request = hyperpay.to_refund(capture.id, checkout.entity)
    assert (await hyperpay.gateway.refund(request)).verdict is Verdict.PENDING
    await hyperpay.wait(seconds=10)
    assert (await hyperpay.gateway.check_refund(request)).verdict is Verdict.PENDING
    await hyperpay.wait(seconds=61)
    await hyperpay.gateway.check_refund(request)
    await hyperpay.wait(seconds=61)
    assert (await hyperpay.gateway.check_refund(request)).verdict is Verdict.CAPTURED


async def test_a_refund_that_is_not_in_the_report_yet_is_not_sent_again(hyperpay: HyperPayScene) -> None:
    await hyperpay.knobs(report_lag_s=120)
    checkout, reference = await hyperpay.opened()
    await hyperpay.pay(checkout.id)
    await hyperpay.wait(seconds=130)
    capture = (await checked(hyperpay, checkout, reference)).captures[0]
    request = hyperpay.to_refund(capture.id, checkout.entity)
    await hyperpay.lose("refund")
    await hyperpay.gateway.refund(request)
    assert (await hyperpay.gateway.check_refund(request)).verdict is Verdict.UNKNOWN
    await hyperpay.wait(seconds=130)
    assert (await hyperpay.gateway.check_refund(request)).verdict is Verdict.CAPTURED


async def test_wrong_credentials_hand_nothing_to_a_person(hyperpay: HyperPayScene) -> None:
    checkout, reference = await hyperpay.opened()
    await hyperpay.pay(checkout.id)
    capture = (await checked(hyperpay, checkout, reference)).captures[0]
    await hyperpay.fault(call="payments/RF", fault="code", code="800.900.300")
    with pytest.raises(Unavailable):
        await hyperpay.gateway.refund(hyperpay.to_refund(capture.id, checkout.entity))


async def test_a_refund_past_sixty_days_is_refused(hyperpay: HyperPayScene) -> None:
    checkout, reference = await hyperpay.opened()
    await hyperpay.pay(checkout.id)
    capture = (await checked(hyperpay, checkout, reference)).captures[0]
    await hyperpay.wait(days=61)
    report = await hyperpay.gateway.refund(hyperpay.to_refund(capture.id, checkout.entity))
    assert report.verdict is Verdict.DECLINED


async def test_test_mode_money_is_no_money_in_production(hyperpay: HyperPayScene) -> None:
    object.__setattr__(hyperpay.gateway._checks._reports, "accept_test_codes", False)
    checkout, reference = await hyperpay.opened()
    await hyperpay.pay(checkout.id)
    assert (await checked(hyperpay, checkout, reference)).verdict is Verdict.UNKNOWN


async def test_a_declined_card_is_the_end_when_every_other_account_has_denied(
    hyperpay_with_three_accounts: HyperPayScene,
) -> None:
    """Those that deny are remembered; the one that knows of the card is read with the last of them."""
    hyperpay = hyperpay_with_three_accounts
    checkout, reference = await hyperpay.opened()
    opened_at = hyperpay.clock.now()
    await hyperpay.decline(checkout.id)
    await hyperpay.wait(minutes=46)
    first = await checked(hyperpay, checkout, reference, opened_at=opened_at)
    assert (first.verdict, len(first.denied)) == (Verdict.UNKNOWN, 2)
    await hyperpay.wait(seconds=first.retry_after_s)
    second = await checked(hyperpay, checkout, reference, opened_at=opened_at, denied=first.denied)
    assert second.verdict is Verdict.DECLINED


async def test_a_payment_that_a_message_named_is_not_denied_while_its_id_gives_no_answer(
    hyperpay: HyperPayScene,
) -> None:
    checkout, reference = await hyperpay.opened()
    opened_at = hyperpay.clock.now() - timedelta(minutes=46)
    await hyperpay.fault(call="query", fault="before", status=503, match="8ac7a4a1")
    facts = {"opened_at": opened_at, "payment_ids": ("8ac7a4a1" + "2" * 24,)}
    assert (await checked(hyperpay, checkout, reference, **facts)).verdict is Verdict.UNKNOWN
    await hyperpay.wait(seconds=66)
    assert (await checked(hyperpay, checkout, reference, **facts)).verdict is Verdict.NEVER_PAID


async def test_after_the_watch_every_account_is_asked(hyperpay: HyperPayScene) -> None:
    checkout, reference = await hyperpay.opened()
    opened_at = hyperpay.clock.now() - timedelta(minutes=46)
    await hyperpay.wait(minutes=31)
    await hyperpay.fault(call="query", skip=1, fault="before", status=503)
    one_silent = await checked(hyperpay, checkout, reference, opened_at=opened_at)
    assert one_silent.verdict is Verdict.UNKNOWN
    await hyperpay.wait(seconds=66)
    report = await checked(hyperpay, checkout, reference, opened_at=opened_at)
    assert report.verdict is Verdict.NEVER_PAID


def test_a_sealed_message_of_the_sandboxs_key_is_read(hyperpay: HyperPayScene) -> None:
    message = {"type": "PAYMENT", "payload": {"id": "p", "paymentType": "RF", "merchantTransactionId": "r"}}
    notice = hyperpay.gateway.read_webhook(*sealed(message, WEBHOOK_KEY))
    assert (notice.kind, notice.reference, notice.payment_id) == ("PAYMENT:RF", "r", "")
