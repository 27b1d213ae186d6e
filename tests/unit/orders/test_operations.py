"""An operation lives as long as the process that works on it, and has one owner at a time."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Any
from uuid import UUID

import pytest
from tests.killing import KillSignal
from tests.shop import A, B, C, Shop, others

from muvi.adapters.memory.orders import MemoryOrders
from muvi.application.orders.choose_seats import ChooseSeats
from muvi.application.orders.operations import LEASE_S, Lease, Operations
from muvi.domain.orders.errors import OrderBusy
from muvi.domain.orders.order import Order, OrderStatus
from muvi.domain.payments.attempt_status import AttemptStatus

LONG_S = 150
"""Longer than any chain of calls may take."""


@pytest.fixture
def shop() -> Shop:
    return Shop()


def slowly(port: object, name: str, wait: Callable[[], Awaitable[object]]) -> None:
    """Let the next such call be answered only after something else has happened."""
    real = getattr(port, name)

    async def slow(*call: object) -> object:
        setattr(port, name, real)
        await wait()
        return await real(*call)

    setattr(port, name, slow)


async def dead_at(shop: Shop, moment: str, act: Awaitable[object]) -> None:
    """The process is killed in the middle of what it does."""
    real = shop.killer.moment

    def at(name: str) -> None:
        if name == moment:
            shop.killer.moment = real  # type: ignore[method-assign]
            raise KillSignal(name)
        real(name)

    shop.killer.moment = at  # type: ignore[method-assign]
    with pytest.raises(KillSignal):
        await act


async def choose_slowly(shop: Shop) -> UUID:
    order_id = await shop.with_seats(A)
    slowly(shop.office, "set_tickets", lambda: shop.live(LONG_S))
    await shop.choose(order_id, B)
    return order_id


async def pay_slowly(shop: Shop) -> UUID:
    order_id = await shop.with_seats(A)
    slowly(shop.office, "begin_payment", lambda: shop.live(LONG_S // 2))
    slowly(shop.gateway, "open", lambda: shop.live(LONG_S // 2))
    await shop.pay(order_id)
    return order_id


async def test_a_slow_choice_does_not_lapse_under_the_feet_of_a_living_process(shop: Shop) -> None:
    order_id = await choose_slowly(shop)
    assert shop.order(order_id).seats == (B,)
    assert shop.seats_of(order_id) == shop.taken_at_the_box_office() == {B}
    assert "read_order" not in shop.office.calls, "nobody followed"
    assert shop.order(order_id).operation is None


async def test_a_slow_payment_does_not_lapse_either(shop: Shop) -> None:
    order_id = await pay_slowly(shop)
    assert [one.status for one in shop.attempts(order_id)] == [AttemptStatus.PENDING]
    assert shop.codes(order_id)["operation-lapsed"] == 0


@pytest.mark.parametrize("act", [choose_slowly, pay_slowly])
async def test_unless_nobody_prolongs_it(
    shop: Shop, monkeypatch: pytest.MonkeyPatch, act: Callable[[Shop], Awaitable[UUID]]
) -> None:
    """The twin."""

    async def idle(_operations: Operations, _lease: Lease) -> None:
        return

    monkeypatch.setattr(Operations, "_keep", idle)
    with pytest.raises(OrderBusy):
        await act(shop)


async def test_a_plan_that_is_long_in_coming_takes_nothing_from_the_lease(shop: Shop) -> None:
    order_id = await shop.place()
    slowly(shop.office, "seat_plan", lambda: shop.live(60))
    await shop.choose(order_id, A)
    assert shop.order(order_id).seats == (A,)


async def test_calls_that_are_answered_soon_prolong_nothing(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An ordinary purchase costs not one statement more."""
    prolonged: list[UUID] = []
    real = MemoryOrders.prolong

    async def prolong(orders: MemoryOrders, order_id: UUID, *rest: Any) -> bool:  # noqa: ANN401
        prolonged.append(order_id)
        return await real(orders, order_id, *rest)

    monkeypatch.setattr(MemoryOrders, "prolong", prolong)
    order_id = await shop.place()
    for port, call in ((shop.office, "set_tickets"), (shop.office, "begin_payment"), (shop.gateway, "open")):
        slowly(port, call, lambda: shop.live(1))
    await shop.choose(order_id, A)
    await shop.pay(order_id)
    await shop.live(60)
    assert prolonged == []


