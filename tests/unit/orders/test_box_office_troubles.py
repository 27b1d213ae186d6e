"""What the box office does to a purchase: lost replies, late bookings, refusals, silence, sweeps."""

from typing import NoReturn
from uuid import UUID

import pytest
from tests.builders_orders import SHOWTIME
from tests.builders_seating import CHILD
from tests.shop import ADULT, A, B, C, D, Shop

from muvi.application.orders.box_office_steps import BoxOfficeSteps
from muvi.application.orders.checkout_facts import Case
from muvi.application.orders.seat_choice import SeatChoice
from muvi.domain.orders.checkout import BOOKING_GRACE_S, PATIENCE_S, UNKNOWN_OUTCOME, CheckoutState
from muvi.domain.orders.errors import OrderBusy, OrderChanged, OrderExpired, OrderExpiring
from muvi.domain.orders.order import OrderStatus
from muvi.domain.seating.seat_plan import SeatKey
from muvi.domain.seating.selection import SeatsTaken
from muvi.ports.errors import OutcomeUnknown, PortError, Refused, Unavailable
from muvi.ports.seating.box_office import OrderRef, SeatsUnavailable, ShowtimeRef, TicketChoice

CONFIRMED, EXPIRED, PENDING = OrderStatus.CONFIRMED, OrderStatus.EXPIRED, OrderStatus.PENDING


@pytest.fixture
def shop() -> Shop:
    return Shop()


@pytest.mark.parametrize("hidden_s", [0, 30])
async def test_a_booking_whose_reply_is_lost_is_found_and_not_made_twice(shop: Shop, hidden_s: float) -> None:
    shop.office.bookings_hidden_for_s = hidden_s
    shop.office.fail_next("complete", "after")
    order_id, attempt = await shop.at_the_gateway()
    await shop.paid(attempt)
    await shop.settle()
    assert shop.must_be_whole(order_id) is CONFIRMED
    assert shop.office.calls.count("complete") == 1
    assert shop.codes(order_id)["completion-unknown"] == 1
    order = shop.order(order_id)
    assert order.confirmed_at is not None
    assert (order.confirmed_at - order.created_at).total_seconds() < hidden_s + 20


async def test_a_completion_that_did_not_arrive_is_repeated(shop: Shop) -> None:
    shop.office.fail_next("complete", "before", OutcomeUnknown("lost on the way"), times=2)
    order_id, attempt = await shop.at_the_gateway()
    await shop.paid(attempt)
    await shop.settle()
    assert shop.must_be_whole(order_id) is CONFIRMED
    assert shop.office.calls.count("complete") == 3
    assert shop.codes(order_id)["completion-unknown"] == 1


async def test_a_box_office_that_is_away_is_asked_again(shop: Shop) -> None:
    shop.office.fail_next("complete", "before", times=4)
    order_id, attempt = await shop.at_the_gateway()
    await shop.paid(attempt)
    await shop.settle()
    assert shop.must_be_whole(order_id) is CONFIRMED
    assert shop.codes(order_id)["completion-unknown"] == 0, "what was surely not sent is not unknown"


async def test_a_long_outage_ends_by_itself(shop: Shop) -> None:
    """Patience is for what is unknown: calls that surely had no effect do not use it up."""
    shop.office.fail_next("complete", "before", times=200)
    order_id, attempt = await shop.at_the_gateway()
    await shop.paid(attempt)
    await shop.until(PATIENCE_S)
    assert shop.checkout(order_id).state is CheckoutState.COMPLETING
    await shop.settle()
    assert shop.must_be_whole(order_id) is CONFIRMED
    assert len(shop.order(order_id).box_office_orders) > 1  # each that was swept meanwhile was made anew


async def test_a_refused_completion_proves_nothing(shop: Shop) -> None:
    shop.office.fail_next("complete", "after", Refused("no", reason="13"))
    order_id, attempt = await shop.at_the_gateway()
    await shop.paid(attempt)
    await shop.settle()
    assert shop.must_be_whole(order_id) is CONFIRMED
    assert shop.office.calls.count("complete") == 1


