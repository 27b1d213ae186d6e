"""What every payment gateway keeps to: in memory, at HyperPay, at PayFort."""

from dataclasses import replace

import pytest
from tests.contract.payments.gateways import PRICE, Scene

from muvi.adapters.kit.gateways import FixedGateways
from muvi.adapters.memory.clock import FakeClock
from muvi.adapters.memory.gateway import MemoryGateway
from muvi.application.payments.choice import UnknownGateway, chosen_gateway
from muvi.domain.payments.front_end import CardWidget, HostedForm
from muvi.domain.payments.report import Verdict
from muvi.domain.shared.money import Money
from muvi.domain.shared.text import Language
from muvi.ports.errors import OutcomeUnknown, PortError, Unavailable
from muvi.ports.payments.gateway import CheckoutRequest, PaymentGateways, WebhookForged, WebhookMalformed


async def test_an_opened_checkout_has_what_a_page_needs(scene: Scene) -> None:
    checkout, _ = await scene.opened()
    assert checkout.id
    assert checkout.entity
    match checkout.front:
        case CardWidget() as widget:
            assert checkout.id in widget.script_url
            assert "VISA" in widget.brands
        case HostedForm() as form:
            assert checkout.id in form.fields.values()
            assert form.url.startswith("http")


async def test_the_gateway_is_told_who_pays(scene: Scene) -> None:
    """The bank's risk check asks for it; what nobody gave is left out."""
    buyer = {"given_name": "Reem", "surname": "Al Saleh", "phone": "+966571112223", "ip": "203.0.113.7"}
    for given in (buyer, {**buyer, "email": "reem@example.com"}, {}):
        request = CheckoutRequest(reference=scene.reference(), amount=PRICE, language=Language.EN, **given)
        checkout = await scene.gateway.open(request)
        assert await scene.told_of_buyer(checkout) == (given if scene.knows_buyers else {})


async def test_nobody_has_paid_yet(scene: Scene) -> None:
    checkout, reference = await scene.opened()
    report = await scene.gateway.check(scene.to_check(checkout, reference))
    assert report.verdict is Verdict.UNPAID
    assert report.captures == ()


async def test_a_payment_is_captured_with_all_that_a_refund_needs(scene: Scene) -> None:
    checkout, reference = await scene.opened()
    await scene.pay(checkout.id)
    report = await scene.gateway.check(scene.to_check(checkout, reference))
    assert report.verdict is Verdict.CAPTURED
    (capture,) = report.captures
    assert (capture.amount, capture.entity) == (PRICE, checkout.entity)
    shown = ("VISA", "411111******1111") if scene.lists_every_card else ("", "")
    assert (capture.brand, capture.card_masked) == shown
    assert capture.id


async def test_a_state_given_once_is_found_again(scene: Scene) -> None:
    """The status is one-shot; what was captured stays captured however often it is asked."""
    checkout, reference = await scene.opened()
    await scene.pay(checkout.id)
    first = await scene.gateway.check(scene.to_check(checkout, reference))
    await scene.wait(seconds=61)
    for payment_ids in ((), (first.captures[0].id,)):
        again = await scene.gateway.check(scene.to_check(checkout, reference, payment_ids=payment_ids))
        assert [one.id for one in again.captures] == [first.captures[0].id]
        await scene.wait(seconds=61)


async def test_a_lost_answer_loses_no_money(scene: Scene) -> None:
    checkout, reference = await scene.opened()
    await scene.pay(checkout.id)
    await scene.lose("check")
    await scene.gateway.check(scene.to_check(checkout, reference))
    await scene.wait(seconds=61)
    report = await scene.gateway.check(scene.to_check(checkout, reference))
    assert report.verdict is Verdict.CAPTURED


async def test_a_declined_card_is_declined_and_the_next_one_pays(scene: Scene) -> None:
    checkout, reference = await scene.opened()
    await scene.decline(checkout.id)
    declined = await scene.gateway.check(scene.to_check(checkout, reference))
    assert declined.verdict is Verdict.DECLINED
    assert [row.amount for row in declined.transactions] == [None]
    await scene.pay(checkout.id)
    report = await scene.gateway.check(scene.to_check(checkout, reference))
    assert report.verdict is Verdict.CAPTURED
    assert len(report.captures) == 1


