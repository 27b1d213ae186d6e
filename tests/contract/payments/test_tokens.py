"""What every gateway that charges tokens keeps to: in memory, at PayFort."""

from dataclasses import replace

import pytest
from tests.contract.payments.gateways import CHALLENGES, DECLINES, PAYS, PRICE, PayFortScene, TokenScene

from muvi.adapters.kit.gateways import FixedGateways
from muvi.domain.payments.front_end import DirectCharge
from muvi.domain.payments.report import PaymentReport, Verdict
from muvi.ports.errors import OutcomeUnknown, Refused, Unavailable
from muvi.ports.payments.gateway import CheckoutRequest
from muvi.ports.payments.tokens import CardToken, ChargeAnswer, TokenGateways
from muvi_sandbox.payfort import codes


async def charged(scene: TokenScene, request: CheckoutRequest, card: str = PAYS) -> ChargeAnswer:
    return await scene.charges.charge(request, await scene.token(card))


async def checked(scene: TokenScene, request: CheckoutRequest) -> PaymentReport:
    checkout = scene.charges.named(request)
    return await scene.gateway.check(scene.to_check(checkout, request.reference))


def test_a_charge_has_its_name_before_it_is_made(token_scene: TokenScene) -> None:
    request = token_scene.to_charge()
    checkout = token_scene.charges.named(request)
    assert (checkout.id, checkout.front) == (request.reference, DirectCharge())
    assert checkout.entity


async def test_a_token_is_charged(token_scene: TokenScene) -> None:
    request = token_scene.to_charge()
    assert await charged(token_scene, request) == ChargeAnswer()
    report = await checked(token_scene, request)
    assert (report.verdict, [row.amount for row in report.captures]) == (Verdict.CAPTURED, [PRICE])
    assert await token_scene.taken_minor() == PRICE.minor


async def test_a_declined_token_takes_no_money(token_scene: TokenScene) -> None:
    request = token_scene.to_charge()
    assert await charged(token_scene, request, DECLINES) == ChargeAnswer()
    assert (await checked(token_scene, request)).verdict is Verdict.DECLINED
    assert await token_scene.taken_minor() == 0


async def test_the_bank_asks_at_an_address_of_its_own(token_scene: TokenScene) -> None:
    request = token_scene.to_charge()
    answer = await charged(token_scene, request, CHALLENGES)
    assert answer.challenge_url.startswith("http")
    assert (await checked(token_scene, request)).verdict is Verdict.PENDING
    await token_scene.pass_challenge(request.reference)
    assert (await checked(token_scene, request)).verdict is Verdict.CAPTURED


async def test_a_token_that_nobody_made_is_refused_and_leaves_nothing(token_scene: TokenScene) -> None:
    request = token_scene.to_charge()
    with pytest.raises(Refused):
        await token_scene.charges.charge(request, CardToken("never-made"))
    assert (await checked(token_scene, request)).verdict is Verdict.UNPAID
    assert await token_scene.taken_minor() == 0


async def test_a_charge_that_was_never_made_is_unpaid(token_scene: TokenScene) -> None:
    request = token_scene.to_charge()
    assert (await checked(token_scene, request)).verdict is Verdict.UNPAID


async def test_a_lost_answer_is_found_by_our_reference(token_scene: TokenScene) -> None:
    request = token_scene.to_charge()
    await token_scene.lose("charge")
    with pytest.raises(OutcomeUnknown):
        await charged(token_scene, request)
    assert (await checked(token_scene, request)).verdict is Verdict.CAPTURED
    assert await token_scene.taken_minor() == PRICE.minor


async def test_a_reference_is_charged_once_and_that_is_no_refusal(token_scene: TokenScene) -> None:
    """Somebody who would send it again learns nothing of the first, so it is not known to have failed."""
    request = token_scene.to_charge()
    await charged(token_scene, request)
    try:
        again = await charged(token_scene, request)
    except OutcomeUnknown:
        again = ChargeAnswer()
    assert again == ChargeAnswer()
    assert await token_scene.taken_minor() == PRICE.minor


def test_a_token_does_not_print_itself(token_scene: TokenScene) -> None:
    assert repr(CardToken("a-name", "123")) == "CardToken()"
    offered: TokenGateways = FixedGateways(token_scene.gateway, charges=[token_scene.charges])
    assert offered.by_token(token_scene.gateway.name) is token_scene.charges
    assert offered.by_token("another") is None


async def test_payfort_is_told_who_pays_and_the_security_code(payfort: PayFortScene) -> None:
    request = payfort.to_charge()
    await charged(payfort, request)
    (opened,) = await payfort.truth("page-opened")
    asked = opened["asked"]
    assert isinstance(asked, dict)
    assert (asked["customer_ip"], asked["customer_email"]) == ("203.0.113.7", "guest@example.com")
    assert "card_security_code" not in asked


@pytest.mark.parametrize("code", ["00006", "00007", "00066", "15777", "20064", "19000"])
async def test_payfort_leaves_it_open(payfort: PayFortScene, code: str) -> None:
    await payfort.fault(call="purchase", fault="code", code=code)
    assert await charged(payfort, payfort.to_charge()) == ChargeAnswer()


@pytest.mark.parametrize("code", ["00001", "00002", "00027"])
async def test_payfort_did_not_understand(payfort: PayFortScene, code: str) -> None:
    await payfort.fault(call="purchase", fault="code", code=code)
    with pytest.raises(Refused) as refused:
        await charged(payfort, payfort.to_charge())
    assert refused.value.reason == code


@pytest.mark.parametrize("code", ["00008", "00009", "00010"])
async def test_payfort_does_not_know_us(payfort: PayFortScene, code: str) -> None:
    await payfort.fault(call="purchase", fault="code", code=code)
    with pytest.raises(Unavailable) as caught:
        await charged(payfort, payfort.to_charge())
    assert caught.value.reason == code


@pytest.mark.parametrize(
    ("field", "raised"),
    [("access_code", Unavailable), ("merchant_identifier", Unavailable), ("amount", Refused)],
)
async def test_payfort_names_the_field_whose_format_is_wrong(
    payfort: PayFortScene, monkeypatch: pytest.MonkeyPatch, field: str, raised: type[Exception]
) -> None:
    monkeypatch.setattr(codes, "message", lambda *_: f"Invalid parameter format - {field}")
    await payfort.fault(call="purchase", fault="code", code="00002")
    with pytest.raises(raised):
        await charged(payfort, payfort.to_charge())


async def test_payfort_answers_something_that_it_did_not_sign(payfort: PayFortScene) -> None:
    claimed = {"response_code": "20064", "3ds_url": "https://evil.invalid", "signature": "0" * 64}
    await payfort.fault(call="purchase", fault="before", status=200, body=claimed)
    with pytest.raises(OutcomeUnknown):
        await charged(payfort, payfort.to_charge())


async def test_payfort_needs_the_buyers_address(payfort: PayFortScene) -> None:
    with pytest.raises(Refused):
        await charged(payfort, replace(payfort.to_charge(), ip=""))