async def test_an_order_swept_while_money_arrives_is_bought_again(shop: Shop) -> None:
    order_id, attempt = await shop.at_the_gateway()
    [record] = shop.order(order_id).box_office_orders
    shop.office._end(shop.office._orders[record.ref])
    await shop.paid(attempt)
    await shop.settle()
    assert shop.must_be_whole(order_id) is CONFIRMED
    assert len(shop.order(order_id).box_office_orders) == 2
    grace = shop.order(order_id).confirmed_at - record.expires_at
    assert grace.total_seconds() >= 120, "a late booking was waited for"


async def test_an_order_swept_while_money_arrives_is_refunded_when_the_seats_went(shop: Shop) -> None:
    order_id, attempt = await shop.at_the_gateway()
    [record] = shop.order(order_id).box_office_orders
    shop.office._end(shop.office._orders[record.ref])
    shop.office.sell_at_counter(shop.showtime.ref, A)
    await shop.paid(attempt)
    await shop.settle()
    assert shop.must_be_whole(order_id) is EXPIRED
    assert [refund.reason for refund in shop.refunds(order_id)] == ["seats-not-available"]


async def test_nobody_knows_for_too_long_and_a_person_is_called(shop: Shop) -> None:
    order_id, attempt = await shop.at_the_gateway()
    shop.office.fail_next("complete", "before", OutcomeUnknown("no answer"), times=9999)
    shop.office.fail_next("find_booking", "before", times=9999)
    await shop.paid(attempt)
    await shop.until(PATIENCE_S - 60)
    assert shop.checkout(order_id).state is CheckoutState.RESOLVING
    await shop.until(120)
    assert shop.checkout(order_id).state is CheckoutState.MANUAL
    assert shop.checkout(order_id).reason == UNKNOWN_OUTCOME
    assert shop.codes(order_id)["manual-attention"] == 1
    assert shop.codes(order_id)["completion-unknown"] == 1
    assert shop.kept_minor(order_id) == 11500
    assert shop.seats_of(order_id) == {A, B}
    await shop.until(86400)
    assert shop.checkout(order_id).state is CheckoutState.MANUAL
    assert shop.codes(order_id)["manual-attention"] == 1


async def test_an_outage_that_ends_heals_what_a_person_was_called_for(shop: Shop) -> None:
    order_id, attempt = await shop.at_the_gateway()
    shop.office.fail_next("complete", "after", OutcomeUnknown("no answer"))
    shop.office.fail_next("find_booking", "before", times=70)
    await shop.paid(attempt)
    await shop.until(PATIENCE_S + 60)
    assert shop.checkout(order_id).state is CheckoutState.MANUAL
    await shop.settle()
    assert shop.order(order_id).status is OrderStatus.CONFIRMED


async def test_replacing_seats(shop: Shop) -> None:
    order_id = await shop.with_seats(A, B)
    await shop.choose(order_id, B, C)
    assert shop.seats_of(order_id) == {B, C}
    assert shop.taken_at_the_box_office() == {B, C}
    assert shop.order(order_id).seats == (B, C)
    assert shop.order(order_id).operation is None


async def test_a_refused_replacement_leaves_the_former_seats_in_both_systems(shop: Shop) -> None:
    order_id = await shop.with_seats(A, B)
    shop.office.sell_at_counter(shop.showtime.ref, C)
    with pytest.raises(SeatsTaken) as lost:
        await shop.choose(order_id, C, D)
    assert [seat["id"] for seat in lost.value.facts["seats"]] == [C]
    assert shop.seats_of(order_id) == {A, B}
    assert shop.taken_at_the_box_office() == {A, B, C}
    assert shop.order(order_id).seats == (A, B)
    assert shop.order(order_id).operation is None


async def test_seats_that_others_claimed_are_named_and_nothing_is_asked(shop: Shop) -> None:
    await shop.with_seats(A, B)
    order_id = await shop.with_seats(D)
    before = len(shop.office.calls)
    with pytest.raises(SeatsTaken) as lost:
        await shop.choose(order_id, B, C)
    assert [seat["id"] for seat in lost.value.facts["seats"]] == [B]
    assert shop.seats_of(order_id) == {D}
    assert "set_tickets" not in shop.office.calls[before:]
    assert shop.order(order_id).operation is None


