"""What buyers and gateways do to a purchase: declines, two tabs, late money, changes of mind."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest
from tests.builders_orders import GUEST, MINUTE, SHOWTIME, an_id
from tests.shop import A, B, C, Shop

from muvi.adapters.memory.gateway import Trouble
from muvi.application.orders.place_order import PlaceOrderCommand, UnknownShowtime
from muvi.application.orders.start_payment import StartPaymentCommand
from muvi.application.payments.choice import UnknownGateway
from muvi.application.payments.note_return import NoteReturn, NoteReturnCommand
from muvi.domain.orders.errors import (
    CancellationNotAllowed,
    NothingChosen,
    OrderBusy,
    OrderExpired,
    OrderExpiring,
    OrderNotFound,
    OrderNotOpen,
    OtherShowtime,
    PaymentInProgress,
    ShowtimeClosed,
    TooManyAttempts,
)
from muvi.domain.orders.order import LONGEST_LIFE_S, MOST_ATTEMPTS, BuyerDetails, OrderStatus
from muvi.domain.payments.attempt_status import AttemptStatus
from muvi.domain.payments.refund import RefundStatus
from muvi.domain.seating.selection import TooManySeats
from muvi.domain.shared.actor import ANONYMOUS, SYSTEM, Actor, ActorKind
from muvi.domain.shared.errors import Unauthenticated
from muvi.domain.shared.ids import to_wire
from muvi.domain.shared.text import Language
from muvi.ports.errors import Refused, Unavailable
from muvi.ports.orders.rules import OrderRules

CONFIRMED, EXPIRED, CANCELLED = OrderStatus.CONFIRMED, OrderStatus.EXPIRED, OrderStatus.CANCELLED
STRANGER = Actor(kind=ActorKind.CUSTOMER, id=an_id(777))


@pytest.fixture
def shop() -> Shop:
    return Shop()


async def test_a_second_pay_meets_the_open_attempt(shop: Shop) -> None:
    order_id, attempt = await shop.at_the_gateway()
    shop.clock.advance(seconds=60)
    assert (await shop.pay(order_id)).attempt.id == attempt.id
    assert len(shop.attempts(order_id)) == 1


async def test_a_second_pay_says_where_to_return_to_and_who_pays(shop: Shop) -> None:
    """Another tab, another language, another address: the newest counts, and an address left out is none."""
    order_id, attempt = await shop.at_the_gateway()
    first = StartPaymentCommand(
        actor=GUEST,
        order_id=order_id,
        language=Language.EN,
        success_url="https://a/1",
        failed_url="https://a/2",
    )
    await shop.start_payment(first)
    await shop.start_payment(replace(first, language=Language.AR, buyer=BuyerDetails(email="n@example.com")))
    newest = replace(first, language=Language.AR, success_url="https://b/1", failed_url="")
    started = await shop.start_payment(newest)
    [kept] = shop.attempts(order_id)
    assert (kept.id, kept.status) == (attempt.id, AttemptStatus.PENDING)
    for shown in (started.attempt, kept):
        assert (shown.success_url, shown.failed_url, shown.language) == ("https://b/1", "", Language.AR)
    order = shop.order(order_id)
    assert (order.language, order.buyer.email) == (Language.AR, "n@example.com")
    noted = await NoteReturn(shop.immortal, shop.gateways, shop.clock)(
        NoteReturnCommand(gateway="memory", attempt_id=kept.id)
    )
    assert noted is not None
    assert (noted.url, noted.language) == ("https://b/1", Language.AR)


async def test_a_second_pay_with_nothing_new_writes_nothing(shop: Shop) -> None:
    order_id, attempt = await shop.at_the_gateway()
    before = (shop.order(order_id).version, shop.attempts(order_id)[0].version)
    assert (await shop.pay(order_id)).attempt.id == attempt.id
    assert (shop.order(order_id).version, shop.attempts(order_id)[0].version) == before


async def test_after_a_fetched_decline_a_new_attempt_pays(shop: Shop) -> None:
    order_id, first = await shop.at_the_gateway()
    shop.gateway.decline(first.checkout_id)
    await shop.signal(first)
    await shop.work()
    assert shop.order(order_id).status is OrderStatus.PENDING
    assert [one.status for one in shop.attempts(order_id)] == [AttemptStatus.FAILED]
    second = (await shop.pay(order_id)).attempt
    assert second.id != first.id
    await shop.paid(second)
    await shop.settle()
    assert shop.must_be_whole(order_id) is CONFIRMED


async def declined(shop: Shop, order_id: UUID) -> None:
    """One more attempt with a card that is refused."""
    attempt = (await shop.pay(order_id)).attempt
    shop.gateway.decline(attempt.checkout_id)
    await shop.signal(attempt)
    await shop.work()


async def test_an_order_has_so_many_attempts_and_no_more(shop: Shop) -> None:
    order_id = await shop.with_seats()
    for _ in range(MOST_ATTEMPTS):
        await declined(shop, order_id)
    calls = len(shop.office.calls), len(shop.gateway.calls)
    with pytest.raises(TooManyAttempts) as said:
        await shop.pay(order_id)
    assert said.value.facts == {"max_attempts": MOST_ATTEMPTS}
    assert (len(shop.office.calls), len(shop.gateway.calls)) == calls
    assert shop.order(order_id).operation is None
    await shop.paid(shop.attempts(order_id)[-1])  # a form that is still open
    await shop.settle()
    assert shop.must_be_whole(order_id) is CONFIRMED


async def test_the_last_attempt_is_met_again(shop: Shop) -> None:
    order_id = await shop.with_seats()
    for _ in range(MOST_ATTEMPTS - 1):
        await declined(shop, order_id)
    last = (await shop.pay(order_id)).attempt
    assert (await shop.pay(order_id)).attempt.id == last.id


async def test_paying_does_not_keep_an_order_for_ever(shop: Shop) -> None:
    """A box office that lengthens every time is not asked to once the order is old."""
    shop.office.payment_extension_s = 1200
    order_id = await shop.with_seats()
    end = shop.order(order_id).created_at + timedelta(seconds=LONGEST_LIFE_S)
    for _ in range(4):
        await declined(shop, order_id)
        assert shop.order(order_id).expires_at <= end
        await shop.until(14.5 * 60)
    before = len(shop.office.calls)
    with pytest.raises(OrderExpiring):
        await shop.pay(order_id)
    assert shop.office.calls[before:] == ["read_order"]
    await shop.until(3 * 60)
    assert shop.must_be_whole(order_id) is EXPIRED


async def test_an_order_that_lives_long_by_the_house_rules_is_not_cut_short(shop: Shop) -> None:
    shop.policy.now = OrderRules(lifetime_s=2 * LONGEST_LIFE_S)
    shop.office.lifetime_s = 2 * LONGEST_LIFE_S
    order_id = await shop.with_seats()
    await shop.until(LONGEST_LIFE_S)
    assert (await shop.pay(order_id)).attempt.is_open


async def test_a_declined_card_is_told_once_for_each_attempt(shop: Shop) -> None:
    order_id, first = await shop.at_the_gateway()
    for attempt in (first, None):
        form = attempt or (await shop.pay(order_id)).attempt
        shop.gateway.decline(form.checkout_id)
        for _ in range(2):  # the webhook, then the browser that comes back
            await shop.signal(form)
            await shop.until(60)
    view = await shop.views.find(order_id)
    assert view is not None
    told = [entry.facts for entry in view.timeline if entry.code == "payment-declined"]
    assert told == [{"attempt": to_wire(one.id), "cause": "declined"} for one in shop.attempts(order_id)]
    assert len(told) == 2


async def test_a_decline_then_money_on_the_same_form(shop: Shop) -> None:
    order_id, attempt = await shop.at_the_gateway()
    shop.gateway.decline(attempt.checkout_id)
    await shop.signal(attempt)
    await shop.work()
    await shop.paid(attempt)
    await shop.work()
    assert shop.must_be_whole(order_id) is CONFIRMED


async def two_forms(shop: Shop) -> tuple[object, ...]:
    order_id, first = await shop.at_the_gateway()
    shop.gateway.decline(first.checkout_id)
    await shop.signal(first)
    await shop.work()
    return order_id, first, (await shop.pay(order_id)).attempt


@pytest.mark.parametrize("one_after_the_other", [True, False])
async def test_money_on_two_forms_keeps_one_and_returns_the_other_whole(
    shop: Shop, *, one_after_the_other: bool
) -> None:
    order_id, first, second = await two_forms(shop)
    await shop.paid(first)
    if one_after_the_other:
        await shop.work()
    await shop.paid(second)
    await shop.settle()
    assert shop.must_be_whole(order_id) is CONFIRMED
    [refund] = shop.refunds(order_id)
    assert (refund.reason, refund.amount.minor) == ("paid-twice", 11500)
    kept = shop.office.bookings[shop.order(order_id).box_office_orders[0].ref].tenders
    assert [tender.reference for tender in kept] != [refund.payment_id]


async def test_a_second_capture_of_one_form_is_returned_whole(shop: Shop) -> None:
    order_id, attempt = await shop.at_the_gateway()
    await shop.paid(attempt)
    await shop.work()
    shop.gateway.capture_again(attempt.checkout_id)
    await shop.signal(attempt)
    await shop.settle()
    assert shop.must_be_whole(order_id) is CONFIRMED
    assert [refund.amount.minor for refund in shop.refunds(order_id)] == [11500]


async def test_a_second_capture_that_no_message_tells_of_is_found_and_returned_whole(shop: Shop) -> None:
    order_id, attempt = await shop.at_the_gateway()
    await shop.paid(attempt)
    await shop.work()
    shop.gateway.capture_again(attempt.checkout_id)
    await shop.settle(hours=1)
    assert shop.must_be_whole(order_id) is CONFIRMED
    [refund] = shop.refunds(order_id)
    assert (refund.reason, refund.amount.minor) == ("paid-twice", 11500)


async def test_two_captures_before_the_first_question_keep_one(shop: Shop) -> None:
    order_id, attempt = await shop.at_the_gateway()
    first = shop.gateway.pay(attempt.checkout_id)
    second = shop.gateway.capture_again(attempt.checkout_id)
    await shop.settle(hours=1)
    assert shop.must_be_whole(order_id) is CONFIRMED
    [refund] = shop.refunds(order_id)
    [booking] = shop.office.bookings.values()
    assert {refund.payment_id, booking.tenders[0].reference} == {first, second}


async def test_without_the_last_look_the_second_capture_stays_with_us(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The twin: the watch ends with the first money."""
    monkeypatch.setattr("muvi.domain.payments.attempt.last_look", lambda *_, **__: None)
    order_id, attempt = await shop.at_the_gateway()
    await shop.paid(attempt)
    await shop.work()
    shop.gateway.capture_again(attempt.checkout_id)
    await shop.settle()
    assert shop.order(order_id).status is CONFIRMED
    assert shop.kept_minor(order_id) == 2 * 11500


