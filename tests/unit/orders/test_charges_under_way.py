"""While a charge of ours is under way nothing else of its order is: no second charge, no other gateway."""

from collections.abc import Awaitable, Callable
from uuid import UUID

import pytest
from tests.builders_orders import GUEST
from tests.shop import Shop

from muvi.adapters.kit.gateways import FixedGateways
from muvi.adapters.memory.gateway import CHALLENGES, PAYS, MemoryGateway, Trouble
from muvi.adapters.memory.payments import MemoryPaymentAttempts
from muvi.application.orders import start_payment
from muvi.application.orders.start_payment import PaymentStarted, StartPaymentCommand
from muvi.domain.orders.errors import OrderBusy
from muvi.domain.orders.order import OrderStatus
from muvi.domain.payments.attempt import PaymentAttempt
from muvi.domain.payments.report import PaymentReport, Verdict
from muvi.domain.shared.text import Language
from muvi.ports.payments.gateway import PaymentToCheck

CONFIRMED, PENDING = OrderStatus.CONFIRMED, OrderStatus.PENDING
Story = Callable[[Shop], Awaitable[tuple[UUID, PaymentAttempt]]]


@pytest.fixture
def shop() -> Shop:
    return Shop()


def charges(shop: Shop) -> int:
    """How many calls that may take money were made."""
    return sum(call == "charge" for call, _ in shop.gateway.calls)


async def answer_lost(shop: Shop) -> tuple[UUID, PaymentAttempt]:
    """The money is taken, and nobody can say so for long."""
    order_id = await shop.with_seats()
    shop.gateway.fail("charge", Trouble.LOST)
    shop.gateway.fail("check", *[Trouble.LOST] * 20)
    return order_id, (await shop.pay(order_id, token=PAYS)).attempt


async def at_the_bank(shop: Shop) -> tuple[UUID, PaymentAttempt]:
    """The buyer is at the page of the bank."""
    order_id = await shop.with_seats()
    return order_id, (await shop.pay(order_id, token=CHALLENGES)).attempt


async def to_the_last_minute(shop: Shop, attempt: PaymentAttempt) -> None:
    """Our page takes no card any more, the order lives."""
    await shop.until((attempt.pay_by - shop.clock.now()).total_seconds() + 1)


@pytest.mark.parametrize("story", [answer_lost, at_the_bank])
async def test_in_the_orders_last_minute_it_is_met_as_before(shop: Shop, story: Story) -> None:
    order_id, first = await story(shop)
    await to_the_last_minute(shop, first)
    assert shop.order(order_id).status is PENDING
    assert (await shop.pay(order_id, token=PAYS)).attempt.id == first.id
    assert charges(shop) == 1
    if story is at_the_bank:
        await shop.paid(first)
    await shop.settle()
    assert shop.must_be_whole(order_id) is CONFIRMED
    assert shop.refunds(order_id) == []


@pytest.mark.parametrize("story", [answer_lost, at_the_bank])
async def test_with_an_eye_to_the_time_alone_it_would_be_charged_again(
    shop: Shop, monkeypatch: pytest.MonkeyPatch, story: Story
) -> None:
    """The twin."""

    def in_time(attempts: tuple[PaymentAttempt, ...]) -> PaymentAttempt | None:
        return next((one for one in attempts if shop.clock.now() < one.pay_by), None)

    monkeypatch.setattr(start_payment, "charge_under_way", in_time)
    order_id, first = await story(shop)
    await to_the_last_minute(shop, first)
    await shop.pay(order_id, token=PAYS)
    assert charges(shop) == 2


async def with_another_gateway(shop: Shop) -> MemoryGateway:
    other = MemoryGateway(shop.clock, name="other")
    known = shop.gateways.of("memory"), shop.gateways.by_token("memory")
    assert known[0] is not None
    assert known[1] is not None
    shop.gateways = FixedGateways(known[0], other, charges=[known[1]])
    shop._wire()
    return other


async def pay_at(shop: Shop, order_id: UUID, gateway: str) -> PaymentStarted:
    return await shop.start_payment(
        StartPaymentCommand(actor=GUEST, order_id=order_id, language=Language.EN, gateway=gateway)
    )