@pytest.mark.parametrize(("when", "seats"), [("after", {B, C}), ("before", {A, B})])
async def test_an_unknown_replacement_is_followed(shop: Shop, when: str, seats: set[str]) -> None:
    """Whatever the box office holds is the choice; when it did not take the new one, the buyer hears it."""
    order_id = await shop.with_seats(A, B)
    shop.office.fail_next("set_tickets", when, OutcomeUnknown("lost"))
    if when == "before":
        with pytest.raises(Unavailable):
            await shop.choose(order_id, B, C)
    else:
        await shop.choose(order_id, B, C)
    assert shop.seats_of(order_id) == set(shop.order(order_id).seats) == seats
    assert shop.taken_at_the_box_office() == seats


BADLY_ANSWERED = [
    Refused("code 1", reason="1"),
    SeatsUnavailable("SeatsUnavailable", reason="SeatsUnavailable"),
    OutcomeUnknown("lost"),
]


def named(error: PortError) -> str:
    return type(error).__name__


@pytest.mark.parametrize("former", [(), (A, B)])
@pytest.mark.parametrize("error", BADLY_ANSWERED, ids=named)
async def test_seats_that_the_box_office_took_whatever_it_answered_are_chosen(
    shop: Shop, error: PortError, former: tuple[SeatKey, ...]
) -> None:
    """Purchase-flow A21: refused or unknown, what it holds is what counts."""
    order_id = await (shop.with_seats(*former) if former else shop.place())
    shop.office.fail_next("set_tickets", "after", error)
    await shop.choose(order_id, B, C)
    assert shop.order(order_id).seats == (B, C)
    assert shop.seats_of(order_id) == shop.taken_at_the_box_office() == {B, C}
    assert (await shop.pay(order_id)).attempt.is_open


