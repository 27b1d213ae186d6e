import asyncio
from uuid import UUID

import pytest

from muvi.adapters.http.public.seat_map_pages import LIFE_S, SETTLE_S, Page, SeatMapPages
from muvi.domain.shared.actor import Platform
from muvi.domain.shared.ids import to_wire
from muvi.domain.shared.text import Language

ID = UUID(int=(0x0190A1B2C3D4 << 80) + 1)
NAME, OTHER = to_wire(ID), to_wire(UUID(int=5))
EN = (Platform.WEBSITE, Language.EN)
AR = (Platform.WEBSITE, Language.AR)
NOTICE = f"{ID.hex}:3"


class World:
    """Pages, a clock of seconds and a kitchen that counts."""

    def __init__(self, capacity: int = 10) -> None:
        self.time = 1000.0
        self.pages = SeatMapPages(lambda: self.time, capacity)
        self.made = 0
        self.gate = asyncio.Event()
        self.gate.set()

    async def cook(self) -> bytes:
        self.made += 1
        mine = self.made
        await self.gate.wait()
        return b"%d" % mine

    async def see(self, name: str = NAME, viewer: tuple[Platform, Language] = EN) -> bytes:
        page = self.pages.find(name, viewer) or await self.pages.make(name, viewer, self.cook)
        return body(page)


def body(page: Page) -> bytes:
    return page.answer(None).to_asgi_response().body


@pytest.fixture
def world() -> World:
    return World()


async def test_a_page_is_made_once_and_lives_five_seconds(world: World) -> None:
    assert [await world.see() for _ in range(3)] == [b"1"] * 3
    world.time += LIFE_S - 0.01
    assert await world.see() == b"1"
    world.time += 0.01
    assert await world.see() == b"2"


async def test_languages_and_showtimes_have_their_own(world: World) -> None:
    seen = [await world.see(), await world.see(NAME, AR), await world.see(OTHER), await world.see()]
    assert seen == [b"1", b"2", b"3", b"1"]


async def test_a_notice_ends_the_pages_of_its_showtime_in_every_language(world: World) -> None:
    for name, viewer in ((NAME, EN), (NAME, AR), (OTHER, EN)):
        await world.see(name, viewer)
    world.time += 1
    world.pages.on_notice(NOTICE)
    seen = [await world.see(), await world.see(NAME, AR), await world.see(OTHER)]
    assert seen == [b"4", b"5", b"3"]


async def test_without_the_notice_the_old_page_would_stay(world: World) -> None:
    """The twin: with the doorbell cut, a claim stays unseen for the life of a page."""
    await world.see()
    world.time += 1
    assert await world.see() == b"1"


async def test_changes_that_come_faster_than_pages_share_one(world: World) -> None:
    await world.see()
    for _ in range(50):
        world.time += SETTLE_S / 60
        world.pages.on_notice(NOTICE)
        assert await world.see() == b"1"
    world.time += SETTLE_S
    assert await world.see() == b"2"


async def test_a_change_while_the_page_is_made_outdates_it(world: World) -> None:
    world.gate.clear()
    asking = asyncio.ensure_future(world.see())
    await asyncio.sleep(0)
    world.pages.on_notice(NOTICE)
    world.time += SETTLE_S
    later = asyncio.ensure_future(world.see())
    await asyncio.sleep(0)
    world.gate.set()
    assert (await asking, await later) == (b"1", b"2")
    assert await world.see() == b"2"


async def test_an_outdated_page_is_not_kept_for_those_who_come_after(world: World) -> None:
    world.gate.clear()
    asking = asyncio.ensure_future(world.see())
    await asyncio.sleep(0)
    world.pages.on_notice(NOTICE)
    world.gate.set()
    assert await asking == b"1"
    world.time += SETTLE_S
    assert await world.see() == b"2"


async def test_all_who_ask_meanwhile_share_one_making(world: World) -> None:
    world.gate.clear()
    asking = [asyncio.ensure_future(world.see()) for _ in range(20)]
    await asyncio.sleep(0)
    world.gate.set()
    assert [await one for one in asking] == [b"1"] * 20


async def test_a_failure_is_told_to_all_and_not_kept(world: World) -> None:
    async def burn() -> bytes:
        await asyncio.sleep(0)
        raise LookupError

    both = [asyncio.ensure_future(world.pages.make(NAME, EN, burn)) for _ in range(2)]
    for one in both:
        with pytest.raises(LookupError):
            await one
    assert await world.see() == b"1"


@pytest.mark.parametrize("payload", ["", "nonsense", "nonsense:1"])
async def test_a_notice_that_cannot_be_read_ends_every_page(world: World, payload: str) -> None:
    await world.see()
    world.pages.on_notice(payload)
    assert await world.see() == b"2"


async def test_after_a_gap_nothing_is_believed(world: World) -> None:
    await world.see()
    await world.see(OTHER)
    world.pages.drop_all()
    assert [await world.see(), await world.see(OTHER)] == [b"3", b"4"]


async def test_pages_are_bounded() -> None:
    world = World(capacity=2)
    for name in ("A", "B", "C", "A"):
        await world.see(name)
    assert world.made == 4


async def test_a_client_that_has_the_map_gets_no_body(world: World) -> None:
    page = await world.pages.make(NAME, EN, world.cook)
    whole = page.answer(None).to_asgi_response()
    etag = whole.headers["etag"]
    again = page.answer(etag).to_asgi_response()
    assert (whole.status_code, whole.headers["content-type"]) == (200, "application/json")
    assert whole.headers["vary"] == "accept-language, x-device-platform"
    assert (again.status_code, again.body, again.headers["etag"]) == (304, b"", etag)
    assert page.answer('"other"').to_asgi_response().status_code == 200