async def test_seats_can_be_chosen_again_soon_after_a_death(shop: Shop) -> None:
    order_id = await shop.with_seats(A)
    await dead_at(shop, "before set_tickets", shop.choose(order_id, B))
    with pytest.raises(OrderBusy):
        await shop.choose(order_id, C)
    await shop.until(LEASE_S)
    await shop.choose(order_id, C)
    assert shop.seats_of(order_id) == shop.taken_at_the_box_office() == {C}


@pytest.mark.parametrize("moment", ["before read_order", "before open", "after open"])
async def test_paying_and_choosing_go_on_soon_after_a_death(shop: Shop, moment: str) -> None:
    """The attempt that was never opened blocks nothing any more."""
    order_id = await shop.with_seats(A)
    await dead_at(shop, moment, shop.pay(order_id))
    await shop.until(LEASE_S)
    await shop.choose(order_id, B)
    started = await shop.pay(order_id)
    assert [one.status for one in shop.attempts(order_id)] == [AttemptStatus.FAILED, AttemptStatus.PENDING]
    await shop.paid(started.attempt)
    await shop.settle()
    assert shop.must_be_whole(order_id) is OrderStatus.CONFIRMED


async def pay_after_a_sleep(shop: Shop) -> UUID:
    """A process is stopped in mid-payment; the workers drop it, and then it wakes."""
    order_id = await shop.with_seats(A)
    slowly(shop.office, "begin_payment", lambda: shop.until(LEASE_S))
    with pytest.raises(OrderBusy):
        await shop.pay(order_id)
    return order_id


async def test_who_has_lost_an_operation_calls_nobody_any_more(shop: Shop) -> None:
    order_id = await pay_after_a_sleep(shop)
    assert shop.gateway.calls == []
    assert (await shop.pay(order_id)).attempt.is_open


async def test_unless_it_does_not_ask(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    """The twin: a checkout is opened for an order that is somebody else's by now."""
    monkeypatch.setattr(Lease, "require", lambda _lease: None)
    await pay_after_a_sleep(shop)
    assert [call for call, _ in shop.gateway.calls] == ["open"]


async def wakes_while_a_worker_follows(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> UUID:
    """A process falls asleep before it sets tickets. It wakes when a worker has read that there are none and
    has not yet written it down.
    """
    order_id = await shop.place()
    has_read, may_write = asyncio.Event(), asyncio.Event()
    box_order, read_order, set_tickets = (
        ChooseSeats._box_order,
        shop.office.read_order,
        shop.office.set_tickets,
    )

    async def lapse_and_follow() -> None:
        shop.clock.advance(seconds=LEASE_S)
        await shop.advance(order_id)

    async def sleep_in_between(*call: Any) -> object:  # noqa: ANN401
        ref = await box_order(*call)
        group.create_task(lapse_and_follow())
        await has_read.wait()
        await others()
        return ref

    async def read_and_wait(*call: Any) -> object:  # noqa: ANN401
        held = await read_order(*call)
        has_read.set()
        await may_write.wait()
        return held

    async def set_while_it_is_written(*call: Any) -> object:  # noqa: ANN401
        held = await set_tickets(*call)
        may_write.set()
        await others()
        return held

    monkeypatch.setattr(ChooseSeats, "_box_order", sleep_in_between)
    monkeypatch.setattr(shop.office, "read_order", read_and_wait)
    monkeypatch.setattr(shop.office, "set_tickets", set_while_it_is_written)
    async with asyncio.TaskGroup() as group:
        with suppress(OrderBusy):
            await shop.choose(order_id, B)
        may_write.set()
    return order_id


async def test_who_follows_an_operation_owns_it(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    order_id = await wakes_while_a_worker_follows(shop, monkeypatch)
    assert "set_tickets" not in shop.office.calls
    assert shop.seats_of(order_id) == shop.taken_at_the_box_office() == set()


async def test_unless_it_leaves_the_operation_to_who_began_it(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The twin: both believe that it is theirs, and the box office keeps a seat of which we know nothing."""
    monkeypatch.setattr(Order, "take_over", lambda _order, _id: None)
    order_id = await wakes_while_a_worker_follows(shop, monkeypatch)
    assert shop.seats_of(order_id) == set()
    assert shop.taken_at_the_box_office() == {B}
