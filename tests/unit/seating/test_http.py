"""The seat map over HTTP, everything behind it in memory."""

from collections.abc import AsyncGenerator
from dataclasses import dataclass
from typing import Any

import pytest
from dishka import Provider, Scope, make_async_container
from litestar.testing import AsyncTestClient
from tests.unit.seating.world import ID, World

from muvi.adapters.http.app import create_app
from muvi.adapters.http.public.seat_map_pages import SeatMapPages
from muvi.adapters.http.public.seats import OwnSeats
from muvi.adapters.memory.database import MemoryDatabase
from muvi.adapters.memory.identity import MemoryTokens
from muvi.adapters.memory.orders import MemoryOrderViews
from muvi.application.orders.read_orders import ReadOrder
from muvi.application.seating.read_seat_map import ReadSeatMap
from muvi.domain.seating.seat_plan import SeatKey
from muvi.domain.shared.ids import to_wire

A1 = SeatKey("1-0-0")


@dataclass(frozen=True)
class Site:
    """A client of the API, and the world behind it."""

    client: AsyncTestClient[Any]
    world: World
    pages: SeatMapPages

    async def get(self, showtime: str = to_wire(ID), **headers: str) -> Any:  # noqa: ANN401  (the client's own)
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return await self.client.get(f"/api/v1/showtimes/{showtime}/seats", headers=named)


@pytest.fixture
async def site() -> AsyncGenerator[Site]:
    world, pages = World(), SeatMapPages()
    provider = Provider(Scope.APP)
    provider.provide(lambda: world.read, provides=ReadSeatMap)
    provider.provide(lambda: pages, provides=SeatMapPages)
    own = OwnSeats(MemoryTokens(), ReadOrder(MemoryOrderViews(MemoryDatabase())), world.clock)
    provider.provide(lambda: own, provides=OwnSeats)
    async with AsyncTestClient(create_app(make_async_container(provider))) as client:
        yield Site(client, world, pages)


async def test_a_guest_sees_the_hall(site: Site) -> None:
    response = await site.get()
    assert response.status_code == 200
    assert response.headers["content-type"] == "application/json"
    body = response.json()
    assert len(body["seats"]) == 28
    assert body["seats"][0]["label"] == "A1"
    assert [area["name"] for area in body["areas"]] == ["Standard", "VIP", "Sofa"]


async def test_the_language_is_the_clients(site: Site) -> None:
    arabic = (await site.get(accept_language="ar-SA,en;q=0.5")).json()
    assert arabic["areas"][0]["name"] == "قياسي"
    assert (await site.get()).json()["areas"][0]["name"] == "Standard"


async def test_an_id_in_small_letters_is_the_same_id(site: Site) -> None:
    assert (await site.get(to_wire(ID).lower())).json() == (await site.get()).json()
    assert site.world.office.calls.count("seat_plan") == 1


async def test_many_looks_ask_the_box_office_once_and_a_claim_shows_at_once(site: Site) -> None:
    for _ in range(5):
        await site.get()
    assert site.world.office.calls == ["ticket_types", "seat_plan"]
    site.world.claims.hold(ID, [A1], None)
    site.pages.drop_all()
    body = (await site.get()).json()
    assert (body["version"], body["seats"][0]["status"]) == (1, "HELD")


async def test_an_unchanged_map_is_not_sent_again(site: Site) -> None:
    etag = (await site.get()).headers["etag"]
    again = await site.get(if_none_match=etag)
    assert (again.status_code, again.content) == (304, b"")


@pytest.mark.parametrize("showtime", ["01J2GV5GYM0000000000000009", "17", "nonsense", "0" * 27])
async def test_unknown_and_malformed_ids_are_not_found(site: Site, showtime: str) -> None:
    response = await site.get(showtime)
    assert response.status_code == 404
    assert response.headers["content-type"] == "application/problem+json"
    assert response.json()["code"] in {"not-found", "showtime-not-found"}


async def test_a_show_that_has_begun_is_closed(site: Site) -> None:
    site.world.clock.advance(hours=3)
    response = await site.get()
    assert (response.status_code, response.json()["code"]) == (409, "showtime-closed")


async def test_a_box_office_that_is_down_is_told_with_a_time_to_come_back(site: Site) -> None:
    site.world.office.fail_next("seat_plan")
    response = await site.get()
    assert (response.status_code, response.json()["code"]) == (503, "box-office-unavailable")
    assert int(response.headers["retry-after"]) > 0
    assert (await site.get()).status_code == 200


async def test_another_platform_has_its_own_sale(site: Site) -> None:
    assert (await site.get(x_device_platform="kiosk")).status_code == 200
    assert site.world.office.calls.count("seat_plan") == 1
    assert (await site.get(x_device_platform="toaster")).status_code == 400