async def test_money_of_another_amount_is_returned_whole(shop: Shop) -> None:
    """A declined card, other seats, and then a second card on the form that is still open."""
    order_id, attempt = await shop.at_the_gateway(A)
    shop.gateway.decline(attempt.checkout_id)
    await shop.signal(attempt)
    await shop.work()
    await shop.choose(order_id, A, B)
    await shop.paid(attempt)
    await shop.settle()
    assert shop.must_be_whole(order_id) is EXPIRED
    [refund] = shop.refunds(order_id)
    assert (refund.reason, refund.amount.minor) == ("amount-differs", 5750)
    assert "complete" not in shop.office.calls


@pytest.mark.parametrize("buyer", ["pays", "chooses and pays", "cancels"])
async def test_after_money_of_another_amount_the_order_is_the_buyers_again(shop: Shop, buyer: str) -> None:
    """As soon as the refund is under way, whatever becomes of it at the gateway."""
    shop.gateway.fail("refund", *[Trouble.UNAVAILABLE] * 5)
    order_id, attempt = await shop.at_the_gateway(A)
    shop.gateway.decline(attempt.checkout_id)
    await shop.signal(attempt)
    await shop.work()
    await shop.choose(order_id, A, B)
    await shop.paid(attempt)
    await shop.check_payment(_check(attempt.id))
    for early in (shop.pay(order_id), shop.choose(order_id, C), shop.cancel(order_id)):
        with pytest.raises((OrderBusy, PaymentInProgress)):
            await early  # nobody has decided about the money yet
    await shop.work()
    assert [refund.is_done for refund in shop.refunds(order_id)] == [False]
    if buyer == "cancels":
        await shop.cancel(order_id)
    else:
        if buyer == "chooses and pays":
            await shop.choose(order_id, B, C)
        await shop.paid((await shop.pay(order_id)).attempt)
    await shop.settle()
    assert shop.must_be_whole(order_id) is (CANCELLED if buyer == "cancels" else CONFIRMED)
    assert [(one.reason, one.amount.minor) for one in shop.refunds(order_id)] == [("amount-differs", 5750)]


