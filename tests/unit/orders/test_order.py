"""The order: its transitions, its one operation in flight, its one order at the box office."""

from dataclasses import replace

import pytest
from tests.builders_orders import MINUTE, NOW, SECOND, a_line, a_record, an_id, an_order, two_seats

from muvi.domain.orders.errors import IllegalTransition, OrderBusy, OrderExpired, OrderNotOpen
from muvi.domain.orders.line import split_minor
from muvi.domain.orders.order import TRANSITIONS, Operation, OperationKind, Order, OrderStatus


@pytest.mark.parametrize("before", OrderStatus)
@pytest.mark.parametrize("after", OrderStatus)
def test_an_order_moves_along_its_table(before: OrderStatus, after: OrderStatus) -> None:
    order = an_order(status=before)
    if after in TRANSITIONS[before]:
        order.become(after, NOW, "why")
        assert (order.status, order.closed_reason, order.timeline[-1].at) == (after, "why", NOW)
        assert (order.confirmed_at == NOW) is (after is OrderStatus.CONFIRMED)
        return
    with pytest.raises(IllegalTransition):
        order.become(after, NOW)
    assert (order.status, order.timeline) == (before, [])


def test_what_is_completed_or_cancelled_stays_so() -> None:
    assert not TRANSITIONS[OrderStatus.COMPLETED]
    assert not TRANSITIONS[OrderStatus.CANCELLED]
    assert TRANSITIONS[OrderStatus.EXPIRED] == {OrderStatus.CONFIRMED}


def test_totals_are_sums_of_lines() -> None:
    order = an_order(lines=two_seats())
    assert (order.total_minor, order.vat_minor, order.seats) == (11500, 1500, ("1-0-0", "1-0-1"))
    assert an_order(lines=(a_line(fee_minor=100, discount_minor=50),)).total_minor == 5550


def test_only_a_pending_order_in_time_can_be_changed() -> None:
    an_order().require_open(NOW + 10 * MINUTE - SECOND)
    with pytest.raises(OrderExpired):
        an_order().require_open(NOW + 10 * MINUTE)
    with pytest.raises(OrderExpired):
        an_order(status=OrderStatus.EXPIRED).require_open(NOW)
    for status in (OrderStatus.CONFIRMED, OrderStatus.CANCELLED, OrderStatus.COMPLETED):
        with pytest.raises(OrderNotOpen) as said:
            an_order(status=status).require_open(NOW)
        assert said.value.facts == {"order_status": status}


def test_one_operation_at_a_time() -> None:
    order: Order = an_order()
    first = Operation(id=an_id(5), kind=OperationKind.SEATS, deadline=NOW)
    order.begin(first)
    with pytest.raises(OrderBusy):
        order.begin(Operation(id=an_id(6), kind=OperationKind.PAY, deadline=NOW + MINUTE))
    assert order.owns(an_id(5))
    assert not order.owns(an_id(6))
    order.finish()
    assert not order.owns(an_id(5))


def test_who_takes_an_operation_over_owns_it_as_it_is() -> None:
    order: Order = an_order()
    order.take_over(an_id(6))
    assert order.operation is None
    lapsed = Operation(id=an_id(5), kind=OperationKind.SEATS, deadline=NOW)
    order.begin(lapsed)
    order.take_over(an_id(6))
    assert (order.owns(an_id(5)), order.owns(an_id(6))) == (False, True)
    assert order.operation == replace(lapsed, id=an_id(6))
    with pytest.raises(OrderBusy):
        order.begin(lapsed)


def test_a_new_box_office_order_replaces_the_active_one() -> None:
    order = an_order()
    assert order.box_office_order is None
    order.attach(a_record(1))
    order.attach(a_record(2))
    assert order.box_office_order == a_record(2)
    assert [record.active for record in order.box_office_orders] == [False, True]
    order.attach(a_record(2).read(expires_at=NOW, total_minor=1))
    assert (order.box_office_order.expires_at, len(order.box_office_orders)) == (NOW, 2)
    order.detach()
    assert order.box_office_order is None


def test_the_box_offices_expiry_shortens_ours_and_never_lengthens_it() -> None:
    order = an_order()
    order.choose(two_seats(), NOW + 5 * MINUTE)
    assert order.expires_at == NOW + 5 * MINUTE
    order.choose(two_seats(), NOW + 50 * MINUTE)
    assert order.expires_at == NOW + 5 * MINUTE


@pytest.mark.parametrize(
    ("amount", "parts", "shares"), [(1435, 2, (718, 717)), (10, 3, (4, 3, 3)), (0, 2, (0, 0))]
)
def test_an_amount_is_shared_without_loss(amount: int, parts: int, shares: tuple[int, ...]) -> None:
    assert split_minor(amount, parts) == shares
    assert sum(shares) == amount
