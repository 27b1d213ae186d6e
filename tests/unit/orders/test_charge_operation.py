"""A card is charged inside the operation of `pay`: nothing else of the order happens meanwhile."""

from collections.abc import Awaitable, Callable
from types import SimpleNamespace
from uuid import UUID

import pytest
from tests.shop import Shop, others
from tests.unit.orders.test_charges_under_way import answer_lost, at_the_bank, charges
from tests.unit.orders.test_operations import dead_at

from muvi.adapters.memory.gateway import DECLINES, PAYS, Trouble
from muvi.application.orders import cancel_order, charge_token
from muvi.application.orders.charge_token import TokenCharging, TokenRefused
from muvi.application.orders.operations import LEASE_S, Lease
from muvi.domain.orders.errors import OrderBusy
from muvi.domain.orders.order import OrderStatus
from muvi.domain.payments.attempt import PaymentAttempt
from muvi.domain.payments.attempt_status import AttemptStatus
from muvi.domain.payments.report import Verdict
from muvi.domain.shared.ids import to_wire
from muvi.ports.errors import Unavailable
from muvi.ports.payments.gateway import CheckoutRequest
from muvi.ports.payments.tokens import CardToken, ChargeAnswer

CONFIRMED, CANCELLED = OrderStatus.CONFIRMED, OrderStatus.CANCELLED
Act = Callable[[], Awaitable[None]]


@pytest.fixture
def shop() -> Shop:
    return Shop()


def before_the_call(monkeypatch: pytest.MonkeyPatch, act: Act) -> None:
    """Let something happen once, after the intent was committed and before the card is charged."""
    real = TokenCharging.charge

    async def held_up(self: TokenCharging, *args: object) -> PaymentAttempt:
        monkeypatch.setattr(TokenCharging, "charge", real)
        await act()
        return await real(self, *args)  # type: ignore[arg-type]

    monkeypatch.setattr(TokenCharging, "charge", held_up)


def within_the_call(shop: Shop, act: Act, *, before: bool = False) -> None:
    """Let something happen while the gateway charges: before it does, or before its answer is heard."""
    real = shop.gateway.charge

    async def slow(request: CheckoutRequest, token: CardToken) -> ChargeAnswer:
        shop.gateway.charge = real  # type: ignore[method-assign]
        if before:
            await act()
        answer = await real(request, token)
        if not before:
            await act()
        return answer

    shop.gateway.charge = slow  # type: ignore[method-assign]


async def whole(shop: Shop, order_id: UUID) -> None:
    await shop.settle()
    assert shop.must_be_whole(order_id) is CONFIRMED