async def test_an_order_says_why_it_ended(shop: Shop) -> None:
    unpaid, left = await shop.with_seats(A), await shop.with_seats(B)
    await shop.cancel(left)
    late, attempt = await shop.at_the_gateway(C)
    await shop.until(1200)
    assert [shop.order(one).closed_reason for one in (unpaid, left, late)] == [
        "not-paid",
        "buyer",
        "not-paid",
    ]
    assert [shop.checkout(one).reason for one in (unpaid, left, late)] == ["not-paid", "buyer", "not-paid"]
    shop.office.sell_at_counter(shop.showtime.ref, C)
    await shop.paid(attempt)
    await shop.settle()
    assert shop.checkout(late).reason == "seats-not-available"
    paid, attempt = await shop.at_the_gateway(A)
    shop.office.fail_next("complete", "after")
    await shop.paid(attempt)
    await shop.settle()
    assert (shop.order(paid).closed_reason, shop.checkout(paid).reason) == ("", "")


async def test_news_that_come_during_an_operation_are_not_slept_through(shop: Shop) -> None:
    """Money on an old form arrives while the buyer opens a new one: it counts now, not at the order's end."""
    order_id, first = await shop.at_the_gateway()
    shop.gateway.decline(first.checkout_id)
    await shop.signal(first)
    await shop.work()
    real = shop.gateway.open

    async def open_while_money_comes(request: object) -> object:
        opened = await real(request)
        await shop.paid(first)
        await shop.work()
        return opened

    shop.gateway.open = open_while_money_comes
    await shop.pay(order_id)
    await shop.until(5)
    assert shop.order(order_id).status is CONFIRMED


