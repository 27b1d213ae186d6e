"""Twins: the same stories with one guard switched off end badly, so each guard is there for a reason.

The stories with their guards on stand in `tests/unit/orders` and in `test_killed.py`; where one is not, it is
played here both ways.
"""

from dataclasses import fields, replace
from datetime import datetime
from typing import Any
from uuid import UUID

import pytest
from tests.killing import KillSignal
from tests.shop import A, B, C, Shop

from muvi.application.orders import advance_checkout, box_office_steps, learned
from muvi.application.orders.advance_checkout import AdvanceCheckout
from muvi.application.orders.box_office_steps import BoxOfficeSteps, Work
from muvi.application.orders.learned import Record
from muvi.domain.orders.checkout import (
    Checkout,
    CheckoutFacts,
    CheckoutState,
    Decision,
    Step,
    decide,
    without_booking,
)
from muvi.domain.orders.order import Order, OrderStatus
from muvi.domain.seating.selection import SeatsTaken
from muvi.ports.errors import OutcomeUnknown


@pytest.fixture
def shop() -> Shop:
    return Shop()


def with_steps(shop: Shop, kind: type[BoxOfficeSteps]) -> None:
    """Let the shop's workers use other steps."""
    ports = {field.name: getattr(shop.steps, field.name) for field in fields(BoxOfficeSteps)}
    shop.advance = replace(shop.advance, box_office=kind(**ports))


class Incautious(AdvanceCheckout):
    """Records an answer whatever has happened meanwhile."""

    async def _decide(
        self, order_id: UUID, done: Work | None = None, record: Record | None = None
    ) -> Work | None:
        if done is not None:
            async with self.begin() as tx:
                done = replace(done, version=(await tx.checkouts.get(order_id)).version)
        return await super()._decide(order_id, done, record)


class Hasty(BoxOfficeSteps):
    """Takes a cancel without an answer for done."""

    async def _cancel(self, work: Work) -> Record:
        await super()._cancel(work)
        return learned.detached


class Forgetful(AdvanceCheckout):
    """Completes without having written down that it is about to."""

    async def _decide(
        self, order_id: UUID, done: Work | None = None, record: Record | None = None
    ) -> Work | None:
        work = await super()._decide(order_id, done, record)
        if work is None or work.step is not Step.COMPLETE:
            return work
        async with self.begin() as tx:
            checkout = await tx.checkouts.get(order_id)
            checkout.state = CheckoutState.COMPLETING
            await tx.checkouts.save(checkout)
        return replace(work, version=checkout.version)


def working_as(shop: Shop, kind: type[AdvanceCheckout]) -> None:
    """Let the shop's workers advance checkouts in another way."""
    shop.advance = kind(*(getattr(shop.advance, field.name) for field in fields(AdvanceCheckout)))


async def two_workers_ask_for_one_booking(shop: Shop) -> UUID:
    """The first one's answer, that there is none, is overtaken by the second one's, that there is."""
    shop.office.fail_next("complete", "after")
    shop.office.bookings_hidden_for_s = 10_000
    order_id, attempt = await shop.at_the_gateway()
    await shop.paid(attempt)
    await shop.work()
    [record] = shop.order(order_id).box_office_orders
    shop.clock.advance(seconds=(record.expires_at - shop.clock.now()).total_seconds() + 121)
    real = shop.office.read_order

    async def read_order_while_another_finds_the_booking(*call: Any) -> object:  # noqa: ANN401
        shop.office.read_order = real
        answer = await real(*call)
        shop.office.bookings_hidden_for_s = 0
        await shop.advance(order_id)
        assert shop.order(order_id).status is OrderStatus.CONFIRMED
        return answer

    shop.office.read_order = read_order_while_another_finds_the_booking
    await shop.advance(order_id)
    return order_id


