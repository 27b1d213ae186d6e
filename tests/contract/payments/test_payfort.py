"""The traps of PayFort, each met at the sandbox."""

from dataclasses import replace
from datetime import timedelta

import pytest
from tests.builders_payments import an_attempt
from tests.contract.payments.gateways import PRICE, PayFortScene
from tests.unit.payments.world import PaymentsWorld

from muvi.adapters.kit.gateways import FixedGateways
from muvi.adapters.payments.payfort.signature import Signer
from muvi.application.payments.check_payment import CheckPayment, CheckPaymentCommand
from muvi.domain.payments.front_end import HostedForm
from muvi.domain.payments.report import PaymentReport, RefundReport, Verdict
from muvi.domain.shared.ids import to_wire
from muvi.domain.shared.money import Money
from muvi.domain.shared.text import Language
from muvi.ports.errors import OutcomeUnknown, Refused, Unavailable
from muvi.ports.payments.gateway import CheckoutRequest, GatewayCheckout, RefundRequest

UNCERTAIN, SLOW = "4000000000000119", "4000000000000077"


async def checked(scene: PayFortScene, checkout: GatewayCheckout, **facts: object) -> PaymentReport:
    return await scene.gateway.check(scene.to_check(checkout, checkout.id, **facts))  # type: ignore[arg-type]


async def paid(scene: PayFortScene) -> RefundRequest:
    """A payment, and a refund of all of it."""
    checkout, _ = await scene.opened()
    await scene.pay(checkout.id)
    capture = (await checked(scene, checkout)).captures[0]
    return scene.to_refund(capture.id, checkout.entity)


async def test_the_form_is_signed_and_holds_nothing_personal(payfort: PayFortScene) -> None:
    request = CheckoutRequest(
        reference=payfort.reference(),
        amount=Money(8650, "KWD"),
        language=Language.AR,
        email="reem@example.com",
        given_name="Reem",
        phone="+966571112223",
        ip="203.0.113.7",
    )
    form = (await payfort.gateway.open(request)).front
    assert isinstance(form, HostedForm)
    asked = dict(form.fields)
    assert asked.pop("signature")
    assert asked == {
        "command": "PURCHASE",
        "access_code": "sandboxAccessCode000",
        "merchant_identifier": "sandboxM",
        "merchant_reference": request.reference,
        "amount": "8650",
        "currency": "KWD",
        "language": "ar",
        "customer_email": "tickets@muvi.example",
        "return_url": "http://127.0.0.1:3000/api/v1/transactions/payfort",
    }


async def test_nothing_is_asked_of_the_gateway_to_open_a_payment(payfort: PayFortScene) -> None:
    await payfort.fault(call="*", fault="before", times=9, status=503)
    await payfort.opened()
    assert [rule["hits"] for rule in (await payfort.http.get("/control")).json()["rules"]] == [0]


async def test_what_it_does_not_take_is_refused(payfort: PayFortScene) -> None:
    for change in ({"method": "APPLEPAY"}, {"amount": Money(10**10)}):
        facts = {"reference": payfort.reference(), "amount": PRICE, "language": Language.EN} | change
        with pytest.raises(Refused):
            await payfort.gateway.open(CheckoutRequest(**facts))  # type: ignore[arg-type]


async def test_a_page_that_nobody_paid_is_pending_and_in_the_end_never_paid(payfort: PayFortScene) -> None:
    await payfort.knobs(page_life_s=9000)
    checkout, _ = await payfort.opened()
    opened_at = payfort.clock.now()
    form = payfort.forms[checkout.id]
    assert (await payfort.http.post(form.url, data=dict(form.fields))).status_code == 303
    report = await checked(payfort, checkout)
    assert (report.verdict, report.page_only) == (Verdict.PENDING, True)
    await payfort.wait(minutes=46)
    assert (await checked(payfort, checkout, opened_at=opened_at)).verdict is Verdict.NEVER_PAID