async def test_expiry_looks_once_more_at_an_open_payment(shop: Shop) -> None:
    """Purchase-flow A13: the webhook is lost, the card was charged a second before the end."""
    shop.office.payment_extension_s = 3600
    order_id, attempt = await shop.at_the_gateway()
    shop.clock.advance(seconds=(shop.order(order_id).expires_at - shop.clock.now()).total_seconds() - 1)
    shop.gateway.pay(attempt.checkout_id)
    shop.clock.advance(seconds=2)
    await shop.until(60)
    assert shop.must_be_whole(order_id) is CONFIRMED
    assert len(shop.order(order_id).box_office_orders) == 1


async def test_expiry_waits_for_a_challenge_and_then_lets_go(shop: Shop) -> None:
    """Purchase-flow A13: pending 3-D Secure: to the box office's own expiry, not longer."""
    shop.office.payment_extension_s = 3600
    order_id, attempt = await shop.at_the_gateway()
    shop.gateway.challenge(attempt.checkout_id)
    ends = shop.order(order_id).expires_at
    box_ends = shop.order(order_id).box_office_order.expires_at
    assert ends < box_ends
    await shop.until((ends - shop.clock.now()).total_seconds() + 60)
    assert shop.order(order_id).status is OrderStatus.PENDING
    assert shop.seats_of(order_id) == {A, B}
    await shop.until((box_ends - shop.clock.now()).total_seconds() + 60)
    assert shop.must_be_whole(order_id) is EXPIRED


async def test_expiry_does_not_wait_for_somebody_who_has_not_paid(shop: Shop) -> None:
    order_id, _ = await shop.at_the_gateway()
    ends = shop.order(order_id).expires_at
    await shop.until((ends - shop.clock.now()).total_seconds() + 60)
    assert shop.must_be_whole(order_id) is EXPIRED


async def test_expiry_waits_for_a_silent_gateway_only_so_long(shop: Shop) -> None:
    order_id, _ = await shop.at_the_gateway()
    shop.gateway.fail("check", *[Trouble.UNAVAILABLE] * 500)
    await shop.until(1200 + 90 + 60)
    assert shop.order(order_id).status is EXPIRED
    assert shop.seats_of(order_id) == shop.taken_at_the_box_office() == set()


