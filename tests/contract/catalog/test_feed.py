"""A feed tells the whole catalogue, in our words, or says that it could not."""

from collections.abc import AsyncGenerator, AsyncIterator
from typing import TypeVar

import httpx
import pytest
from litestar import Litestar
from tests.builders_catalog import a_cinema, a_film, a_genre, a_person, a_showtime, an_experience

from muvi.adapters.kit.http_client import VendorHttp
from muvi.adapters.memory.catalog.feed import MemoryCatalogueFeed
from muvi.adapters.vista.catalogue_feed import VistaCatalogueFeed
from muvi.adapters.vista.odata import ODataReader
from muvi.domain.catalog.kinds import Kind
from muvi.ports.catalog.feed import CatalogueFeed, FeedPage
from muvi.ports.errors import Refused, Unavailable
from muvi_sandbox.faults import Fault, Faults, Rule
from muvi_sandbox.vista import VistaSandbox

Record = TypeVar("Record")


class Stage:
    """A feed, and how to break it."""

    feed: CatalogueFeed

    def break_off(self) -> None:
        """Let the list of films fail."""
        raise NotImplementedError

    def fall_silent(self) -> None:
        """Let the list of showtimes be empty."""
        raise NotImplementedError


class MemoryStage(Stage):
    def __init__(self) -> None:
        self.feed = self.memory = MemoryCatalogueFeed(
            genre_list=[a_genre()],
            people_list=[a_person()],
            experience_list=[an_experience()],
            cinema_list=[a_cinema()],
            film_list=[a_film()],
            showtime_list=[a_showtime(number=str(number)) for number in range(250)],
        )

    def break_off(self) -> None:
        self.memory.broken = {Kind.FILMS}

    def fall_silent(self) -> None:
        self.memory.showtime_list = []


class VistaStage(Stage):
    def __init__(self, app: Litestar, http: VendorHttp) -> None:
        self.vista: VistaSandbox = app.state["vista"]
        self.faults: Faults = app.state["faults"]
        self.feed = VistaCatalogueFeed(ODataReader(http), media_url="http://sandbox/media")

    def break_off(self) -> None:
        self.faults.add(Rule(system="vista", call="odata/Films", fault=Fault.BEFORE, status=502))

    def fall_silent(self) -> None:
        self.vista.knobs.empty_sets = ["Sessions"]


def http_to(app: Litestar, token: str) -> VendorHttp:
    return VendorHttp(
        "box-office",
        "http://sandbox/vista/WSVistaWebClient",
        headers=(("connectApiToken", token),),
        transport=httpx.ASGITransport(app),  # type: ignore[arg-type]
    )


@pytest.fixture
async def vista(sandbox: Litestar) -> AsyncGenerator[VistaStage]:
    http = http_to(sandbox, "sandbox-vista-website")
    yield VistaStage(sandbox, http)
    await http.aclose()


@pytest.fixture(params=["memory", "vista"])
def stage(request: pytest.FixtureRequest) -> Stage:
    """The same feed, twice."""
    if request.param == "memory":
        return MemoryStage()
    made: Stage = request.getfixturevalue("vista")
    return made


async def everything(pages: AsyncIterator[FeedPage[Record]]) -> list[Record]:
    found: list[Record] = []
    async for page in pages:
        assert page.unreadable == ()
        found.extend(page.records)
    return found


async def test_it_tells_every_kind_and_what_they_refer_to(stage: Stage) -> None:
    feed = stage.feed
    genres = {one.id for one in await everything(feed.genres())}
    people = {one.id for one in await everything(feed.people())}
    codes = {one.code for one in await everything(feed.experiences())}
    cinemas = {one.id: one for one in await everything(feed.cinemas())}
    films = {one.id: one for one in await everything(feed.films())}
    showtimes = await everything(feed.showtimes())

    assert len({one.id for one in showtimes}) == len(showtimes) > 200
    assert {one.cinema_id for one in showtimes} <= cinemas.keys()
    assert {one.film_id for one in showtimes} <= films.keys()
    assert codes & {code for one in showtimes for code in one.experience_codes}
    assert {key for film in films.values() for key in film.genre_ids} <= genres
    assert {who.person_id for film in films.values() for who in film.cast} <= people
    for cinema in cinemas.values():
        assert (cinema.currency, cinema.time_zone) == ("SAR", "Asia/Riyadh")
        assert cinema.name.en
        assert cinema.name.ar
    for one in showtimes:
        assert 0 <= (one.starts_at.value.date() - one.business_date).days <= 1
        assert one.price_from_minor
    for film in films.values():
        assert film.title.en
        assert film.title.ar
        assert not film.title.en.endswith(", The")
        assert film.runtime_min
        assert film.cast


async def test_a_feed_that_breaks_off_says_so(stage: Stage) -> None:
    stage.break_off()
    with pytest.raises(Unavailable):
        await everything(stage.feed.films())


async def test_an_empty_list_is_told_as_empty(stage: Stage) -> None:
    stage.fall_silent()
    assert await everything(stage.feed.showtimes()) == []


async def test_the_servers_pages_make_the_same_whole(vista: VistaStage) -> None:
    whole = await everything(vista.feed.showtimes())
    vista.vista.knobs.odata_page_size = 700

    assert await everything(vista.feed.showtimes()) == whole


async def test_a_channel_that_is_not_ticked_looks_like_an_empty_list(vista: VistaStage) -> None:
    vista.vista.knobs.unticked_channels = ["WWW"]
    assert await everything(vista.feed.showtimes()) == []


async def test_a_language_of_subtitles_is_no_experience(vista: VistaStage) -> None:
    codes = {one.code for one in await everything(vista.feed.experiences())}
    assert codes == {"STD", "IMAX", "DOLBY", "4DX", "SUITES", "KIDS"}
    marked = {code for one in await everything(vista.feed.showtimes()) for code in one.experience_codes}
    assert "ARSUB" in marked


async def test_marks_of_the_chain_are_no_experiences(vista: VistaStage) -> None:
    assert not [one for one in await everything(vista.feed.experiences()) if one.code.startswith("PROMO")]
    marked = {code for one in await everything(vista.feed.showtimes()) for code in one.experience_codes}
    assert any(code.startswith("PROMO") for code in marked)


@pytest.mark.parametrize("body", ["<feed/>", '{"value": 1}', ""])
async def test_garbage_is_a_feed_that_failed(vista: VistaStage, body: str) -> None:
    rule = Rule(system="vista", call="odata/Sessions", fault=Fault.BEFORE, status=200, body=body)
    vista.faults.add(rule)
    with pytest.raises(Unavailable):
        await everything(vista.feed.showtimes())


async def test_a_token_that_is_not_let_in(sandbox: Litestar) -> None:
    http = http_to(sandbox, "somebody-else")
    feed = VistaCatalogueFeed(ODataReader(http), media_url="")
    with pytest.raises(Refused) as refusal:
        await everything(feed.cinemas())
    assert refusal.value.reason == "401"
    await http.aclose()
