"""Purchases whose card we charge by token: the call is made once, and what became of it is asked."""

from dataclasses import dataclass
from uuid import UUID

import pytest
from tests.killing import KillSignal
from tests.shop import Shop

from muvi.adapters.kit.gateways import FixedGateways
from muvi.adapters.memory.gateway import CHALLENGES, DECLINES, PAYS, Trouble
from muvi.application.orders import start_payment
from muvi.application.orders.charge_token import TokenCharging, TokenNotAccepted, TokenRefused
from muvi.domain.orders.errors import OrderBusy
from muvi.domain.orders.order import OrderStatus
from muvi.domain.payments.attempt import PaymentAttempt
from muvi.domain.payments.attempt_status import AttemptStatus
from muvi.domain.payments.front_end import DirectCharge
from muvi.domain.shared.money import Money
from muvi.ports.errors import Unavailable

CONFIRMED, PENDING = OrderStatus.CONFIRMED, OrderStatus.PENDING


@pytest.fixture
def shop() -> Shop:
    return Shop()


def charges(shop: Shop) -> int:
    """How many calls that may take money were made."""
    return sum(call == "charge" for call, _ in shop.gateway.calls)


async def whole(shop: Shop, order_id: UUID) -> None:
    await shop.settle()
    assert shop.must_be_whole(order_id) is CONFIRMED


async def test_a_token_pays_without_the_buyer(shop: Shop) -> None:
    order_id = await shop.with_seats()
    started = await shop.pay(order_id, token=PAYS)
    assert started.attempt.front == DirectCharge()
    await shop.work()
    assert shop.order(order_id).status is CONFIRMED
    assert charges(shop) == 1
    await whole(shop, order_id)


async def test_nothing_of_the_card_is_kept(shop: Shop) -> None:
    order_id = await shop.with_seats()
    await shop.pay(order_id, token=PAYS)
    for table in ("payment_attempts", "orders", "order_timeline", "outbox"):
        assert PAYS not in repr(shop.database.table(table))


@pytest.mark.parametrize("accepted", [True, False])
async def test_the_bank_may_ask_the_buyer(shop: Shop, *, accepted: bool) -> None:
    order_id = await shop.with_seats()
    attempt = (await shop.pay(order_id, token=CHALLENGES)).attempt
    assert attempt.front == DirectCharge(challenge_url=f"https://bank.invalid/{attempt.checkout_id}")
    again = (await shop.pay(order_id, token=CHALLENGES)).attempt
    assert (again.id, again.front) == (attempt.id, attempt.front)
    if accepted:
        await shop.paid(attempt)
        await whole(shop, order_id)
        return
    shop.gateway.decline(attempt.checkout_id)
    await shop.signal(attempt)
    await shop.work()
    assert shop.attempts(order_id)[0].status is AttemptStatus.FAILED
    await shop.pay(order_id, token=PAYS)
    await whole(shop, order_id)


async def test_declined_and_then_paid_with_another_token(shop: Shop) -> None:
    order_id = await shop.with_seats()
    first = (await shop.pay(order_id, token=DECLINES)).attempt
    await shop.work()
    assert (shop.order(order_id).status, shop.codes(order_id)["payment-declined"]) == (PENDING, 1)
    assert (await shop.pay(order_id, token=PAYS)).attempt.id != first.id
    await whole(shop, order_id)


async def test_a_token_that_is_good_for_nothing_is_refused_at_once(shop: Shop) -> None:
    order_id = await shop.with_seats()
    with pytest.raises(TokenRefused):
        await shop.pay(order_id, token="never-made")
    assert shop.attempts(order_id)[0].status is AttemptStatus.FAILED
    await shop.pay(order_id, token=PAYS)
    await whole(shop, order_id)


async def test_a_charge_that_was_surely_not_sent_may_be_repeated(shop: Shop) -> None:
    order_id = await shop.with_seats()
    shop.gateway.fail("charge", Trouble.UNAVAILABLE)
    with pytest.raises(Unavailable):
        await shop.pay(order_id, token=PAYS)
    await shop.pay(order_id, token=PAYS)
    await whole(shop, order_id)


async def test_a_gateway_without_tokens_says_so(shop: Shop) -> None:
    order_id = await shop.with_seats()
    shop.gateways = FixedGateways(shop.gateway)
    shop._wire()
    with pytest.raises(TokenNotAccepted):
        await shop.pay(order_id, token=PAYS)
    assert shop.attempts(order_id) == []


async def test_a_lost_answer_is_asked_for_and_the_money_found(shop: Shop) -> None:
    order_id = await shop.with_seats()
    shop.gateway.fail("charge", Trouble.LOST)
    attempt = (await shop.pay(order_id, token=PAYS)).attempt
    assert attempt.status is AttemptStatus.PENDING
    await shop.work()
    assert shop.order(order_id).status is CONFIRMED
    assert charges(shop) == 1
    await whole(shop, order_id)