async def test_late_money_claims_the_seats_again(shop: Shop) -> None:
    order_id, attempt = await shop.at_the_gateway()
    await shop.until(1200)
    assert shop.order(order_id).status is EXPIRED
    await shop.paid(attempt)
    await shop.settle()
    assert shop.must_be_whole(order_id) is CONFIRMED
    assert len(shop.order(order_id).box_office_orders) == 2
    assert shop.codes(order_id)["seats-claimed-again"] == 1


async def test_late_money_without_any_signal_is_found_by_the_watch(shop: Shop) -> None:
    order_id, attempt = await shop.at_the_gateway()
    await shop.until(1200)
    shop.gateway.pay(attempt.checkout_id)
    await shop.settle()
    assert shop.must_be_whole(order_id) is CONFIRMED


async def test_late_money_on_a_cancelled_order_is_refunded_and_never_claims(shop: Shop) -> None:
    order_id, attempt = await shop.at_the_gateway()
    await shop.cancel(order_id)
    assert shop.seats_of(order_id) == shop.taken_at_the_box_office() == set()
    await shop.paid(attempt)
    await shop.settle()
    assert shop.must_be_whole(order_id) is CANCELLED
    [refund] = shop.refunds(order_id)
    assert (refund.reason, refund.amount.minor) == ("order-cancelled", 11500)
    assert shop.codes(order_id)["seats-claimed-again"] == 0


async def test_a_second_late_payment_is_refunded(shop: Shop) -> None:
    order_id, first, second = await two_forms(shop)
    await shop.until(1200)
    await shop.paid(first)
    await shop.paid(second)
    await shop.settle()
    assert shop.must_be_whole(order_id) is CONFIRMED
    assert len(shop.refunds(order_id)) == 1


async def test_cancelling(shop: Shop) -> None:
    order_id = await shop.with_seats()
    order = await shop.cancel(order_id)
    assert (order.status, order.closed_reason) == (CANCELLED, "buyer")
    assert shop.must_be_whole(order_id) is CANCELLED
    assert (await shop.cancel(order_id)).status is CANCELLED
    with pytest.raises(OrderNotOpen):
        await shop.choose(order_id)
    with pytest.raises(OrderNotOpen):
        await shop.pay(order_id)


async def test_what_is_paid_or_over_is_not_cancelled(shop: Shop) -> None:
    order_id, attempt = await shop.at_the_gateway()
    await shop.paid(attempt)
    [due] = [one.id for one in shop.attempts(order_id)]
    await shop.check_payment(_check(due))
    with pytest.raises(OrderBusy):
        await shop.cancel(order_id)
    await shop.work()
    with pytest.raises(CancellationNotAllowed):
        await shop.cancel(order_id)
    other = await shop.with_seats(C)
    await shop.settle()
    with pytest.raises(OrderExpired):
        await shop.cancel(other)


def _check(attempt_id: object) -> object:
    from muvi.application.payments.check_payment import CheckPaymentCommand  # noqa: PLC0415

    return CheckPaymentCommand(attempt_id=attempt_id)


async def test_one_operation_at_a_time(shop: Shop) -> None:
    order_id = await shop.with_seats(A)
    real = shop.office.set_tickets
    refused: list[type[Exception]] = []

    async def set_tickets_slowly(*call: object) -> object:
        for impatient in (shop.choose(order_id, B), shop.pay(order_id), shop.cancel(order_id)):
            with pytest.raises(OrderBusy) as said:
                await impatient
            refused.append(said.type)
        return await real(*call)

    shop.office.set_tickets = set_tickets_slowly
    await shop.choose(order_id, C)
    assert refused == [OrderBusy] * 3
    assert shop.seats_of(order_id) == shop.taken_at_the_box_office() == {C}


async def test_a_stale_reply_changes_nothing(shop: Shop) -> None:
    """The deadline passes during the call, the checkout follows the box office, then the reply comes."""
    order_id = await shop.with_seats(A)
    real = shop.office.set_tickets

    async def set_tickets_too_slowly(*call: object) -> object:
        answer = await real(*call)
        await shop.until(100)
        shop.office.set_tickets = real
        await shop.choose(order_id, C)
        return answer

    shop.office.set_tickets = set_tickets_too_slowly
    with pytest.raises(OrderBusy):
        await shop.choose(order_id, B)
    assert shop.order(order_id).seats == (C,)
    assert shop.seats_of(order_id) == shop.taken_at_the_box_office() == {C}