@pytest.mark.parametrize(
    ("code", "late"),
    [("10000", Verdict.NEVER_PAID), ("10784", Verdict.UNKNOWN), ("10006", Verdict.UNKNOWN)],
)
async def test_money_outranks_the_word_that_a_page_stayed_incomplete(
    payfort: PayFortScene, code: str, late: Verdict
) -> None:
    """And without money it is believed only where the message leaves nothing open."""
    unpaid, _ = await payfort.opened()
    form = payfort.forms[unpaid.id]
    await payfort.http.post(form.url, data=dict(form.fields))
    opened_at = payfort.clock.now()
    paid, _ = await payfort.opened()
    await payfort.pay(paid.id)
    await payfort.wait(minutes=46)
    await payfort.knobs(status_code=code)
    assert (await checked(payfort, unpaid, opened_at=opened_at)).verdict is late
    report = await checked(payfort, paid, opened_at=opened_at)
    assert (report.verdict, [row.amount for row in report.captures]) == (Verdict.CAPTURED, [PRICE])


@pytest.mark.parametrize("code", ["05666", "07666", "07048", "09666"])
async def test_what_failed_after_a_payment_is_no_decline(payfort: PayFortScene, code: str) -> None:
    checkout, _ = await payfort.opened()
    await payfort.decline(checkout.id)
    await payfort.knobs(status_code=code)
    assert (await checked(payfort, checkout)).verdict is Verdict.UNKNOWN


async def test_a_used_reference_does_not_hide_what_became_of_it(payfort: PayFortScene) -> None:
    """The back button posts the form again: it is refused, and the first answer stays."""
    checkout, _ = await payfort.opened()
    await payfort.pay(checkout.id)
    await payfort.pay_once_more(checkout.id)
    report = await checked(payfort, checkout)
    assert (report.verdict, report.whole, len(report.captures)) == (Verdict.CAPTURED, True, 1)


async def test_uncertain_feedback_is_settled_by_the_status(payfort: PayFortScene) -> None:
    checkout, _ = await payfort.opened()
    back = (await payfort.shop(checkout.id, UNCERTAIN)).json()["fields"]
    assert back["response_code"] == "15777"
    assert (await checked(payfort, checkout)).verdict is Verdict.CAPTURED


async def test_a_payment_that_waits_is_pending_and_then_paid(payfort: PayFortScene) -> None:
    checkout, _ = await payfort.opened()
    await payfort.shop(checkout.id, SLOW)
    report = await checked(payfort, checkout)
    assert (report.verdict, report.page_only) == (Verdict.PENDING, False)
    await payfort.wait(seconds=11)
    assert (await checked(payfort, checkout)).verdict is Verdict.CAPTURED


async def test_money_that_went_back_was_taken_all_the_same(payfort: PayFortScene) -> None:
    request = await paid(payfort)
    await payfort.gateway.refund(request)
    checkout_id = request.payment_reference
    report = await payfort.gateway.check(
        payfort.to_check(
            GatewayCheckout(id=checkout_id, entity="sandboxM", front=HostedForm(url="")), checkout_id
        )
    )
    assert (report.code, [row.amount for row in report.captures]) == ("06000", [PRICE])


LATER_CARD = "169900000000000099"


async def named_differently(
    scene: PayFortScene, monkeypatch: pytest.MonkeyPatch, *, forgetting: bool = False
) -> list[int]:
    """A status that bears another id at the last look: what an attempt takes for its captures."""
    world = PaymentsWorld()
    world.clock = scene.clock  # type: ignore[assignment]
    check = CheckPayment(world.begin, FixedGateways(scene.gateway), scene.clock)
    attempt = an_attempt(7, now=scene.clock.now(), gateway="payfort")
    checkout, reference = await scene.opened(to_wire(attempt.id))
    now = scene.clock.now()
    front, pay_by = checkout.front, now + timedelta(minutes=20)
    attempt.opened(checkout_id=checkout.id, entity=checkout.entity, now=now, pay_by=pay_by, front=front)
    async with world.begin() as tx:
        await tx.attempts.add(attempt)
    await scene.pay(checkout.id)
    await check(CheckPaymentCommand(attempt_id=attempt.id))
    signer = scene.settings.signer
    theirs = Signer(digest=signer.digest, request_phrase=signer.response_phrase, response_phrase="-")
    told = {
        "merchant_identifier": "sandboxM",
        "merchant_reference": reference,
        "fort_id": LATER_CARD,
        "response_code": "12000",
        "transaction_code": "13666",
        "captured_amount": str(PRICE.minor),
    }
    await scene.fault(call="check-status", fault="before", status=200, body=theirs.signed(told))
    await scene.wait(minutes=46)
    if forgetting:
        ask = scene.gateway.check
        monkeypatch.setattr(scene.gateway, "check", lambda about: ask(replace(about, captured_ids=())))
    await check(CheckPaymentCommand(attempt_id=attempt.id))
    return [capture.amount.minor for capture in (await world.attempt(attempt.id)).captured]


