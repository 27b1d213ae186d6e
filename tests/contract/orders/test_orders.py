"""Orders come back whole and change along their table, by one writer at a time."""

from datetime import datetime
from uuid import UUID

import pytest
from tests.builders_orders import (
    MINUTE,
    NOW,
    OWNER,
    SECOND,
    a_fee_line,
    a_line,
    a_record,
    a_showtime_for_sale,
    a_ticket,
    an_id,
    an_order,
    facts,
    two_seats,
)
from tests.contract.purchase_stores import PurchaseStore

from muvi.domain.orders.errors import IllegalTransition
from muvi.domain.orders.order import BuyerDetails, Operation, OperationKind, Order, OrderStatus
from muvi.ports.listing import Slice, Window
from muvi.ports.orders.orders import OrderHasChanged


async def kept(store: PurchaseStore, order: Order) -> Order:
    async with store.begin() as tx:
        await tx.orders.add(order)
    return await read(store, order)


async def read(store: PurchaseStore, order: Order) -> Order:
    async with store.begin() as tx:
        found: Order | None = await tx.orders.get(order.id, for_update=True)
    assert found is not None
    return found


async def saved(store: PurchaseStore, order: Order) -> Order:
    """The order as it comes back after being written in a phase that read it."""
    async with store.begin() as tx:
        await tx.orders.get(order.id, for_update=True)
        await tx.orders.save(order)
    return await read(store, order)


async def test_a_new_order_comes_back(store: PurchaseStore) -> None:
    assert facts(await kept(store, an_order())) == facts(an_order())
    async with store.begin() as tx:
        assert await tx.orders.get(an_id(2)) is None


async def test_an_order_comes_back_whole(store: PurchaseStore) -> None:
    order = await kept(store, an_order())
    order.choose(two_seats(), NOW + 8 * MINUTE)
    order.attach(a_record())
    order.begin(Operation(id=an_id(5), kind=OperationKind.PAY, deadline=NOW + MINUTE))
    order.buyer = BuyerDetails(name="نورة", email="n@example.com", phone="+966512345678")
    found = await saved(store, order)
    assert facts(found) == facts(order)
    assert (found.total_minor, found.vat_minor, found.version) == (11500, 1500, 1)
    assert found.seats == ("1-0-0", "1-0-1")
    found.finish()
    found.become(OrderStatus.CONFIRMED, NOW + SECOND)
    found.booking_id, found.booking_number = "WB7K2PQ", "7"
    found.detach()
    done = await saved(store, found)
    assert facts(done) == facts(found)
    assert (done.confirmed_at, done.box_office_order) == (NOW + SECOND, None)


async def test_lines_are_replaced(store: PurchaseStore) -> None:
    order = await kept(store, an_order(lines=two_seats()))
    order.lines = (a_line(3, "1-0-7", position=0), a_fee_line(1))
    assert (await saved(store, order)).lines == order.lines
    order.lines = ()
    assert (await saved(store, order)).lines == ()


async def test_former_box_office_orders_stay_as_history(store: PurchaseStore) -> None:
    order = await kept(store, an_order())
    order.attach(a_record(1))
    order = await saved(store, order)
    order.attach(a_record(2))
    order = await saved(store, order)
    assert order.box_office_orders == (a_record(1, active=False), a_record(2))
    order.attach(a_record(2, expires_at=NOW + 20 * MINUTE))
    assert (await saved(store, order)).box_office_order == a_record(2, expires_at=NOW + 20 * MINUTE)


async def test_a_stale_writer_is_refused(store: PurchaseStore) -> None:
    stale = await kept(store, an_order())
    fresh = await read(store, stale)
    fresh.booking_id = "WL37LZH"
    await saved(store, fresh)
    with pytest.raises(OrderHasChanged):
        await saved(store, stale)


@pytest.mark.parametrize("target", [OrderStatus.PENDING, OrderStatus.EXPIRED, OrderStatus.CONFIRMED])
async def test_an_ended_order_does_not_come_back(store: PurchaseStore, target: OrderStatus) -> None:
    order = await kept(store, an_order())
    order.become(OrderStatus.CANCELLED, NOW)
    order = await saved(store, order)
    order.status = target
    with pytest.raises(IllegalTransition):
        await saved(store, order)
    assert (await read(store, order)).status is OrderStatus.CANCELLED