async def test_a_challenge_is_pending_until_it_is_passed(scene: Scene) -> None:
    checkout, reference = await scene.opened()
    await scene.challenge(checkout.id)
    report = await scene.gateway.check(scene.to_check(checkout, reference))
    assert report.verdict is Verdict.PENDING
    await scene.pass_challenge(checkout.id)
    await scene.wait(seconds=61)
    report = await scene.gateway.check(scene.to_check(checkout, reference))
    assert report.verdict is Verdict.CAPTURED


async def test_never_paid_is_said_only_after_the_watch(scene: Scene) -> None:
    checkout, reference = await scene.opened()
    opened_at = scene.clock.now()
    await scene.wait(minutes=31)
    early = await scene.gateway.check(scene.to_check(checkout, reference, opened_at=opened_at))
    assert early.verdict in (Verdict.UNKNOWN, Verdict.UNPAID)
    await scene.wait(minutes=15)
    late = await scene.gateway.check(scene.to_check(checkout, reference, opened_at=opened_at))
    assert late.verdict is Verdict.NEVER_PAID


async def asked_after_the_watch(scene: Scene, *, paid: bool, remembering: bool) -> list[Verdict]:
    """What is said of a checkout, round by round, each as soon as it may be asked; five rounds at most."""
    checkout, reference = await scene.opened()
    opened_at = scene.clock.now()
    if paid:
        await scene.pay(checkout.id)
    await scene.wait(minutes=46)
    denied: tuple[str, ...] = ()
    said: list[Verdict] = []
    while len(said) < 5 and (not said or said[-1] is Verdict.UNKNOWN):
        asked = scene.to_check(checkout, reference, opened_at=opened_at, denied=denied)
        report = await scene.gateway.check(asked)
        said.append(report.verdict)
        denied = tuple(dict.fromkeys((*denied, *report.denied))) if remembering else ()
        await scene.wait(seconds=report.retry_after_s or 0)
    return said


async def test_never_paid_is_concluded_of_more_accounts_than_may_be_asked_at_once(
    three_accounts: Scene,
) -> None:
    said = await asked_after_the_watch(three_accounts, paid=False, remembering=True)
    assert said == [Verdict.UNKNOWN, Verdict.NEVER_PAID]


async def test_without_remembering_who_denied_it_would_never_be_concluded(three_accounts: Scene) -> None:
    """The twin: each round asks the same two and has nothing left for the third."""
    said = await asked_after_the_watch(three_accounts, paid=False, remembering=False)
    assert said == [Verdict.UNKNOWN] * 5


async def test_two_accounts_that_deny_it_prove_nothing(three_accounts: Scene) -> None:
    said = await asked_after_the_watch(three_accounts, paid=True, remembering=True)
    assert said[-1] is Verdict.CAPTURED
    assert len(said) <= 2


async def test_a_dead_checkout_that_was_paid_looks_the_same_and_is_captured(scene: Scene) -> None:
    checkout, reference = await scene.opened()
    opened_at = scene.clock.now()
    await scene.pay(checkout.id)
    await scene.wait(minutes=46)
    report = await scene.gateway.check(scene.to_check(checkout, reference, opened_at=opened_at))
    assert report.verdict is Verdict.CAPTURED


async def test_two_checkouts_can_both_be_paid(scene: Scene) -> None:
    one, first = await scene.opened()
    two, second = await scene.opened()
    await scene.pay(one.id)
    await scene.pay(two.id)
    assert await scene.taken_minor() == 2 * PRICE.minor
    for checkout, reference in ((one, first), (two, second)):
        report = await scene.gateway.check(scene.to_check(checkout, reference))
        assert len(report.captures) == 1


