"""With the id of an order the map lets its owner choose the same seats again, and tells others nothing."""

from collections.abc import AsyncGenerator
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import pytest
from dishka import Provider, Scope, make_async_container
from litestar.testing import AsyncTestClient
from tests.builders_orders import OWNER, a_line, an_id, an_order
from tests.unit.seating.world import ID, World
from typing_extensions import override

from muvi.adapters.http.app import create_app
from muvi.adapters.http.public.seat_map_pages import SeatMapPages
from muvi.adapters.http.public.seats import OwnSeats
from muvi.application.orders.read_orders import ReadOrder, ReadOrderCommand
from muvi.application.seating.read_seat_map import ReadSeatMap
from muvi.domain.orders.errors import OrderNotFound
from muvi.domain.orders.order import Order, OrderStatus
from muvi.domain.seating.seat_plan import SeatKey
from muvi.domain.shared.actor import Actor, ActorKind
from muvi.domain.shared.ids import to_wire
from muvi.domain.shared.text import LocalizedText
from muvi.ports.identity.tokens import AccessTokens
from muvi.ports.listing import Slice, Window
from muvi.ports.orders.views import OrderView, OrderViews, ShowOfOrder

A1, A2 = SeatKey("1-0-0"), SeatKey("1-0-1")
NAME = LocalizedText("x", "x")
PEOPLE = {"owner": OWNER, "stranger": an_id(901)}


class Tokens(AccessTokens):
    """Everybody's name is the token."""

    @override
    def actor_of(self, token: str) -> Actor | None:
        return Actor(kind=ActorKind.GUEST, id=PEOPLE[token]) if token in PEOPLE else None


@dataclass
class Orders(OrderViews):
    orders: dict[UUID, Order] = field(default_factory=dict)

    @override
    async def find(self, order_id: UUID) -> OrderView | None:
        order = self.orders.get(order_id)
        return order and self.view(order)

    @override
    async def of_owner(self, owner_id: UUID, window: Window) -> Slice[OrderView]:
        raise NotImplementedError

    @staticmethod
    def view(order: Order) -> OrderView:
        show = ShowOfOrder(
            film_id=an_id(1),
            film=NAME,
            cinema=NAME,
            screen=NAME,
            starts_at=order.created_at,
            zone="Asia/Riyadh",
            poster_url="",
            experiences=(),
        )
        return OrderView(order=order, show=show, tickets=(), timeline=())


@dataclass(frozen=True)
class Hall:
    """The owner's order holds A1; A2 is somebody else's."""

    client: AsyncTestClient[Any]
    orders: Orders
    order: Order

    async def seen(self, who: str = "", order_id: str = "", **changes: object) -> list[str]:
        for name, value in changes.items():
            setattr(self.order, name, value)
        response = await self.client.get(
            f"/api/v1/showtimes/{to_wire(ID)}/seats",
            params={"orderId": order_id or to_wire(self.order.id)},
            headers={"authorization": f"Bearer {who}"} if who else {},
        )
        assert response.status_code == 200
        return [seat["status"] for seat in response.json()["seats"][:2]]


class Unguarded(ReadOrder):
    @override
    async def __call__(self, command: ReadOrderCommand) -> OrderView:
        view = await self.views.find(command.order_id)
        if view is None:
            raise OrderNotFound
        return view


async def a_hall(read: type[ReadOrder]) -> AsyncGenerator[Hall]:
    world, orders, pages = World(), Orders(), SeatMapPages()
    now = world.clock.now()
    order = an_order(1, showtime_id=ID, lines=(a_line(1, A1),), expires_at=now.replace(year=now.year + 1))
    orders.orders[order.id] = order
    world.claims.hold(ID, [A1, A2], None)
    provider = Provider(Scope.APP)
    provider.provide(lambda: world.read, provides=ReadSeatMap)
    provider.provide(lambda: pages, provides=SeatMapPages)
    own = OwnSeats(Tokens(), read(orders), world.clock)
    provider.provide(lambda: own, provides=OwnSeats)
    async with AsyncTestClient(create_app(make_async_container(provider))) as client:
        yield Hall(client, orders, order)


@pytest.fixture
async def hall() -> AsyncGenerator[Hall]:
    async for made in a_hall(ReadOrder):
        yield made


@pytest.fixture
async def unguarded_hall() -> AsyncGenerator[Hall]:
    async for made in a_hall(Unguarded):
        yield made


async def test_the_owner_may_choose_the_same_seats_again(hall: Hall) -> None:
    assert await hall.seen("owner") == ["AVAILABLE", "HELD"]


@pytest.mark.parametrize("who", ["stranger", "", "nonsense"])
async def test_nobody_else_learns_which_seats_an_order_holds(hall: Hall, who: str) -> None:
    assert await hall.seen("owner") == ["AVAILABLE", "HELD"]
    assert await hall.seen(who) == ["HELD", "HELD"]


async def test_without_the_guard_a_stranger_would_learn_it(unguarded_hall: Hall) -> None:
    assert await unguarded_hall.seen("stranger") == ["AVAILABLE", "HELD"]


@pytest.mark.parametrize("order_id", [to_wire(an_id(7)), "17", "nonsense"])
async def test_an_order_that_is_not_there_changes_nothing(hall: Hall, order_id: str) -> None:
    assert await hall.seen("owner", order_id) == ["HELD", "HELD"]


async def test_only_what_still_waits_to_be_paid_for_this_show(hall: Hall) -> None:
    order = hall.order
    assert await hall.seen("owner", status=OrderStatus.CONFIRMED) == ["HELD", "HELD"]
    assert await hall.seen("owner", status=OrderStatus.PENDING, showtime_id=an_id(5)) == ["HELD", "HELD"]
    assert await hall.seen("owner", showtime_id=ID, expires_at=order.created_at.replace(year=2000)) == [
        "HELD",
        "HELD",
    ]