async def test_the_money_of_a_reference_is_one_whatever_id_its_status_bears(
    payfort: PayFortScene, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert await named_differently(payfort, monkeypatch) == [PRICE.minor]


async def test_forgetting_the_first_id_it_would_be_counted_twice(
    payfort: PayFortScene, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The twin."""
    assert await named_differently(payfort, monkeypatch, forgetting=True) == [PRICE.minor] * 2


async def test_the_vendor_is_asked_within_the_budget(payfort: PayFortScene) -> None:
    checkout, _ = await payfort.opened()
    reports = [await checked(payfort, checkout) for _ in range(6)]
    assert [report.verdict for report in reports] == [Verdict.UNPAID] * 4 + [Verdict.UNKNOWN] * 2
    assert all(report.retry_after_s for report in reports[4:])


@pytest.mark.parametrize("fault", ["garbage", "hang", "hang-after", "garbage-after", "before"])
async def test_a_failing_network_is_unknown(payfort: PayFortScene, fault: str) -> None:
    payfort.vendor._total_s = 0.3
    checkout, _ = await payfort.opened()
    await payfort.fault(call="*", fault=fault, status=502)
    assert (await checked(payfort, checkout)).verdict is Verdict.UNKNOWN


@pytest.mark.parametrize("code", ["00008", "00006", "12006", "00027"])
async def test_a_refused_question_says_nothing_of_the_payment(payfort: PayFortScene, code: str) -> None:
    checkout, _ = await payfort.opened()
    await payfort.pay(checkout.id)
    await payfort.fault(call="check-status", fault="code", code=code)
    assert (await checked(payfort, checkout)).verdict is Verdict.UNKNOWN


async def test_an_answer_that_is_not_signed_for_us_is_not_believed(payfort: PayFortScene) -> None:
    checkout, _ = await payfort.opened()
    await payfort.pay(checkout.id)
    claimed = {"response_code": "11036", "signature": "0" * 64}
    await payfort.fault(call="check-status", fault="before", status=200, body=claimed)
    assert (await checked(payfort, checkout, opened_at=payfort.clock.now().replace(year=2020))).verdict is (
        Verdict.UNKNOWN
    )


@pytest.mark.parametrize("style", ["skip", "keep"])
async def test_answers_with_empty_values_are_read(payfort: PayFortScene, style: str) -> None:
    await payfort.knobs(empty_values=style, upper_case=True)
    checkout, _ = await payfort.opened()
    await payfort.pay(checkout.id)
    assert (await checked(payfort, checkout)).verdict is Verdict.CAPTURED


async def test_another_merchants_payment_is_left_alone(payfort: PayFortScene) -> None:
    checkout = GatewayCheckout(id=payfort.reference(), entity="another", front=HostedForm(url=""))
    assert (await checked(payfort, checkout)).verdict is Verdict.UNKNOWN


async def asked_again(scene: PayFortScene, request: RefundRequest) -> RefundReport:
    await scene.wait(minutes=11)
    return await scene.gateway.check_refund(request)


async def test_a_refund_that_never_arrived_may_be_sent_again_in_time(payfort: PayFortScene) -> None:
    request = await paid(payfort)
    payfort.vendor._total_s = 0.3
    await payfort.fault(call="refund", fault="hang")
    with pytest.raises(OutcomeUnknown):
        await payfort.gateway.refund(request)
    assert (await payfort.gateway.check_refund(request)).verdict is Verdict.UNKNOWN
    assert (await asked_again(payfort, request)).verdict is Verdict.NEVER_PAID


async def part(scene: PayFortScene, minor: int, *, others: int) -> RefundRequest:
    """A part of the payment that was opened last, beside `others` that were asked for too."""
    reference = list(scene.forms)[-1]
    payment = next(row for row in await scene.truth("debit") if row["merchant_reference"] == reference)
    request = scene.to_refund(str(payment["id"]), "sandboxM", Money(minor))
    return RefundRequest(
        reference=request.reference,
        payment_id=request.payment_id,
        entity=request.entity,
        amount=request.amount,
        sent_at=request.sent_at,
        payment_reference=reference,
        others_minor=others,
    )


@pytest.mark.parametrize(
    ("went", "minor", "others", "verdict"),
    [
        ((), 2000, 3000, Verdict.NEVER_PAID),
        ((1000,), 2000, 3000, Verdict.NEVER_PAID),
        ((3000,), 2000, 3000, Verdict.UNKNOWN),
        ((2000,), 2000, 3000, Verdict.UNKNOWN),
        ((3000, 2000), 2000, 3000, Verdict.CAPTURED),
    ],
)
async def test_a_sum_tells_of_one_refund_only_when_nothing_else_fits(
    payfort: PayFortScene, went: tuple[int, ...], minor: int, others: int, verdict: Verdict
) -> None:
    await paid(payfort)
    for one in went:
        await payfort.gateway.refund(await part(payfort, one, others=0))
    assert (await asked_again(payfort, await part(payfort, minor, others=others))).verdict is verdict


@pytest.mark.parametrize(
    ("code", "verdict"),
    [("07048", Verdict.DECLINED), ("07666", Verdict.DECLINED), ("00027", Verdict.DECLINED)],
)
async def test_a_refund_is_refused_by_its_code(payfort: PayFortScene, code: str, verdict: Verdict) -> None:
    request = await paid(payfort)
    await payfort.knobs(refund_code=code)
    report = await payfort.gateway.refund(request)
    assert (report.verdict, report.transaction_id) == (verdict, "")


ACKNOWLEDGED = {
    Verdict.PENDING: "19000 20000 40000 01000",
    Verdict.UNKNOWN: "06777 15777 06784 07006 00006 00047 14000 04000 02000 13666 99999",
}


@pytest.mark.parametrize(
    ("code", "verdict"),
    [(code, verdict) for verdict, codes in ACKNOWLEDGED.items() for code in codes.split()],
)
async def test_a_refund_that_the_gateway_heard_of_is_never_sent_again(
    payfort: PayFortScene, code: str, verdict: Verdict
) -> None:
    """Pending, unclear, or with the success of something else: it may still go out there."""
    request = await paid(payfort)
    await payfort.knobs(refund_code=code)
    report = await payfort.gateway.refund(request)
    assert report.verdict is verdict
    named = replace(request, transaction_id=report.transaction_id)
    assert (await asked_again(payfort, named)).verdict is Verdict.UNKNOWN


async def test_without_its_name_it_would_be_sent_again(payfort: PayFortScene) -> None:
    """The twin: the sum alone tells a refund on its way from one that never arrived no more."""
    request = await paid(payfort)
    await payfort.knobs(refund_code="19000")
    await payfort.gateway.refund(request)
    assert (await asked_again(payfort, request)).verdict is Verdict.NEVER_PAID


@pytest.mark.parametrize("code", ["00008", "00009", "00010"])
async def test_wrong_credentials_hand_nothing_to_a_person(payfort: PayFortScene, code: str) -> None:
    request = await paid(payfort)
    await payfort.fault(call="refund", fault="code", code=code)
    with pytest.raises(Unavailable) as failure:
        await payfort.gateway.refund(request)
    assert failure.value.reason == code


async def test_a_refund_of_a_wrong_format_is_a_persons_matter(payfort: PayFortScene) -> None:
    request = await paid(payfort)
    await payfort.fault(call="refund", fault="code", code="00002")
    assert (await payfort.gateway.refund(request)).verdict is Verdict.DECLINED
