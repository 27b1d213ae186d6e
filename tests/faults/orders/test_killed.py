"""A process is killed before or after every commit and every foreign call of a purchase.

Whatever the moment, after a restart the order ends with exactly one booking that is paid for, or with
nothing: no seat in either system, no money, no ticket.
"""

from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass
from uuid import UUID

import pytest
from tests.killing import KillSignal
from tests.shop import A, B, C, Shop

from muvi.adapters.memory.gateway import Trouble
from muvi.domain.orders.checkout import CheckoutState
from muvi.domain.orders.order import OrderStatus
from muvi.domain.shared.errors import DomainError
from muvi.ports.errors import PortError

CONFIRMED, EXPIRED, CANCELLED = OrderStatus.CONFIRMED, OrderStatus.EXPIRED, OrderStatus.CANCELLED
Prepare = Callable[[Shop], Awaitable[UUID]]
Act = Callable[[Shop, UUID], Awaitable[object]]
MANY = 400


@dataclass(frozen=True, kw_only=True)
class Story:
    """`prepare` lives, `act` dies somewhere. `ends`: what may become of the order; `whole`: what does when
    nobody dies.
    """

    prepare: Prepare
    act: Act
    ends: set[OrderStatus]
    whole: OrderStatus


async def work(shop: Shop, _: UUID) -> None:
    await shop.work()


async def settle(shop: Shop, _: UUID) -> None:
    """The workers die somewhere in the two days after."""
    await shop.settle()


async def placed(shop: Shop) -> UUID:
    return await shop.place()


async def chosen(shop: Shop) -> UUID:
    return await shop.with_seats()


async def at_the_gateway(shop: Shop) -> UUID:
    return (await shop.at_the_gateway())[0]


async def paid(shop: Shop) -> UUID:
    order_id, attempt = await shop.at_the_gateway()
    await shop.paid(attempt)
    return order_id


async def paid_but_the_box_office_loses_its_reply(shop: Shop) -> UUID:
    shop.office.bookings_hidden_for_s = 30
    shop.office.fail_next("complete", "after")
    return await paid(shop)


async def paid_but_the_box_office_is_silent(shop: Shop) -> UUID:
    shop.office.fail_next("complete", "before", times=2)
    shop.office.fail_next("find_booking", "before")
    return await paid(shop)


async def paid_late(shop: Shop) -> UUID:
    """The order is over and its seats are free when the card is charged."""
    order_id, attempt = await shop.at_the_gateway()
    await shop.until(1200)
    assert shop.order(order_id).status is EXPIRED
    assert not shop.taken_at_the_box_office()
    await shop.paid(attempt)
    return order_id


async def paid_late_and_the_seats_are_gone(shop: Shop) -> UUID:
    order_id = await paid_late(shop)
    shop.office.sell_at_counter(shop.showtime.ref, B)
    return order_id


async def paid_late_and_refunds_are_lost(shop: Shop) -> UUID:
    order_id = await paid_late_and_the_seats_are_gone(shop)
    shop.gateway.fail("refund", Trouble.LOST)
    return order_id


async def paid_after_cancelling(shop: Shop) -> UUID:
    order_id, attempt = await shop.at_the_gateway()
    await shop.cancel(order_id)
    await shop.paid(attempt)
    return order_id


async def paid_twice(shop: Shop) -> UUID:
    """A declined card, a second form in another tab, and then money on both."""
    order_id, first = await shop.at_the_gateway()
    shop.gateway.decline(first.checkout_id)
    await shop.signal(first)
    await shop.work()
    second = (await shop.pay(order_id)).attempt
    assert second.id != first.id
    await shop.paid(first)
    await shop.paid(second)
    return order_id


async def paid_another_amount(shop: Shop) -> UUID:
    """A declined card, other seats, and then a second card on the form that was still open."""
    order_id, attempt = await shop.at_the_gateway(A)
    shop.gateway.decline(attempt.checkout_id)
    await shop.signal(attempt)
    await shop.work()
    await shop.choose(order_id, A, B)
    await shop.paid(attempt)
    return order_id


async def swept_while_paying(shop: Shop) -> UUID:
    """The box office forgets the order while the money is on its way."""
    order_id, attempt = await shop.at_the_gateway()
    [record] = shop.order(order_id).box_office_orders
    shop.clock.advance(seconds=(record.expires_at - shop.clock.now()).total_seconds() - 5)
    await shop.paid(attempt)
    shop.office._end(shop.office._orders[record.ref])
    return order_id


async def expiring_with_an_open_form(shop: Shop) -> UUID:
    order_id = await at_the_gateway(shop)
    shop.clock.advance(seconds=700)
    return order_id


async def paid_while_letting_go(shop: Shop) -> UUID:
    """The order is over, the box office does not answer the cancel, and the money arrives."""
    shop.office.fail_next("cancel", "before", times=4)
    order_id, attempt = await shop.at_the_gateway()
    ends = shop.order(order_id).expires_at
    await shop.until((ends - shop.clock.now()).total_seconds() + 2)
    assert shop.checkout(order_id).state is CheckoutState.RELEASING
    await shop.paid(attempt)
    return order_id


async def choose(shop: Shop, order_id: UUID) -> None:
    await shop.choose(order_id)


async def choose_others(shop: Shop, order_id: UUID) -> None:
    await shop.choose(order_id, B, C)