@pytest.mark.parametrize("story", [answer_lost, at_the_bank])
async def test_no_other_gateway_is_opened_beside_it(shop: Shop, story: Story) -> None:
    other = await with_another_gateway(shop)
    order_id, _ = await story(shop)
    with pytest.raises(OrderBusy):
        await pay_at(shop, order_id, "other")
    assert other.calls == []
    assert len(shop.attempts(order_id)) == 1


async def test_nor_is_a_form_met_that_was_opened_there_before(shop: Shop) -> None:
    await with_another_gateway(shop)
    order_id = await shop.with_seats()
    form = (await pay_at(shop, order_id, "other")).attempt
    assert (await pay_at(shop, order_id, "other")).attempt.id == form.id
    await shop.pay(order_id, token=CHALLENGES)
    with pytest.raises(OrderBusy):
        await pay_at(shop, order_id, "other")


async def test_nor_the_form_of_the_same_gateway(shop: Shop) -> None:
    order_id, form = await shop.at_the_gateway()
    charged = (await shop.pay(order_id, token=CHALLENGES)).attempt
    assert charged.id != form.id
    assert (await shop.pay(order_id)).attempt.id == charged.id


async def test_once_its_end_was_fetched_another_gateway_is_free(shop: Shop) -> None:
    await with_another_gateway(shop)
    order_id, attempt = await at_the_bank(shop)
    shop.gateway.decline(attempt.checkout_id)
    await shop.signal(attempt)
    await shop.work()
    assert (await pay_at(shop, order_id, "other")).attempt.gateway == "other"


async def test_unless_the_charge_is_forgotten(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    """The twin."""
    monkeypatch.setattr(start_payment, "charge_under_way", lambda _: None)
    await with_another_gateway(shop)
    order_id, _ = await answer_lost(shop)
    assert (await pay_at(shop, order_id, "other")).attempt.gateway == "other"


@pytest.mark.parametrize("token", [PAYS, CHALLENGES])
async def test_what_was_answered_has_arrived_however_late_its_status_is(shop: Shop, token: str) -> None:
    real = shop.gateway.check
    shop.gateway.check = knows_nothing  # type: ignore[method-assign]
    order_id = await shop.with_seats()
    first = (await shop.pay(order_id, token=token)).attempt
    await shop.until(100)
    assert shop.attempts(order_id)[0].last_verdict is Verdict.UNPAID
    assert (await shop.pay(order_id, token=PAYS)).attempt.id == first.id
    assert charges(shop) == 1
    shop.gateway.check = real  # type: ignore[method-assign]
    if token == CHALLENGES:
        shop.gateway.pay(first.checkout_id)
    await shop.signal(first)
    await shop.settle()
    assert shop.must_be_whole(order_id) is CONFIRMED


async def knows_nothing(_: PaymentToCheck) -> PaymentReport:
    return PaymentReport(verdict=Verdict.UNPAID, code="11036")


@pytest.mark.parametrize("token", [PAYS, CHALLENGES])
async def test_an_answer_that_is_forgotten_is_charged_again(
    shop: Shop, monkeypatch: pytest.MonkeyPatch, token: str
) -> None:
    """The twin: the gateway's status alone is believed."""
    shop.gateway.check = knows_nothing  # type: ignore[method-assign]
    real = MemoryPaymentAttempts.save

    async def forgetful(self: MemoryPaymentAttempts, attempt: PaymentAttempt) -> None:
        attempt.charge_answered = False
        await real(self, attempt)

    monkeypatch.setattr(MemoryPaymentAttempts, "save", forgetful)
    order_id = await shop.with_seats()
    await shop.pay(order_id, token=token)
    await shop.until(100)
    await shop.pay(order_id, token=PAYS)
    assert charges(shop) == 2


async def test_a_lost_answer_is_none(shop: Shop) -> None:
    """Else a buyer whose call was lost on its way could not pay again."""
    order_id, _ = await answer_lost(shop)
    assert not shop.attempts(order_id)[0].charge_answered
