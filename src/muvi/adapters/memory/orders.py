"""Orders, their checkouts and their rules in memory."""

from __future__ import annotations

import copy
from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID

from typing_extensions import override

from muvi.adapters.memory.database import MemoryDatabase
from muvi.domain.identity.phone import PhoneNumber
from muvi.domain.identity.user import User
from muvi.domain.orders.box_office_order import BoxOfficeOrderRecord
from muvi.domain.orders.checkout import Checkout
from muvi.domain.orders.errors import IllegalTransition
from muvi.domain.orders.order import TRANSITIONS, BuyerDetails, Order, TimelineEntry
from muvi.domain.tickets.ticket import Ticket
from muvi.ports.listing import Slice, Window
from muvi.ports.orders.buyers import Buyers
from muvi.ports.orders.checkouts import Checkouts
from muvi.ports.orders.orders import OrderHasChanged, Orders
from muvi.ports.orders.rules import OrderPolicy, OrderRules
from muvi.ports.orders.views import IssuedTicket, OrderView, OrderViews, ShowOfOrder
from muvi.ports.showtimes.for_sale import ShowtimeForSale


class MemoryOrders(Orders):
    """Orders by id; their history in a table of its own, as it is only ever appended to."""

    def __init__(self, database: MemoryDatabase) -> None:
        self._rows: dict[UUID, Order] = database.table("orders")
        self._timelines: dict[UUID, list[TimelineEntry]] = database.table("order_timeline")

    @override
    async def add(self, order: Order) -> None:
        if order.id in self._rows:
            raise ValueError(f"order {order.id} is already there")
        self._keep(order)

    @override
    async def get(self, order_id: UUID, *, for_update: bool = False) -> Order | None:
        kept = self._rows.get(order_id)
        return None if kept is None else _copy(kept)

    @override
    async def save(self, order: Order) -> None:
        kept = self._rows[order.id]
        if kept.version != order.version:
            raise OrderHasChanged
        if order.status is not kept.status and order.status not in TRANSITIONS[kept.status]:
            raise IllegalTransition(f"an order does not go from {kept.status} to {order.status}")
        order.version += 1
        self._keep(order)

    @override
    async def prolong(self, order_id: UUID, operation_id: UUID, until: datetime) -> bool:
        kept = self._rows.get(order_id)
        if kept is None or kept.operation is None or not kept.owns(operation_id):
            return False
        kept.operation = replace(kept.operation, deadline=until)
        return True

    def _keep(self, order: Order) -> None:
        if sum(record.active for record in order.box_office_orders) > 1:
            raise OrderHasChanged
        self._timelines.setdefault(order.id, []).extend(order.timeline)
        order.timeline.clear()
        self._rows[order.id] = _copy(order)


class MemoryBuyers(Buyers):
    """What the people who signed in told of themselves."""

    def __init__(self, database: MemoryDatabase) -> None:
        self._people: dict[PhoneNumber, User] = database.table("users")

    @override
    async def of(self, owner_id: UUID) -> BuyerDetails:
        person = next((one for one in self._people.values() if one.id == owner_id), None)
        if person is None:
            return BuyerDetails()
        name = f"{person.first_name} {person.last_name}".strip()
        return BuyerDetails.of_profile(name=name, email=person.email, phone=person.phone.e164)


class MemoryCheckouts(Checkouts):
    """Processes by order."""

    def __init__(self, database: MemoryDatabase) -> None:
        self._rows: dict[UUID, Checkout] = database.table("checkouts")

    @override
    async def add(self, checkout: Checkout) -> None:
        if checkout.order_id in self._rows:
            raise ValueError(f"order {checkout.order_id} has a checkout already")
        self._rows[checkout.order_id] = copy.copy(checkout)

    @override
    async def get(self, order_id: UUID) -> Checkout:
        found = self._rows.get(order_id)
        if found is None:
            raise LookupError(f"order {order_id} has no checkout")
        return copy.copy(found)

    @override
    async def save(self, checkout: Checkout, *, rest: bool = False) -> None:
        lease = self._rows[checkout.order_id].lease_until
        checkout.version += 1
        self._rows[checkout.order_id] = copy.copy(checkout)
        self._rows[checkout.order_id].lease_until = None if rest else lease

    @override
    async def claim_due(self, now: datetime, *, limit: int, lease_s: float) -> tuple[UUID, ...]:
        due = sorted(
            (row.next_at, row.order_id)
            for row in self._rows.values()
            if row.next_at is not None
            and row.next_at <= now
            and (row.lease_until is None or row.lease_until <= now)
        )
        chosen = tuple(order_id for _, order_id in due[:limit])
        for order_id in chosen:
            self._rows[order_id].lease_until = now + timedelta(seconds=lease_s)
        return chosen

    @override
    async def keep_lease(self, order_id: UUID, until: datetime) -> None:
        row = self._rows.get(order_id)
        if row is not None and row.lease_until is not None:
            row.lease_until = until

    @override
    async def wake(self, order_id: UUID, at: datetime) -> None:
        row = self._rows.get(order_id)
        if row is not None:
            row.next_at = at if row.next_at is None else min(row.next_at, at)


class MemoryOrderPolicy(OrderPolicy):
    """Rules that a test changes by replacing `now`."""

    def __init__(self, rules: OrderRules | None = None) -> None:
        self.now = rules or OrderRules()

    @override
    async def rules(self) -> OrderRules:
        return self.now


class MemoryOrderViews(OrderViews):
    """Orders joined with what they are for, their tickets and their history."""

    def __init__(self, database: MemoryDatabase) -> None:
        self._database = database

    @override
    async def find(self, order_id: UUID) -> OrderView | None:
        found = self._database.table("orders").get(order_id)
        return None if found is None else self._view(found, whole=True)

    @override
    async def of_owner(self, owner_id: UUID, window: Window) -> Slice[OrderView]:
        rows = self._database.table("orders")
        mine = sorted((key for key, one in rows.items() if one.owner_id == owner_id), reverse=True)
        shown = mine[window.offset : window.offset + window.limit]
        return Slice(tuple(self._view(rows[key], whole=False) for key in shown), len(mine))

    def _view(self, kept: Order, *, whole: bool) -> OrderView:
        order = _copy(kept)
        order.box_office_orders = ()
        showtime: ShowtimeForSale = self._database.table("showtimes_for_sale")[order.showtime_id]
        tickets: dict[UUID, Ticket] = self._database.table("tickets")
        mine = sorted((one for one in tickets.values() if one.order_id == order.id), key=lambda one: one.id)
        timelines: dict[UUID, list[TimelineEntry]] = self._database.table("order_timeline")
        return OrderView(
            order=order,
            show=ShowOfOrder(
                film_id=showtime.film_id,
                film=showtime.film_title,
                cinema=showtime.cinema_name,
                screen=showtime.screen_name,
                starts_at=showtime.starts_at,
                zone=showtime.zone,
                poster_url="",
                experiences=showtime.experiences,
            ),
            tickets=tuple(
                IssuedTicket(code=one.code, seat_label=one.seat_label, token=one.token) for one in mine
            ),
            timeline=tuple(timelines.get(order.id, ())) if whole else (),
        )


def _copy(order: Order) -> Order:
    """As rows come back: box office orders in the order of their keys, no news. All else is immutable."""
    read = copy.copy(order)
    read.box_office_orders = tuple(sorted(order.box_office_orders, key=_id_of))
    read.timeline = []
    return read


def _id_of(record: BoxOfficeOrderRecord) -> UUID:
    return record.id
