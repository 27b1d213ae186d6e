"""What a buyer is told about cancelling is what cancelling does."""

from collections.abc import Awaitable, Callable
from contextlib import suppress
from uuid import UUID

import pytest
from tests.builders_orders import GUEST, an_id
from tests.shop import A, B, Shop

from muvi.adapters.http.public.cancel_wire import CancelBody, ReasonsDiffer
from muvi.adapters.http.wire import UnknownReference
from muvi.application.orders.cancel_order import CancelOrderCommand, UnknownReason
from muvi.domain.orders.errors import OrderNotFound
from muvi.domain.orders.order import OrderStatus
from muvi.domain.shared.actor import Actor, ActorKind
from muvi.domain.shared.errors import DomainError
from muvi.domain.shared.ids import to_wire
from muvi.ports.errors import OutcomeUnknown

STRANGER = Actor(kind=ActorKind.CUSTOMER, id=an_id(777))


@pytest.fixture
def shop() -> Shop:
    return Shop()


async def at_the_form(shop: Shop) -> UUID:
    return (await shop.at_the_gateway())[0]


async def paid_but_not_looked_at(shop: Shop) -> UUID:
    order_id, attempt = await shop.at_the_gateway()
    await shop.paid(attempt)
    return order_id


async def paid_and_completion_unknown(shop: Shop) -> UUID:
    shop.office.fail_next("complete", "before", OutcomeUnknown("no answer"), times=9999)
    shop.office.fail_next("find_booking", "before", times=9999)
    order_id = await paid_but_not_looked_at(shop)
    await shop.work()
    return order_id


async def unknown_for_too_long(shop: Shop) -> UUID:
    order_id = await paid_and_completion_unknown(shop)
    await shop.until(7200)
    return order_id


async def choice_unknown(shop: Shop) -> UUID:
    order_id = await shop.with_seats(A)
    shop.office.fail_next("set_tickets", "after")
    shop.office.fail_next("read_order", "before", times=9999)
    with suppress(OutcomeUnknown):
        await shop.choose(order_id, B)
    return order_id


async def letting_go(shop: Shop) -> UUID:
    order_id = await shop.with_seats(A)
    shop.office.fail_next("cancel", "before", times=9999)
    await shop.until(601)
    return order_id


async def expired(shop: Shop) -> UUID:
    order_id = await shop.with_seats(A)
    await shop.settle()
    return order_id


async def confirmed(shop: Shop) -> UUID:
    order_id = await paid_but_not_looked_at(shop)
    await shop.work()
    return order_id


ALLOWED = (Shop.place, Shop.with_seats, at_the_form, paid_but_not_looked_at)
REFUSED = (
    paid_and_completion_unknown,
    unknown_for_too_long,
    choice_unknown,
    letting_go,
    expired,
    confirmed,
)


@pytest.mark.parametrize("story", [*ALLOWED, *REFUSED])
async def test_what_is_told_beforehand_is_what_happens(
    shop: Shop, story: Callable[[Shop], Awaitable[UUID]]
) -> None:
    order_id = await story(shop)
    told = await shop.can_cancel(order_id)
    assert told is (story in ALLOWED)
    if told:
        assert (await shop.cancel(order_id)).status is OrderStatus.CANCELLED
    else:
        with pytest.raises(DomainError):
            await shop.cancel(order_id)


async def test_what_is_cancelled_cannot_be_cancelled_any_more(shop: Shop) -> None:
    order_id = await shop.with_seats(A)
    await shop.cancel(order_id)
    assert not await shop.can_cancel(order_id)


async def test_only_its_owner_is_told(shop: Shop) -> None:
    order_id = await shop.with_seats(A, actor=GUEST)
    with pytest.raises(OrderNotFound):
        await shop.can_cancel(order_id, STRANGER)


async def test_a_look_at_the_status_alone_would_promise_too_much(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The twin: pending, but paid, and nobody knows whether it is booked."""
    order_id = await paid_and_completion_unknown(shop)
    monkeypatch.setattr("muvi.application.orders.cancel_order.refusal_to_cancel", lambda *_, **__: None)
    assert shop.order(order_id).status is OrderStatus.PENDING
    assert await shop.can_cancel(order_id)


async def test_who_may_not_see_an_order_learns_nothing_of_it_from_a_bad_reason(shop: Shop) -> None:
    """Authorisation comes first: another answer would say that there is such an order, or such a reason."""
    order_id = await shop.with_seats(A)
    for actor, refusal in ((STRANGER, OrderNotFound), (GUEST, UnknownReason)):
        command = CancelOrderCommand(actor=actor, order_id=order_id, reason_id=an_id(4))
        with pytest.raises(refusal):
            await shop.cancel_order(command)
    assert shop.order(order_id).status is OrderStatus.PENDING


REASON, OTHER = to_wire(an_id(5)), to_wire(an_id(6))


@pytest.mark.parametrize(
    ("sent", "meant"),
    [
        ({}, None),
        ({"reason_id": REASON}, REASON),
        ({"cancellation_reason_id": REASON}, REASON),
        ({"cancellation_reason_id": "", "reason_id": REASON}, REASON),
        ({"cancellation_reason_id": REASON, "reason_id": REASON}, REASON),
    ],
)
def test_a_reason_has_two_spellings(sent: dict[str, str], meant: str | None) -> None:
    found = CancelBody(**sent).reason()
    assert (to_wire(found) if found else None) == meant


def test_two_different_reasons_are_refused() -> None:
    with pytest.raises(ReasonsDiffer) as said:
        CancelBody(cancellation_reason_id=REASON, reason_id=OTHER).reason()
    assert said.value.facts == {"field": "reasonId"}


@pytest.mark.parametrize("name", ["cancellation_reason_id", "reason_id"])
def test_a_malformed_reason_is_named_as_it_was_sent(name: str) -> None:
    with pytest.raises(UnknownReference) as said:
        CancelBody(**{name: "no id"}).reason()
    assert said.value.facts["field"] == {"reason_id": "reasonId"}.get(name, "cancellationReasonId")