async def pay(shop: Shop, order_id: UUID) -> None:
    await shop.pay(order_id)


async def cancel(shop: Shop, order_id: UUID) -> None:
    await shop.cancel(order_id)


STORIES = {
    "choose": Story(prepare=placed, act=choose, ends={EXPIRED}, whole=EXPIRED),
    "choose again": Story(prepare=chosen, act=choose_others, ends={EXPIRED}, whole=EXPIRED),
    "pay": Story(prepare=chosen, act=pay, ends={EXPIRED}, whole=EXPIRED),
    "cancel before seats": Story(prepare=placed, act=cancel, ends={CANCELLED, EXPIRED}, whole=CANCELLED),
    "cancel": Story(prepare=chosen, act=cancel, ends={CANCELLED, EXPIRED}, whole=CANCELLED),
    "cancel while paying": Story(
        prepare=at_the_gateway, act=cancel, ends={CANCELLED, EXPIRED}, whole=CANCELLED
    ),
    "expire": Story(prepare=chosen, act=settle, ends={EXPIRED}, whole=EXPIRED),
    "expire while paying": Story(
        prepare=expiring_with_an_open_form, act=settle, ends={EXPIRED}, whole=EXPIRED
    ),
    "complete": Story(prepare=paid, act=work, ends={CONFIRMED}, whole=CONFIRMED),
    "complete with a lost reply": Story(
        prepare=paid_but_the_box_office_loses_its_reply, act=settle, ends={CONFIRMED}, whole=CONFIRMED
    ),
    "complete with a silent box office": Story(
        prepare=paid_but_the_box_office_is_silent, act=settle, ends={CONFIRMED}, whole=CONFIRMED
    ),
    "swept while paying": Story(prepare=swept_while_paying, act=settle, ends={CONFIRMED}, whole=CONFIRMED),
    "money while letting go": Story(
        prepare=paid_while_letting_go, act=settle, ends={CONFIRMED}, whole=CONFIRMED
    ),
    "late money": Story(prepare=paid_late, act=settle, ends={CONFIRMED}, whole=CONFIRMED),
    "late money, seats gone": Story(
        prepare=paid_late_and_the_seats_are_gone, act=settle, ends={EXPIRED}, whole=EXPIRED
    ),
    "late money, lost refund": Story(
        prepare=paid_late_and_refunds_are_lost, act=settle, ends={EXPIRED}, whole=EXPIRED
    ),
    "late money, cancelled": Story(
        prepare=paid_after_cancelling, act=settle, ends={CANCELLED}, whole=CANCELLED
    ),
    "paid twice": Story(prepare=paid_twice, act=settle, ends={CONFIRMED}, whole=CONFIRMED),
    "another amount": Story(prepare=paid_another_amount, act=settle, ends={EXPIRED}, whole=EXPIRED),
}


async def killed_at(story: Story, moment: int) -> tuple[Shop, UUID, bool]:
    """Play a story up to its n-th moment; whether it died there."""
    shop = Shop()
    order_id = await story.prepare(shop)
    shop.killer.arm(moment)
    try:
        await story.act(shop, order_id)
    except KillSignal:
        return shop, order_id, True
    finally:
        shop.killer.disarm()
    return shop, order_id, False


@pytest.mark.parametrize("name", STORIES)
async def test_killed_anywhere_a_purchase_ends_whole(name: str) -> None:
    story = STORIES[name]
    for moment in range(MANY):
        shop, order_id, died = await killed_at(story, moment)
        await shop.settle()
        assert shop.must_be_whole(order_id) in story.ends, shop.killer.passed[-1]
        if not died:
            assert shop.order(order_id).status is story.whole
            assert moment >= 2
            return
    raise AssertionError("the story never ends alive")


async def persistent(shop: Shop, order_id: UUID, act: Act) -> None:
    """A client that tries again until its call succeeds or the order is over."""
    for _ in range(30):
        try:
            await act(shop, order_id)
        except (DomainError, PortError):
            await shop.until(20)
        else:
            return


@pytest.mark.parametrize("name", ["choose", "choose again", "pay"])
async def test_killed_anywhere_a_buyer_who_tries_again_gets_the_seats(name: str) -> None:
    story = STORIES[name]
    for moment in range(MANY):
        shop, order_id, died = await killed_at(story, moment)
        await persistent(shop, order_id, story.act)
        if not shop.order(order_id).lines:  # the box office's answer was lost: nothing is chosen
            await persistent(shop, order_id, choose)
        await persistent(shop, order_id, pay)
        for attempt in shop.attempts(order_id)[-1:]:
            with suppress(KeyError):
                await shop.paid(attempt)
        await shop.settle()
        assert shop.must_be_whole(order_id) is CONFIRMED, shop.killer.passed[-1]
        if not died:
            return


@pytest.mark.parametrize("second", range(0, 12, 3))
async def test_killed_again_and_again(second: int) -> None:
    """The process that repairs may die as well, a little further each time."""
    story = STORIES["late money"]
    shop = Shop()
    order_id = await story.prepare(shop)
    for extra in range(40):
        shop.killer.arm(second + extra)
        try:
            await shop.settle()
        except KillSignal:
            shop.killer.disarm()
            continue
        break
    shop.killer.disarm()
    await shop.settle()
    assert shop.must_be_whole(order_id) is CONFIRMED