@pytest.mark.parametrize("heard", [True, False])
async def test_every_capture_of_one_checkout_is_reported(scene: Scene, *, heard: bool) -> None:
    """Two tabs, one checkout. A state that is not whole must be asked again; who lists all tells of both."""
    checkout, reference = await scene.opened()
    await scene.pay(checkout.id)
    await scene.pay_once_more(checkout.id)
    await scene.wait(seconds=61)
    first = await scene.gateway.check(scene.to_check(checkout, reference))
    assert (len(first.captures), first.whole) == (1, not scene.takes_a_checkout_twice)
    ids = tuple(row.id for row in first.captures) if heard else ()
    again = await scene.gateway.check(scene.to_check(checkout, reference, payment_ids=ids, paid=True))
    assert again.whole
    assert len({row.id for row in again.captures}) == 1 + scene.takes_a_checkout_twice
    assert sum(row.amount.minor for row in again.captures if row.amount) == await scene.taken_minor()


async def test_a_declined_card_does_not_hide_among_the_captures(scene: Scene) -> None:
    checkout, reference = await scene.opened()
    await scene.decline(checkout.id)
    await scene.pay(checkout.id)
    await scene.wait(seconds=61)
    report = await scene.gateway.check(scene.to_check(checkout, reference, paid=True))
    assert report.whole
    said = [Verdict.CAPTURED, Verdict.DECLINED] if scene.lists_every_card else [Verdict.CAPTURED]
    assert sorted(row.verdict for row in report.transactions) == said
    assert report.verdict is Verdict.CAPTURED


async def test_a_lost_opening_may_be_repeated(scene: Scene) -> None:
    reference = scene.reference()
    if scene.is_asked_to_open:
        await scene.lose("open")
        with pytest.raises(Unavailable):
            await scene.opened(reference)
    checkout, _ = await scene.opened(reference)
    await scene.pay(checkout.id)
    report = await scene.gateway.check(scene.to_check(checkout, reference))
    assert report.verdict is Verdict.CAPTURED


async def test_money_goes_back_whole_and_in_parts(scene: Scene) -> None:
    checkout, reference = await scene.opened()
    await scene.pay(checkout.id)
    capture = (await scene.gateway.check(scene.to_check(checkout, reference))).captures[0]
    for minor in (3000, PRICE.minor - 3000):
        request = scene.to_refund(capture.id, checkout.entity, Money(minor))
        report = await scene.gateway.refund(request)
        assert report.verdict is Verdict.CAPTURED
        assert report.transaction_id not in ("", capture.id)
    assert await scene.taken_minor() == 0


async def test_a_lost_refund_is_asked_about_and_found(scene: Scene) -> None:
    checkout, reference = await scene.opened()
    await scene.pay(checkout.id)
    capture = (await scene.gateway.check(scene.to_check(checkout, reference))).captures[0]
    request = scene.to_refund(capture.id, checkout.entity)
    await scene.lose("refund")
    try:
        lost = (await scene.gateway.refund(request)).verdict
    except OutcomeUnknown:
        lost = Verdict.UNKNOWN
    assert lost is Verdict.UNKNOWN
    await scene.wait(seconds=61)
    assert (await scene.gateway.check_refund(request)).verdict is Verdict.CAPTURED
    assert await scene.taken_minor() == 0


async def test_a_refund_repeated_blindly_would_pay_twice(scene: Scene) -> None:
    """The twin: the gateway does not know the reference as a key of idempotency."""
    checkout, reference = await scene.opened()
    await scene.pay(checkout.id)
    capture = (await scene.gateway.check(scene.to_check(checkout, reference))).captures[0]
    request = scene.to_refund(capture.id, checkout.entity, Money(1000))
    await scene.lose("refund")
    for _ in range(2):
        try:
            await scene.gateway.refund(request)
        except PortError:
            continue
    assert await scene.taken_minor() == PRICE.minor - 2000


async def test_a_refund_under_another_account_is_refused(scene: Scene) -> None:
    checkout, reference = await scene.opened()
    await scene.pay(checkout.id)
    capture = (await scene.gateway.check(scene.to_check(checkout, reference))).captures[0]
    other = "8ac7a4c79394bdc801939736f1b30641"
    report = await scene.gateway.refund(scene.to_refund(capture.id, other))
    assert (report.verdict, report.transaction_id) == (Verdict.DECLINED, "")
    assert await scene.taken_minor() == PRICE.minor