async def test_a_lost_answer_blocks_a_second_charge_until_it_is_known(shop: Shop) -> None:
    order_id = await shop.with_seats()
    shop.gateway.fail("charge", Trouble.LOST)
    shop.gateway.fail("check", Trouble.LOST, Trouble.LOST)
    first = (await shop.pay(order_id, token=PAYS)).attempt
    await shop.work()
    assert (await shop.pay(order_id, token=PAYS)).attempt.id == first.id
    assert charges(shop) == 1
    await whole(shop, order_id)


async def test_a_guess_instead_would_charge_twice(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    """The twin: an open charge is not met again. The second capture goes back, as ever."""
    monkeypatch.setattr(start_payment, "charge_under_way", lambda _: None)
    order_id = await shop.with_seats()
    shop.gateway.fail("charge", Trouble.LOST)
    shop.gateway.fail("check", Trouble.LOST, Trouble.LOST)
    await shop.pay(order_id, token=PAYS)
    await shop.pay(order_id, token=PAYS)
    assert charges(shop) == 2
    assert sum(shop.gateway.captured_minor(one.checkout_id) for one in shop.attempts(order_id)) == (
        2 * shop.order(order_id).total_minor
    )
    await whole(shop, order_id)


async def test_a_form_that_is_open_does_not_swallow_a_token(shop: Shop) -> None:
    order_id, form = await shop.at_the_gateway()
    charged = (await shop.pay(order_id, token=PAYS)).attempt
    assert charged.id != form.id
    await whole(shop, order_id)


@dataclass
class SecondClick:
    """Presses the button again while the first charge is on its way."""

    shop: Shop
    order_id: UUID
    met: PaymentAttempt | None = None

    async def charge(self, *_: object) -> None:
        self.met = (await self.shop.pay(self.order_id, token=PAYS)).attempt


async def test_a_double_click_is_one_charge(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    order_id = await shop.with_seats()
    second = SecondClick(shop, order_id)
    real = TokenCharging.charge

    async def clicked(self: TokenCharging, *args: object) -> PaymentAttempt:
        await second.charge()
        return await real(self, *args)  # type: ignore[arg-type]

    monkeypatch.setattr(TokenCharging, "charge", clicked)
    first = (await shop.pay(order_id, token=PAYS)).attempt
    assert second.met is not None
    assert second.met.id == first.id
    assert charges(shop) == 1
    await whole(shop, order_id)


async def killed(shop: Shop, order_id: UUID, moment: int) -> bool:
    """Pay with a process that dies at that moment; whether it did."""
    shop.killer.arm(moment)
    try:
        await shop.pay(order_id, token=PAYS)
    except KillSignal:
        return True
    finally:
        shop.killer.disarm()
    return False


async def moments() -> list[str]:
    shop = Shop()
    order_id = await shop.with_seats()
    shop.killer.passed = []
    await shop.pay(order_id, token=PAYS)
    return list(shop.killer.passed)


async def test_killed_anywhere_the_buyer_pays_once() -> None:
    """Who finds no confirmed order after a minute and a half presses the button again."""
    names = await moments()
    assert {"before charge", "after charge"} <= set(names)
    for moment, name in enumerate(names):
        shop = Shop()
        order_id = await shop.with_seats()
        assert await killed(shop, order_id, moment), name
        await shop.until(100)
        charged = "after charge" in names[: moment + 1]
        assert (shop.order(order_id).status is CONFIRMED) == charged, name
        if not charged:
            try:
                await shop.pay(order_id, token=PAYS)
            except OrderBusy:
                pytest.fail(f"the order is not payable after {name}")
        await whole(shop, order_id)
        assert charges(shop) == 1, name


async def test_a_charge_that_never_arrived_is_watched_beside_the_next(shop: Shop) -> None:
    """Should it arrive after all, one of the two goes back."""
    order_id = await shop.with_seats()
    names = await moments()
    assert await killed(shop, order_id, names.index("before charge"))
    await shop.until(100)
    lost = shop.attempts(order_id)[0]
    assert (lost.status, lost.next_check_at is not None) == (AttemptStatus.PENDING, True)
    await shop.pay(order_id, token=PAYS)
    shop.gateway._checkouts[lost.checkout_id] = shop.gateway._checkouts[
        shop.attempts(order_id)[1].checkout_id
    ].__class__(lost.checkout_id, lost.checkout_id, Money(lost.amount.minor), shop.clock.now())
    shop.gateway.pay(lost.checkout_id)
    await whole(shop, order_id)