async def test_a_stale_payment_page_is_never_shown(shop: Shop) -> None:
    order_id = await shop.with_seats(A)
    real = shop.gateway.open

    async def open_too_slowly(request: object) -> object:
        opened = await real(request)
        await shop.until(150)
        return opened

    shop.gateway.open = open_too_slowly
    with pytest.raises(OrderBusy):
        await shop.pay(order_id)
    assert [one.checkout_id for one in shop.attempts(order_id)] == [""]
    await shop.settle()
    assert shop.must_be_whole(order_id) is EXPIRED
    assert [one.status for one in shop.attempts(order_id)] == [AttemptStatus.FAILED]


@pytest.mark.parametrize(
    ("trouble", "error"), [(Trouble.UNAVAILABLE, Unavailable), (Trouble.REFUSED, Refused)]
)
async def test_a_gateway_that_opens_nothing_can_be_tried_again(
    shop: Shop, trouble: Trouble, error: type[Exception]
) -> None:
    order_id = await shop.with_seats()
    shop.gateway.fail("open", trouble)
    with pytest.raises(error):
        await shop.pay(order_id)
    await shop.choose(order_id, A)
    assert (await shop.pay(order_id)).attempt.is_open


async def test_seats_do_not_change_under_an_open_payment(shop: Shop) -> None:
    order_id, _ = await shop.at_the_gateway()
    with pytest.raises(PaymentInProgress):
        await shop.choose(order_id, C)
    assert shop.seats_of(order_id) == shop.taken_at_the_box_office() == {A, B}


async def test_paying_needs_seats_and_a_gateway(shop: Shop) -> None:
    order_id = await shop.place()
    with pytest.raises(NothingChosen):
        await shop.pay(order_id)
    command = StartPaymentCommand(
        actor=STRANGER, order_id=order_id, language=Language.EN, gateway="elsewhere"
    )
    with pytest.raises(UnknownGateway):
        await shop.start_payment(command)


async def test_another_persons_order_does_not_exist(shop: Shop) -> None:
    order_id = await shop.with_seats()
    for actor in (STRANGER, SYSTEM, ANONYMOUS):
        for attempted in (
            shop.choose(order_id, actor=actor),
            shop.pay(order_id, actor),
            shop.cancel(order_id, actor),
        ):
            with pytest.raises(OrderNotFound):
                await attempted
    with pytest.raises(OrderNotFound):
        await shop.cancel(an_id(404))


async def test_only_buyers_place_orders_and_only_for_what_is_on_sale(shop: Shop) -> None:
    with pytest.raises(Unauthenticated):
        await shop.place(SYSTEM)
    command = PlaceOrderCommand(actor=STRANGER, showtime_id=an_id(404), language=Language.AR)
    with pytest.raises(UnknownShowtime):
        await shop.place_order(command)
    order_id = await shop.place()
    shop.clock.advance(seconds=(shop.showtime.starts_at - shop.clock.now()).total_seconds())
    with pytest.raises(ShowtimeClosed):
        await shop.place()
    shop.policy.now = OrderRules(lifetime_s=10**6)
    assert shop.order(order_id).language is Language.EN


async def test_the_house_rules_hold(shop: Shop) -> None:
    shop.policy.now = OrderRules(max_seats=1, lifetime_s=300)
    order_id = await shop.place()
    assert shop.order(order_id).expires_at == shop.order(order_id).created_at + 5 * MINUTE
    with pytest.raises(TooManySeats):
        await shop.choose(order_id, A, B)
    assert shop.order(order_id).operation is None
    assert shop.database.table("seat_claims") == {}


async def test_an_order_stays_at_its_showtime(shop: Shop) -> None:
    from muvi.application.orders.choose_seats import ChooseSeatsCommand  # noqa: PLC0415

    order_id = await shop.place(STRANGER)
    command = ChooseSeatsCommand(actor=STRANGER, order_id=order_id, showtime_id=an_id(404), tickets=())
    with pytest.raises(OtherShowtime):
        await shop.choose_seats(command)
    assert shop.order(order_id).showtime_id == SHOWTIME