async def test_a_refund_nobody_asked_for_is_unknown_to_the_gateway(scene: Scene) -> None:
    checkout, reference = await scene.opened()
    await scene.pay(checkout.id)
    capture = (await scene.gateway.check(scene.to_check(checkout, reference))).captures[0]
    request = scene.to_refund(capture.id, checkout.entity)
    await scene.wait(minutes=20)
    assert (await scene.gateway.check_refund(request)).verdict is Verdict.NEVER_PAID


async def test_a_refund_that_was_acknowledged_is_never_called_unknown_to_the_gateway(scene: Scene) -> None:
    """Else it would be sent again. The test above is its twin: without the name it is."""
    checkout, reference = await scene.opened()
    await scene.pay(checkout.id)
    capture = (await scene.gateway.check(scene.to_check(checkout, reference))).captures[0]
    request = replace(scene.to_refund(capture.id, checkout.entity), transaction_id="named-by-the-gateway")
    await scene.wait(minutes=20)
    assert (await scene.gateway.check_refund(request)).verdict is Verdict.UNKNOWN


async def test_money_that_was_taken_outweighs_all_that_came_after_it(scene: Scene) -> None:
    checkout, reference = await scene.opened()
    opened_at = scene.clock.now()
    await scene.pay(checkout.id)
    capture = (await scene.gateway.check(scene.to_check(checkout, reference))).captures[0]
    await scene.gateway.refund(scene.to_refund(capture.id, checkout.entity))
    await scene.wait(minutes=46)
    report = await scene.gateway.check(scene.to_check(checkout, reference, opened_at=opened_at))
    assert report.verdict is Verdict.CAPTURED
    assert [row.amount for row in report.captures] == [PRICE]


def test_nonsense_is_no_message(scene: Scene) -> None:
    with pytest.raises(WebhookMalformed):
        scene.gateway.read_webhook({}, b"hello")


@pytest.mark.parametrize("depth", [700, 100_000])
@pytest.mark.parametrize(("opens", "ends"), [("[", "]"), ('{"a":', "}")])
def test_a_message_that_is_nested_deeply_is_malformed(
    scene: Scene, depth: int, opens: str, ends: str
) -> None:
    """Anybody may send one; it must not become an unexpected error."""
    deep = opens * depth + "1" + ends * depth
    named = '"access_code": "sandboxAccessCode000", "merchant_identifier": "sandboxM", "signature": "00"'
    body = f'{{{named}, "merchant_reference": "x", "encryptedBody": {deep}, "a": {deep}}}'.encode()
    headers = {"x-initialization-vector": "00" * 12, "x-authentication-tag": "00" * 16}
    with pytest.raises(WebhookMalformed):
        scene.gateway.read_webhook(headers, body)
    body = body.replace(f'"encryptedBody": {deep}'.encode(), b'"encryptedBody": "00"')
    with pytest.raises((WebhookMalformed, WebhookForged)):
        scene.gateway.read_webhook(headers, body)


def test_a_gateway_is_offered_under_its_name(scene: Scene) -> None:
    offered: PaymentGateways = FixedGateways(scene.gateway)
    assert offered.offered == (scene.gateway.name,)
    assert offered.of(scene.gateway.name) is scene.gateway
    assert offered.of("another") is None


def test_a_gateway_that_takes_no_new_payments_still_answers_for_its_old_ones(scene: Scene) -> None:
    another = MemoryGateway(FakeClock(), "another")
    gateways = FixedGateways(scene.gateway, another, offered=["another"])
    assert gateways.offered == ("another",)
    assert gateways.of(scene.gateway.name) is scene.gateway
    assert chosen_gateway(gateways, "") is another
    with pytest.raises(UnknownGateway) as refused:
        chosen_gateway(gateways, scene.gateway.name)
    assert refused.value.facts["offered"] == ["another"]