async def test_one_box_office_order_is_active_at_most(store: PurchaseStore) -> None:
    order = await kept(store, an_order())
    order.box_office_orders = (a_record(1), a_record(2))
    with pytest.raises(OrderHasChanged):
        await saved(store, order)
    assert (await read(store, order)).box_office_orders == ()


async def prolonged(store: PurchaseStore, operation: UUID, until: datetime) -> bool:
    async with store.begin() as tx:
        return bool(await tx.orders.prolong(an_id(1), operation, until))


async def test_an_operation_is_prolonged_by_who_knows_its_id(store: PurchaseStore) -> None:
    assert not await prolonged(store, an_id(5), NOW), "no order"
    order = await kept(store, an_order())
    assert not await prolonged(store, an_id(5), NOW), "no operation"
    order.begin(Operation(id=an_id(5), kind=OperationKind.SEATS, deadline=NOW + SECOND))
    order = await saved(store, order)
    assert not await prolonged(store, an_id(6), NOW + MINUTE), "somebody else's"
    assert (await read(store, order)).operation == order.operation
    assert await prolonged(store, an_id(5), NOW + MINUTE)
    found = await read(store, order)
    assert found.operation is not None
    assert (found.operation.deadline, found.version) == (NOW + MINUTE, order.version)
    found.take_over(an_id(6))
    await saved(store, found)
    assert not await prolonged(store, an_id(5), NOW + 2 * MINUTE), "taken over"
    assert await prolonged(store, an_id(6), NOW + 2 * MINUTE)


async def test_a_phase_that_fails_leaves_nothing(store: PurchaseStore) -> None:
    order = await kept(store, an_order())

    async def fail() -> None:
        async with store.begin() as tx:
            found = await tx.orders.get(order.id, for_update=True)
            found.choose(two_seats(), NOW)
            await tx.orders.save(found)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await fail()
    assert facts(await read(store, order)) == facts(an_order())


async def test_a_buyer_sees_the_order_with_its_show_tickets_and_history(store: PurchaseStore) -> None:
    order = an_order()
    order.note("order-placed", NOW)
    order = await kept(store, order)
    order.lines = two_seats()
    order.attach(a_record())
    order.note("seats-chosen", NOW + SECOND, seats=2, total_minor=11500)
    order = await saved(store, order)
    async with store.begin() as tx:
        await tx.tickets.add((a_ticket(2), a_ticket(1)))
    view = await store.views.find(order.id)
    assert view is not None
    assert facts(view.order, without=("box_office_orders",)) == facts(order, without=("box_office_orders",))
    assert [ticket.code for ticket in view.tickets] == [a_ticket(1).code, a_ticket(2).code]
    assert [ticket.token for ticket in view.tickets] == ["token-1", "token-2"]
    assert [(entry.at, entry.code, entry.facts) for entry in view.timeline] == [
        (NOW, "order-placed", {}),
        (NOW + SECOND, "seats-chosen", {"seats": 2, "total_minor": 11500}),
    ]
    show = a_showtime_for_sale()
    assert (view.show.film, view.show.cinema, view.show.screen) == (
        show.film_title,
        show.cinema_name,
        show.screen_name,
    )
    assert (view.show.starts_at, view.show.zone) == (show.starts_at, show.zone)
    assert view.show.experiences == show.experiences
    assert await store.views.find(an_id(404)) is None


async def test_a_buyers_orders_come_in_pages_the_newest_first(store: PurchaseStore) -> None:
    for number in (1, 2, 3):
        await kept(store, an_order(number))
    await kept(store, an_order(4, owner_id=an_id(901)))
    first = await store.views.of_owner(OWNER, Window(1, 2))
    assert ([view.order.id for view in first.rows], first.total) == ([an_id(3), an_id(2)], 3)
    assert first.rows[0].timeline == ()
    rest = await store.views.of_owner(OWNER, Window(2, 2))
    assert ([view.order.id for view in rest.rows], rest.total) == ([an_id(1)], 3)
    assert await store.views.of_owner(an_id(999), Window(1, 2)) == Slice((), 0)