async def test_the_booking_carries_the_buyer_and_the_payment(shop: Shop) -> None:
    order_id = await shop.with_seats(actor=STRANGER)
    first = BuyerDetails(name="Noura A", phone="+966512345678")
    for buyer in (first, BuyerDetails(email="n@example.com")):
        started = await shop.start_payment(
            StartPaymentCommand(actor=STRANGER, order_id=order_id, language=Language.AR, buyer=buyer)
        )
        shop.gateway.decline(started.attempt.checkout_id)
        await shop.signal(started.attempt)
        await shop.work()
    last = (await shop.pay(order_id, STRANGER)).attempt
    await shop.paid(last)
    await shop.work()
    [sold] = shop.office.bookings.values()
    assert (sold.buyer.name, sold.buyer.email, sold.buyer.phone) == (
        "Noura A",
        "n@example.com",
        "+966512345678",
    )
    assert [tender.card_brand for tender in sold.tenders] == ["VISA"]


def story_of(shop: Shop, order_id: UUID) -> list[str]:
    return [entry.code for entry in shop.database.table("order_timeline")[order_id]]


async def late_money_refunded(shop: Shop) -> UUID:
    order_id, attempt = await shop.at_the_gateway()
    await shop.until(1200)
    shop.office.sell_at_counter(shop.showtime.ref, A)
    await shop.paid(attempt)
    return order_id


async def paid_twice(shop: Shop) -> UUID:
    order_id, first, second = await two_forms(shop)
    await shop.paid(first)
    await shop.paid(second)
    return order_id


async def paid_after_a_cancel(shop: Shop) -> UUID:
    order_id, attempt = await shop.at_the_gateway()
    await shop.cancel(order_id)
    await shop.paid(attempt)
    return order_id


@pytest.mark.parametrize(
    ("story", "reason"),
    [
        (late_money_refunded, "seats-not-available"),
        (paid_twice, "paid-twice"),
        (paid_after_a_cancel, "order-cancelled"),
    ],
)
async def test_the_history_says_when_money_went_back_and_why(
    shop: Shop, story: Callable[[Shop], Awaitable[UUID]], reason: str
) -> None:
    shop.gateway.fail("refund", Trouble.LOST)
    order_id = await story(shop)
    await shop.settle()
    codes = story_of(shop, order_id)
    assert codes.index("refund-requested") < codes.index("refunded")
    assert shop.codes(order_id)["refunded"] == 1
    [refund] = shop.refunds(order_id)
    [told] = [one for one in shop.database.table("order_timeline")[order_id] if one.code == "refunded"]
    assert told.facts == {
        "refund": to_wire(refund.id),
        "reason": reason,
        "amount_minor": refund.amount.minor,
    }
    assert told.at == refund.done_at


async def test_money_that_did_not_go_back_is_not_told_to_have_gone(shop: Shop) -> None:
    shop.gateway.fail("refund", *[Trouble.REFUSED] * 3)
    order_id = await paid_after_a_cancel(shop)
    await shop.settle()
    assert [one.status for one in shop.refunds(order_id)] == [RefundStatus.MANUAL]
    assert shop.codes(order_id)["refund-requested"] == 1
    assert shop.codes(order_id)["refunded"] == 0


async def test_only_seats_that_were_held_are_told_to_be_free(shop: Shop) -> None:
    """Once for those of an order, not at all for an order that had none, nor again for late money."""
    empty, held, left = await shop.place(), await shop.with_seats(B, C), await shop.place()
    await shop.cancel(empty)
    await shop.cancel(held)
    await shop.settle()
    assert shop.codes(empty)["seats-released"] == shop.codes(left)["seats-released"] == 0
    [told] = [one for one in shop.database.table("order_timeline")[held] if one.code == "seats-released"]
    assert told.facts == {"seats": 2}


async def test_late_money_that_is_given_back_frees_nothing_again(shop: Shop) -> None:
    order_id, attempt = await shop.at_the_gateway()
    await shop.until(1200)
    other = await shop.with_seats(B, C)
    await shop.paid(attempt)
    await shop.settle()
    assert shop.codes(other)["seats-released"] == 1
    assert shop.codes(order_id)["seats-claimed-again"] == 0
    assert shop.codes(order_id)["seats-released"] == 1, "at its end, and not when the money came"