async def test_an_overtaken_answer_changes_nothing(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("muvi.domain.orders.checkout.PATIENCE_S", 100_000)
    order_id = await two_workers_ask_for_one_booking(shop)
    await shop.settle()
    assert shop.must_be_whole(order_id) is OrderStatus.CONFIRMED


async def test_without_the_version_a_confirmed_order_would_be_refunded(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("muvi.domain.orders.checkout.PATIENCE_S", 100_000)
    working_as(shop, Incautious)
    order_id = await two_workers_ask_for_one_booking(shop)
    await shop.settle()
    assert shop.order(order_id).status is OrderStatus.CONFIRMED
    assert (shop.bookings(order_id), shop.kept_minor(order_id)) == (1, 0)


async def test_without_the_operations_id_a_late_reply_would_overwrite_a_newer_choice(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The twin of `test_a_stale_reply_changes_nothing`."""
    monkeypatch.setattr(Order, "owns", lambda _order, _operation_id: True)
    order_id = await shop.with_seats(A)
    real = shop.office.set_tickets

    async def set_tickets_too_slowly(*call: Any) -> object:  # noqa: ANN401
        answer = await real(*call)
        await shop.until(100)
        shop.office.set_tickets = real
        await shop.choose(order_id, C)
        return answer

    shop.office.set_tickets = set_tickets_too_slowly
    await shop.choose(order_id, B)
    assert shop.order(order_id).seats == (B,)
    assert shop.taken_at_the_box_office() == {C}, "the buyer would pay for a seat that nobody holds"


async def killed_just_after_the_booking(shop: Shop) -> UUID:
    order_id, attempt = await shop.at_the_gateway()
    await shop.paid(attempt)
    real = shop.killer.moment

    def moment(name: str) -> None:
        if name == "after complete":
            shop.killer.moment = real
            raise KillSignal(name)
        real(name)

    shop.killer.moment = moment
    with pytest.raises(KillSignal):
        await shop.work()
    assert len(shop.office.bookings) == 1
    return order_id


async def test_an_intended_completion_is_asked_about(shop: Shop) -> None:
    order_id = await killed_just_after_the_booking(shop)
    await shop.settle()
    assert shop.must_be_whole(order_id) is OrderStatus.CONFIRMED


async def unseen(*_: object) -> None:
    """Nobody looks at the order before it is completed: that look is a guard of its own."""


async def test_without_the_intent_a_booking_would_be_sent_again_and_never_be_known(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(BoxOfficeSteps, "_changed_meanwhile", unseen)
    working_as(shop, Forgetful)
    order_id = await killed_just_after_the_booking(shop)
    await shop.until(60)
    assert shop.office.calls.count("complete") > 1, "sent blindly"
    await shop.until(7200)
    assert shop.order(order_id).status is OrderStatus.PENDING
    assert (len(shop.office.bookings), shop.kept_minor(order_id)) == (1, 11500)


def trusting(checkout: Checkout, facts: CheckoutFacts, now: datetime) -> Decision:
    """Decides as if every amount were right."""
    fitting = tuple(replace(one, amount_minor=facts.total_minor) for one in facts.captures)
    found = decide(checkout, replace(facts, captures=fitting), now)
    if found.capture is None:
        return found
    real = next(one for one in facts.captures if one.transaction == found.capture.transaction)
    return replace(found, capture=real)


async def test_without_the_amount_check_wrong_money_would_be_kept(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The twin of `test_money_of_another_amount_is_returned_whole`."""
    monkeypatch.setattr(advance_checkout, "decide", trusting)
    order_id, attempt = await shop.at_the_gateway(A)
    shop.gateway.decline(attempt.checkout_id)
    await shop.signal(attempt)
    await shop.work()
    await shop.choose(order_id, A, B)
    await shop.paid(attempt)
    await shop.until(7200)
    assert shop.kept_minor(order_id) == 5750
    assert shop.refunds(order_id) == []
    assert shop.order(order_id).status is OrderStatus.PENDING


async def test_without_the_wait_for_a_cancel_a_seat_would_be_sold_that_is_not_free(shop: Shop) -> None:
    """The twin of `test_expiry_while_the_box_office_is_away_…`."""
    with_steps(shop, Hasty)
    shop.office.lifetime_s = 900
    order_id = await shop.with_seats(A)
    shop.office.fail_next("cancel", "before", times=9999)
    await shop.until(650)
    assert shop.seats_of(order_id) == set()
    assert shop.taken_at_the_box_office() == {A}


async def a_booking_that_shows_late(shop: Shop) -> UUID:
    shop.office.bookings_hidden_for_s = 30
    shop.office.fail_next("complete", "after")
    order_id, attempt = await shop.at_the_gateway()
    await shop.paid(attempt)
    await shop.settle()
    return order_id


async def test_without_the_grace_a_booked_order_would_be_refunded(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The twin of `test_a_booking_whose_reply_is_lost_…`."""

    def impatient(*, alive: bool, box_order_expires_at: datetime | None, now: datetime) -> Step:
        found = without_booking(alive=alive, box_order_expires_at=box_order_expires_at, now=now)
        return Step.ABANDON_BOX_ORDER if found is Step.WAIT else found

    monkeypatch.setattr(box_office_steps, "without_booking", impatient)
    order_id = await a_booking_that_shows_late(shop)
    assert shop.order(order_id).status is OrderStatus.EXPIRED
    assert (shop.bookings(order_id), shop.kept_minor(order_id)) == (1, 0)


async def test_without_asking_a_lost_completion_would_be_taken_for_none(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A box office that is asked nothing, only told again, never says that it has booked."""

    async def never(_steps: BoxOfficeSteps, _work: Work) -> Record:
        return learned.back_to_completing

    monkeypatch.setattr(BoxOfficeSteps, "_ask_booking", never)
    shop.office.fail_next("complete", "after")
    order_id, attempt = await shop.at_the_gateway()
    await shop.paid(attempt)
    await shop.until(1200)
    assert shop.order(order_id).status is OrderStatus.PENDING
    assert (shop.bookings(order_id), shop.kept_minor(order_id)) == (1, 11500)


async def test_without_the_look_at_an_open_payment_paid_seats_would_be_given_away(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The twin of `test_expiry_looks_once_more_at_an_open_payment`."""

    def blind(checkout: Checkout, facts: CheckoutFacts, now: datetime) -> Decision:
        return decide(checkout, replace(facts, attempt_open=False), now)

    monkeypatch.setattr(advance_checkout, "decide", blind)
    shop.office.payment_extension_s = 3600
    order_id, attempt = await shop.at_the_gateway()
    shop.clock.advance(seconds=(shop.order(order_id).expires_at - shop.clock.now()).total_seconds() - 1)
    shop.gateway.pay(attempt.checkout_id)
    shop.clock.advance(seconds=2)
    await shop.advance(order_id)
    assert shop.order(order_id).status is OrderStatus.EXPIRED
    assert (shop.seats_of(order_id), shop.kept_minor(order_id)) == (set(), 11500)


async def test_without_waking_news_would_be_slept_through(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The twin of `test_news_that_come_during_an_operation_are_not_slept_through`."""

    def oversleep(checkout: Checkout, until: datetime, *, operation: object) -> None:
        checkout.next_at = until

    monkeypatch.setattr(Checkout, "rest_until", oversleep)
    order_id, first = await shop.at_the_gateway()
    shop.gateway.decline(first.checkout_id)
    await shop.signal(first)
    await shop.work()
    real = shop.gateway.open

    async def open_while_money_comes(request: Any) -> object:  # noqa: ANN401
        opened = await real(request)
        await shop.paid(first)
        await shop.work()
        return opened

    shop.gateway.open = open_while_money_comes
    await shop.pay(order_id)
    await shop.until(60)
    assert shop.order(order_id).status is OrderStatus.PENDING


async def test_without_keeping_both_choices_an_unknown_one_would_lose_seats(shop: Shop) -> None:
    """The twin of `test_an_outcome_that_stays_unknown_keeps_both_until_it_is_known`."""
    order_id = await shop.with_seats(A, B)
    shop.office.fail_next("set_tickets", "after")
    shop.office.fail_next("read_order", "before")
    with pytest.raises(OutcomeUnknown):
        await shop.choose(order_id, B, C)
    assert C in shop.seats_of(order_id)
    async with shop.immortal() as tx:
        await tx.claims.release(shop.showtime.id, order_id=order_id, now=shop.clock.now(), keep=(A, B))
    assert C in shop.taken_at_the_box_office()
    with pytest.raises(SeatsTaken):
        await shop.with_seats(C)
    assert C not in shop.seats_of(order_id), "claimed by nobody, and not to be had"