async def test_if_a_refusal_were_believed_the_seats_would_look_free(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The twin."""
    monkeypatch.setattr(SeatChoice, "taken_by", lambda *_: False)
    monkeypatch.setattr(SeatChoice, "untouched_by", lambda *_: True)
    order_id = await shop.place()
    shop.office.fail_next("set_tickets", "after", Refused("code 1", reason="1"))
    with pytest.raises(Refused):
        await shop.choose(order_id, A, B)
    assert shop.taken_at_the_box_office() == {A, B}
    assert shop.seats_of(order_id) == set()


async def test_the_same_seats_with_other_tickets_are_not_what_was_wanted(shop: Shop) -> None:
    order_id = await shop.with_seats(A)
    shop.office.fail_next("set_tickets", "before", Refused("code 1", reason="1"))
    with pytest.raises(Refused):
        await shop.choose(order_id, A, ticket=CHILD)
    assert [line.ticket_type_id for line in shop.order(order_id).lines if line.seat] == [ADULT]
    assert shop.seats_of(order_id) == shop.taken_at_the_box_office() == {A}


async def refused_while_another_choice_lands(shop: Shop, order_id: UUID, *landed: SeatKey) -> None:
    """The buyer asks for C; the answer is no, and the box office has `landed` instead."""
    real = shop.office.set_tickets

    async def confused(ref: OrderRef, showtime: ShowtimeRef, _: object) -> NoReturn:
        choice = tuple(TicketChoice(ticket_type_id=ADULT, seats=(seat,)) for seat in landed)
        await real(ref, showtime, choice)
        raise Refused("code 1", reason="1")

    shop.office.set_tickets = confused  # type: ignore[assignment,method-assign]
    with pytest.raises(OrderChanged):
        await shop.choose(order_id, C)
    shop.office.set_tickets = real  # type: ignore[method-assign]


@pytest.mark.parametrize("landed", [(B,), (A, C), (D,)], ids=["a part", "old and new", "neither"])
async def test_what_the_box_office_holds_instead_stays_claimed(
    shop: Shop, landed: tuple[SeatKey, ...]
) -> None:
    """The buyer chooses again, and no other order gets what the box office would not give to it."""
    order_id = await shop.with_seats(A, B)
    await refused_while_another_choice_lands(shop, order_id, *landed)
    assert shop.order(order_id).lines == ()
    assert shop.order(order_id).operation is None
    assert shop.seats_of(order_id) == shop.taken_at_the_box_office() == set(landed)
    await shop.choose(order_id, A, B)
    assert shop.seats_of(order_id) == shop.taken_at_the_box_office() == {A, B}


async def test_a_box_office_order_that_was_emptied_frees_the_claims(shop: Shop) -> None:
    order_id = await shop.with_seats(A, B)
    await refused_while_another_choice_lands(shop, order_id)
    assert shop.seats_of(order_id) == shop.taken_at_the_box_office() == set()
    await shop.choose(order_id, A, B)
    assert shop.seats_of(order_id) == {A, B}


@pytest.mark.parametrize("error", [None, Refused("code 1", reason="1")])
async def test_a_failed_choice_after_a_dropped_one_keeps_what_the_box_office_holds(
    shop: Shop, error: PortError | None
) -> None:
    """The order shows no seats any more, but the box office has them still."""
    order_id = await shop.with_seats(A, B)
    shop.office.fee_minor = 300
    with pytest.raises(OrderChanged):
        await shop.pay(order_id)
    shop.office.fail_next("set_tickets", "before", error)
    with pytest.raises(PortError):
        await shop.choose(order_id, C)
    assert shop.seats_of(order_id) == shop.taken_at_the_box_office() == {A, B}


async def test_an_outcome_that_stays_unknown_keeps_both_until_it_is_known(shop: Shop) -> None:
    order_id = await shop.with_seats(A, B)
    shop.office.fail_next("set_tickets", "after")
    shop.office.fail_next("read_order", "before", times=3)
    with pytest.raises(OutcomeUnknown):
        await shop.choose(order_id, B, C)
    assert shop.seats_of(order_id) == {A, B, C}
    with pytest.raises(OrderBusy):
        await shop.choose(order_id, D)
    await shop.until(100)
    assert shop.seats_of(order_id) == set(shop.order(order_id).seats) == {B, C}
    assert shop.order(order_id).operation is None
    await shop.choose(order_id, D)
    assert shop.seats_of(order_id) == shop.taken_at_the_box_office() == {D}


async def chosen_and_never_answered(shop: Shop, *, away: int = 9999) -> UUID:
    """A choice of C instead of A arrives, and then the box office says nothing any more."""
    order_id = await shop.with_seats(A)
    shop.office.fail_next("set_tickets", "after")
    for call in ("read_order", "cancel"):
        shop.office.fail_next(call, "before", times=away)
    with pytest.raises(OutcomeUnknown):
        await shop.choose(order_id, C)
    return order_id


async def test_a_box_office_that_never_answers_keeps_an_order_no_longer_than_it_would_itself(
    shop: Shop,
) -> None:
    order_id = await chosen_and_never_answered(shop)
    await shop.until(600 + BOOKING_GRACE_S - 1)
    assert shop.order(order_id).operation is not None
    assert shop.seats_of(order_id) == {A, C}
    await shop.until(15)
    assert shop.must_be_whole(order_id) is EXPIRED
    assert await shop.with_seats(A, C)


async def test_money_that_comes_while_the_box_office_is_away_is_never_lost(shop: Shop) -> None:
    """A second card on a declined form pays for the former seats, and they are to be had again."""
    order_id, attempt = await shop.at_the_gateway(A)
    shop.gateway.decline(attempt.checkout_id)
    await shop.signal(attempt)
    await shop.work()
    for call, times in (("set_tickets", 1), ("read_order", 200), ("cancel", 200)):
        shop.office.fail_next(call, "after" if times == 1 else "before", times=times)
    with pytest.raises(OutcomeUnknown):
        await shop.choose(order_id, C)
    await shop.paid(attempt)
    await shop.settle()
    assert shop.must_be_whole(order_id) is CONFIRMED
    assert shop.seats_of(order_id) == shop.taken_at_the_box_office() == {A}


async def test_a_box_office_that_is_away_for_a_while_is_followed(shop: Shop) -> None:
    order_id = await chosen_and_never_answered(shop, away=20)
    await shop.until(300)
    assert set(shop.order(order_id).seats) == shop.seats_of(order_id) == shop.taken_at_the_box_office() == {C}


async def land_there(shop: Shop, order_id: UUID, *seats: SeatKey) -> None:
    """Whatever was asked for, the box office holds these."""
    [record] = shop.order(order_id).box_office_orders
    ref = OrderRef(id=record.ref, cinema=record.cinema, platform=record.platform)
    choice = tuple(TicketChoice(ticket_type_id=ADULT, seats=(seat,)) for seat in seats)
    await shop.office.set_tickets(ref, ShowtimeRef(record.cinema, record.showtime), choice)


async def followed_to_another_choice(shop: Shop, *landed: SeatKey) -> UUID:
    """A choice of C is never answered, and when the box office speaks again it holds `landed`."""
    order_id = await chosen_and_never_answered(shop, away=20)
    await land_there(shop, order_id, *landed)
    await shop.until(300)
    return order_id


async def test_a_seat_that_nobody_asked_for_is_claimed_and_the_buyer_chooses_again(shop: Shop) -> None:
    order_id = await followed_to_another_choice(shop, B, C)
    assert shop.order(order_id).lines == ()
    assert shop.order(order_id).operation is None
    assert shop.seats_of(order_id) == shop.taken_at_the_box_office() == {B, C}
    await shop.choose(order_id, A)
    assert shop.seats_of(order_id) == shop.taken_at_the_box_office() == {A}


async def test_unless_it_takes_whatever_the_box_office_has(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The twin: what another order may claim meanwhile would be this one's."""
    monkeypatch.setattr(Case, "has_claimed", lambda _case, _seats: True)
    order_id = await followed_to_another_choice(shop, B, C)
    assert set(shop.order(order_id).seats) == shop.taken_at_the_box_office() == {B, C}
    assert shop.seats_of(order_id) == {C}


async def test_a_seat_that_was_asked_for_is_the_choice(shop: Shop) -> None:
    order_id = await followed_to_another_choice(shop, A, C)
    assert set(shop.order(order_id).seats) == shop.seats_of(order_id) == {A, C}


async def test_given_up_too_early_the_choice_would_be_another_than_the_box_office_has(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The twin."""
    monkeypatch.setattr("muvi.domain.orders.checkout.BOOKING_GRACE_S", -9999)
    order_id = await chosen_and_never_answered(shop, away=20)
    await shop.until(300)
    assert shop.order(order_id).seats == (A,)
    assert shop.taken_at_the_box_office() == {C}


async def test_a_choice_that_surely_failed_frees_its_claims(shop: Shop) -> None:
    order_id = await shop.with_seats(A)
    shop.office.fail_next("set_tickets", "before")
    with pytest.raises(Unavailable):
        await shop.choose(order_id, B, C)
    assert shop.seats_of(order_id) == {A}
    await shop.choose(order_id, B, C)


async def test_a_lost_opening_is_simply_repeated(shop: Shop) -> None:
    """Purchase-flow A16: the lost one is empty and expires."""
    order_id = await shop.place()
    shop.office.fail_next("open_order", "after")
    with pytest.raises(Unavailable):
        await shop.choose(order_id, A)
    assert shop.seats_of(order_id) == set()
    await shop.choose(order_id, A)
    await shop.settle()
    assert shop.must_be_whole(order_id) is EXPIRED


async def test_a_box_office_order_that_is_gone_is_chosen_again(shop: Shop) -> None:
    order_id = await shop.with_seats(A)
    [record] = shop.order(order_id).box_office_orders
    shop.office._end(shop.office._orders[record.ref])
    with pytest.raises(OrderChanged):
        await shop.choose(order_id, B)
    assert shop.seats_of(order_id) == set()
    assert shop.order(order_id).lines == ()
    await shop.choose(order_id, B)
    assert shop.seats_of(order_id) == {B}


async def test_other_seats_at_the_box_office_are_claimed_when_the_payment_stops(shop: Shop) -> None:
    order_id = await shop.with_seats(A, B)
    await land_there(shop, order_id, D)
    with pytest.raises(OrderChanged) as stopped:
        await shop.pay(order_id)
    assert "gone" not in stopped.value.facts
    assert shop.seats_of(order_id) == shop.taken_at_the_box_office() == {D}


@pytest.mark.parametrize("chooses_again", [True, False])
async def test_a_box_office_that_holds_something_else_stops_the_payment(
    shop: Shop, *, chooses_again: bool
) -> None:
    """Purchase-flow A10a. Until the buyer chooses again or the order ends, both systems keep the seats."""
    order_id = await shop.with_seats(A, B)
    shop.office.fee_minor = 300
    with pytest.raises(OrderChanged):
        await shop.pay(order_id)
    assert shop.order(order_id).lines == ()
    assert shop.seats_of(order_id) == shop.taken_at_the_box_office() == {A, B}
    if chooses_again:
        await shop.choose(order_id, B, C)
        assert shop.seats_of(order_id) == shop.taken_at_the_box_office() == {B, C}
        assert (await shop.pay(order_id)).attempt.amount.minor == 11600
    await shop.settle()
    assert shop.must_be_whole(order_id) is EXPIRED


async def test_a_box_office_that_holds_nothing_any_more_frees_the_claims(shop: Shop) -> None:
    order_id = await shop.with_seats(A, B)
    [record] = shop.order(order_id).box_office_orders
    shop.office._end(shop.office._orders[record.ref])
    with pytest.raises(OrderChanged):
        await shop.pay(order_id)
    assert shop.seats_of(order_id) == set()
    await shop.choose(order_id, A, B)
    assert (await shop.pay(order_id)).attempt.is_open


async def test_paying_needs_time_at_the_box_office(shop: Shop) -> None:
    """Purchase-flow A10e."""
    order_id = await shop.with_seats(A)
    shop.office.extension_allowed = False
    shop.office.payment_extension_s = 0
    shop.clock.advance(seconds=600 - 179)
    with pytest.raises(OrderExpiring):
        await shop.pay(order_id)
    assert shop.gateway.calls == []
    assert shop.order(order_id).operation is None
    await shop.settle()
    assert shop.must_be_whole(order_id) is EXPIRED


async def test_paying_goes_on_when_the_box_office_cannot_lengthen_the_order(shop: Shop) -> None:
    """Purchase-flow A11: what counts is that the order is still there to be read."""
    order_id = await shop.with_seats(A)
    shop.clock.advance(seconds=350)
    shop.office.fail_next("extend", "after")
    shop.office.fail_next("begin_payment", "before")
    assert (await shop.pay(order_id)).attempt.is_open


async def test_expiry_frees_the_seats_in_both_systems(shop: Shop) -> None:
    order_id = await shop.with_seats(A, B)
    await shop.until(599)
    assert shop.order(order_id).status is PENDING
    await shop.until(2)
    assert shop.must_be_whole(order_id) is EXPIRED
    with pytest.raises(OrderExpired):
        await shop.choose(order_id, C)
    other = await shop.with_seats(A, B)
    assert shop.seats_of(other) == {A, B}


async def test_expiry_while_the_box_office_is_away_keeps_the_claims_until_it_has_let_go(shop: Shop) -> None:
    """Purchase-flow A13: a seat is free once the cancel is known, or the box office's own expiry is past."""
    shop.office.lifetime_s = 900
    order_id = await shop.with_seats(A)
    shop.office.fail_next("cancel", "before", times=9999)
    await shop.until(650)
    assert (shop.order(order_id).status, shop.seats_of(order_id)) == (PENDING, {A})
    assert shop.taken_at_the_box_office() == {A}
    with pytest.raises(SeatsTaken):
        await shop.with_seats(A)
    await shop.until(900 + 120 - 650 + 20)
    assert shop.order(order_id).status is EXPIRED
    assert shop.seats_of(order_id) == shop.taken_at_the_box_office() == set()


async def test_a_cancel_without_a_reply_is_asked_again(shop: Shop) -> None:
    order_id = await shop.with_seats(A)
    shop.office.fail_next("cancel", "after")
    order = await shop.cancel(order_id)
    assert order.status is OrderStatus.CANCELLED
    assert shop.seats_of(order_id) == {A}, "not known yet"
    await shop.settle()
    assert shop.must_be_whole(order_id) is OrderStatus.CANCELLED


async def test_late_money_for_another_total_is_refunded_whole(shop: Shop) -> None:
    """Purchase-flow A14."""
    order_id, attempt = await shop.at_the_gateway()
    await shop.until(1200)
    shop.office.fee_minor = 300
    await shop.paid(attempt)
    await shop.settle()
    assert shop.must_be_whole(order_id) is EXPIRED
    assert shop.taken_at_the_box_office() == set()


async def test_late_money_whose_seats_another_order_claimed_is_refunded(shop: Shop) -> None:
    order_id, attempt = await shop.at_the_gateway()
    await shop.until(1200)
    other = await shop.with_seats(B, C)
    await shop.paid(attempt)
    await shop.settle(hours=0.1)
    assert shop.order(order_id).status is EXPIRED
    assert shop.kept_minor(order_id) == 0
    assert (shop.seats_of(order_id), shop.seats_of(other)) == (set(), {B, C})


async def test_late_money_after_the_showtime_was_withdrawn_is_refunded(shop: Shop) -> None:
    order_id, attempt = await shop.at_the_gateway()
    await shop.until(1200)
    del shop.office._showtimes[shop.showtime.ref]
    await shop.paid(attempt)
    await shop.settle()
    assert (shop.order(order_id).status, shop.kept_minor(order_id)) == (EXPIRED, 0)
    assert shop.seats_of(order_id) == set()


async def test_late_money_waits_for_a_box_office_that_is_away(shop: Shop) -> None:
    order_id, attempt = await shop.at_the_gateway()
    await shop.until(1200)
    for call in ("open_order", "set_tickets", "read_order"):
        shop.office.fail_next(call, "before", times=3)
    shop.office.fail_next("set_tickets", "after")
    await shop.paid(attempt)
    await shop.settle()
    assert shop.must_be_whole(order_id) is CONFIRMED
    assert shop.showtime.id == SHOWTIME


async def test_late_money_for_which_the_box_office_never_answers_is_refunded(shop: Shop) -> None:
    order_id, attempt = await shop.at_the_gateway()
    await shop.until(1200)
    shop.office.fail_next("open_order", "before", times=9999)
    await shop.paid(attempt)
    await shop.settle()
    assert shop.must_be_whole(order_id) is EXPIRED


async def late_choice(shop: Shop) -> UUID:
    """The buyer is at the gateway with A and B when a choice of C and D, long given up, lands after all."""
    order_id, attempt = await shop.at_the_gateway()
    record = shop.order(order_id).box_office_order
    assert record is not None
    ref = OrderRef(id=record.ref, cinema=record.cinema, platform=record.platform)
    choice = tuple(TicketChoice(ticket_type_id=ADULT, seats=(seat,)) for seat in (C, D))
    await shop.office.set_tickets(ref, shop.showtime.ref, choice)
    await shop.paid(attempt)
    await shop.settle()
    return order_id


async def test_a_choice_that_lands_late_is_never_sold(shop: Shop) -> None:
    order_id = await late_choice(shop)
    assert shop.order(order_id).status is OrderStatus.CONFIRMED
    assert shop.taken_at_the_box_office() == {A, B}
    shop.must_be_whole(order_id)


async def test_unless_nobody_looks_before_completing(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    """The twin: other seats are booked than the tickets say."""

    async def unseen(*_: object) -> None:
        return None

    monkeypatch.setattr(BoxOfficeSteps, "_changed_meanwhile", unseen)
    order_id = await late_choice(shop)
    assert shop.order(order_id).seats == (A, B)
    assert shop.taken_at_the_box_office() == {C, D}