async def test_what_is_being_charged_is_not_cancelled(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    order_id = await shop.with_seats()

    async def cancel() -> None:
        assert not await shop.can_cancel(order_id)
        with pytest.raises(OrderBusy):
            await shop.cancel(order_id)

    before_the_call(monkeypatch, cancel)
    within_the_call(shop, cancel)
    await shop.pay(order_id, token=PAYS)
    assert shop.order(order_id).operation is None
    await whole(shop, order_id)


async def test_else_a_card_is_charged_for_an_order_that_was_cancelled(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The twin."""
    monkeypatch.setattr(cancel_order, "refusal_to_cancel", lambda *_, **__: None)
    order_id = await shop.with_seats()

    async def cancel() -> None:
        assert (await shop.cancel(order_id)).status is CANCELLED
        assert charges(shop) == 0

    before_the_call(monkeypatch, cancel)
    await shop.pay(order_id, token=PAYS)
    assert charges(shop) == 1


@pytest.mark.parametrize("story", [answer_lost, at_the_bank])
async def test_nor_until_its_end_was_fetched(
    shop: Shop, story: Callable[[Shop], Awaitable[tuple[UUID, PaymentAttempt]]]
) -> None:
    order_id, attempt = await story(shop)
    await shop.until(100)
    assert shop.order(order_id).operation is None
    assert not await shop.can_cancel(order_id)
    with pytest.raises(OrderBusy):
        await shop.cancel(order_id)
    if story is at_the_bank:
        shop.gateway.decline(attempt.checkout_id)
        await shop.signal(attempt)
        await shop.work()
        assert await shop.can_cancel(order_id)
        assert (await shop.cancel(order_id)).status is CANCELLED
        return
    await whole(shop, order_id)


async def test_else_money_that_was_taken_is_said_not_to_be(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The twin."""
    monkeypatch.setattr(cancel_order, "is_under_way", lambda _: False)
    order_id, _ = await answer_lost(shop)
    assert await shop.can_cancel(order_id)
    assert shop.kept_minor(order_id) > 0


async def test_who_was_held_up_until_others_took_over_charges_nothing(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By then the buyer has paid by another charge."""
    order_id = await shop.with_seats()
    before_the_call(monkeypatch, lambda: paid_meanwhile(shop, order_id))
    with pytest.raises(OrderBusy):
        await shop.pay(order_id, token=PAYS)
    assert charges(shop) == 1
    held_up, second = shop.attempts(order_id)
    assert (held_up.status, second.status) == (AttemptStatus.FAILED, AttemptStatus.CAPTURED)
    assert shop.codes(order_id)["payment-declined"] == 0
    await whole(shop, order_id)


async def paid_meanwhile(shop: Shop, order_id: UUID) -> None:
    await shop.until(100)
    await shop.pay(order_id, token=PAYS)
    await shop.work()
    assert shop.order(order_id).status is CONFIRMED


async def test_unless_it_does_not_look(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    """The twin: the second capture goes back, as ever."""
    order_id = await shop.with_seats()

    async def paid() -> None:
        await paid_meanwhile(shop, order_id)
        monkeypatch.setattr(Lease, "require", lambda _: None)

    before_the_call(monkeypatch, paid)
    await shop.pay(order_id, token=PAYS)
    assert charges(shop) == 2


async def test_a_late_word_ends_no_operation_of_others(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    order_id = await shop.with_seats()
    running: list[object] = []

    async def begun_by_others() -> None:
        await shop.until(100)
        real = shop.gateway.charge

        async def stop(*_: object) -> ChargeAnswer:
            shop.gateway.charge = real  # type: ignore[method-assign]
            running.append(shop.order(order_id).operation)
            raise KeyboardInterrupt

        shop.gateway.charge = stop  # type: ignore[method-assign]
        with pytest.raises(KeyboardInterrupt):
            await shop.pay(order_id, token=PAYS)

    before_the_call(monkeypatch, begun_by_others)
    with pytest.raises(OrderBusy):
        await shop.pay(order_id, token=PAYS)
    assert running
    assert shop.order(order_id).operation == running[0]


async def test_a_slow_gateway_takes_the_operation_from_nobody(shop: Shop) -> None:
    """Its status knows nothing meanwhile, and a second `pay` waits all the same."""
    order_id = await shop.with_seats()

    async def long() -> None:
        await others()
        await shop.live(100)
        assert shop.attempts(order_id)[0].last_verdict is Verdict.UNPAID
        with pytest.raises(OrderBusy):
            await shop.pay(order_id, token=PAYS)

    within_the_call(shop, long, before=True)
    await shop.pay(order_id, token=PAYS)
    assert (charges(shop), shop.codes(order_id)["operation-lapsed"]) == (1, 0)
    await whole(shop, order_id)


@pytest.mark.parametrize("moment", ["before charge", "after charge"])
async def test_the_operation_of_the_dead_lapses_and_the_charge_is_asked_about(
    shop: Shop, moment: str
) -> None:
    order_id = await shop.with_seats()
    await dead_at(shop, moment, shop.pay(order_id, token=PAYS))
    assert shop.order(order_id).operation is not None
    await shop.until(LEASE_S)
    assert (shop.order(order_id).operation, shop.codes(order_id)["operation-lapsed"]) == (None, 1)
    assert shop.attempts(order_id)[0].status is AttemptStatus.PENDING
    assert not await shop.can_cancel(order_id)
    await shop.until(90)
    assert (shop.order(order_id).status is CONFIRMED) == (moment == "after charge")
    assert await shop.can_cancel(order_id) == (moment == "before charge")


async def found_paid(shop: Shop, order_id: UUID) -> None:
    """A message is faster than the answer of the charge."""
    await shop.signal(shop.attempts(order_id)[0])
    await shop.work()
    assert shop.attempts(order_id)[0].status is AttemptStatus.CAPTURED


async def noted_after_the_money(shop: Shop) -> tuple[UUID, int]:
    """The order, and how often was asked about the charge by the time its answer is noted."""
    order_id = await shop.with_seats()
    within_the_call(shop, lambda: found_paid(shop, order_id))
    await shop.pay(order_id, token=PAYS)
    return order_id, sum(call == "check" for call, _ in shop.gateway.calls)


async def test_an_answer_after_the_money_is_no_news_and_the_order_goes_on_at_once(shop: Shop) -> None:
    order_id, asked = await noted_after_the_money(shop)
    await shop.work()
    assert shop.order(order_id).status is CONFIRMED
    assert sum(call == "check" for call, _ in shop.gateway.calls) == asked
    await whole(shop, order_id)


async def test_money_that_was_found_does_not_wait_where_the_operation_was_held_up(shop: Shop) -> None:
    order_id = await shop.with_seats()

    async def long() -> None:
        await found_paid(shop, order_id)
        shop.clock.advance(seconds=LEASE_S + 1)  # and nobody has prolonged it or taken it over yet

    within_the_call(shop, long)
    await shop.pay(order_id, token=PAYS)
    assert shop.order(order_id).operation is None
    await shop.work()
    assert shop.order(order_id).status is CONFIRMED
    await whole(shop, order_id)


async def test_else_it_is_asked_for_what_is_known(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    """The twin."""
    real = TokenCharging._noted

    async def blind(self: TokenCharging, *args: object) -> PaymentAttempt:
        with monkeypatch.context() as patch:
            patch.setattr(PaymentAttempt, "is_paid", property(lambda _: False))
            return await real(self, *args)  # type: ignore[arg-type]

    monkeypatch.setattr(TokenCharging, "_noted", blind)
    _, asked = await noted_after_the_money(shop)
    await shop.work()
    assert sum(call == "check" for call, _ in shop.gateway.calls) > asked


async def paid_and_said_to_be_unreachable(shop: Shop) -> UUID:
    order_id = await shop.with_seats()

    async def lie() -> None:
        await found_paid(shop, order_id)
        raise Unavailable("so it says", system="gateway")

    within_the_call(shop, lie)
    await shop.pay(order_id, token=PAYS)
    return order_id


async def test_money_that_was_found_outweighs_what_the_call_says(shop: Shop) -> None:
    with pytest.raises(Unavailable):
        await paid_and_said_to_be_unreachable(shop)
    (order_id,) = shop.database.table("orders")
    assert shop.codes(order_id)["payment-not-started"] == 0
    await whole(shop, order_id)


async def test_else_the_attempt_would_fail_with_money_in_it(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The twin: only the table of states stops it, and the operation stays."""
    monkeypatch.setattr(charge_token, "AttemptStatus", SimpleNamespace(PENDING=AttemptStatus.CAPTURED))
    with pytest.raises(ValueError, match="cannot go from CAPTURED to FAILED"):
        await paid_and_said_to_be_unreachable(shop)


@pytest.mark.parametrize(
    ("trouble", "raised", "code", "cause"),
    [
        (Trouble.UNAVAILABLE, Unavailable, "payment-not-started", "Unavailable"),
        (Trouble.REFUSED, TokenRefused, "payment-declined", "scripted"),
    ],
)
async def test_only_what_the_gateway_refused_is_called_declined(
    shop: Shop, trouble: Trouble, raised: type[Exception], code: str, cause: str
) -> None:
    order_id = await shop.with_seats()
    shop.gateway.fail("charge", trouble)
    with pytest.raises(raised):
        await shop.pay(order_id, token=DECLINES)
    told = [entry for entry in shop.database.table("order_timeline")[order_id] if "cause" in entry.facts]
    attempt = to_wire(shop.attempts(order_id)[0].id)
    assert [(entry.code, entry.facts) for entry in told] == [(code, {"attempt": attempt, "cause": cause})]
    assert shop.order(order_id).operation is None
