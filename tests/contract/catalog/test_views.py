"""What the public reads: listed is what is on sale, has not begun, and belongs to a shown film and cinema."""

from datetime import date, datetime
from uuid import UUID

import pytest
from tests.builders_catalog import a_cinema, a_film, a_showtime, an_experience
from tests.contract.catalog.conftest import Chain

from muvi.domain.shared.text import LocalizedText
from muvi.domain.showtimes.wall_time import WallTime
from muvi.ports.catalog.films import FilmQuery, FilmType
from muvi.ports.catalog.references import Named
from muvi.ports.listing import Window
from muvi.ports.showtimes.browse import ShowtimeQuery
from muvi.ports.venues.places import CinemaQuery

NOBODY = UUID(int=1)


def wall(day: int, hour: int, minute: int = 0) -> WallTime:
    return WallTime(datetime(2026, 1, day, hour, minute))  # noqa: DTZ001


@pytest.fixture
async def open_chain(chain: Chain) -> Chain:
    """Two cities; a film shown in both, one in Jeddah only, one that is coming. It is 17:00 in Riyadh."""
    chain.feed.experience_list = [
        an_experience(),
        an_experience(id="4", code="4DX", name=LocalizedText("4DX")),
    ]
    chain.feed.cinema_list = [
        a_cinema(),
        a_cinema(id="0002", name=LocalizedText("Sea Cinema"), city="Jeddah", latitude=21.5, longitude=39.2),
        a_cinema(id="0003", name=LocalizedText("Moon"), city="Nowhere", time_zone=None, source_zone="?"),
    ]
    chain.feed.film_list = [
        a_film(),
        a_film(id="HO2", title=LocalizedText("Sea Story", "قصة البحر"), release_date=date(2026, 1, 9)),
        a_film(id="HO3", title=LocalizedText("Next Year"), coming_soon=True, release_date=date(2027, 1, 1)),
        a_film(id="HO4", title=LocalizedText("Long Gone"), release_date=date(2020, 1, 1)),
    ]
    chain.feed.showtime_list = [
        a_showtime(number="1", starts_at=wall(15, 16), business_date=date(2026, 1, 15)),
        a_showtime(number="2", starts_at=wall(15, 17, 40), business_date=date(2026, 1, 15)),
        a_showtime(number="3", starts_at=wall(16, 0, 30), business_date=date(2026, 1, 15)),
        a_showtime(number="4", starts_at=wall(16, 21), on_sale=False),
        a_showtime(
            number="5", cinema_id="0002", film_id="HO2", starts_at=wall(16, 20), experience_codes=("4DX",)
        ),
        a_showtime(
            number="6", cinema_id="0002", starts_at=wall(16, 20), sold_out=True, price_from_minor=None
        ),
    ]
    await chain.sync()
    return chain


async def numbers(chain: Chain, query: ShowtimeQuery) -> list[str]:
    found = await chain.store.showtimes.search(query, now=chain.clock.now())
    by_id = {row["id"]: key for key, row in (await chain.store.rows("showtimes")).items()}
    return [by_id[one.id].partition("-")[2] for one in found.rows]


async def city(chain: Chain, key: str) -> UUID:
    found: UUID = (await chain.store.rows("cities"))[key]["id"]
    return found


async def cinema(chain: Chain, key: str) -> UUID:
    found: UUID = (await chain.store.rows("cinemas"))[key]["id"]
    return found


async def test_begun_and_closed_showtimes_are_not_listed(open_chain: Chain) -> None:
    assert await numbers(open_chain, ShowtimeQuery()) == ["2", "3", "5", "6"]
    open_chain.clock.advance(minutes=40)
    assert await numbers(open_chain, ShowtimeQuery()) == ["3", "5", "6"]


async def test_a_business_date_reaches_past_midnight(open_chain: Chain) -> None:
    assert await numbers(open_chain, ShowtimeQuery(business_date=date(2026, 1, 15))) == ["2", "3"]
    assert await numbers(open_chain, ShowtimeQuery(business_date=date(2026, 1, 16))) == ["5", "6"]


async def test_conditions_join(open_chain: Chain) -> None:
    jeddah = await city(open_chain, "jeddah")
    film = (await open_chain.store.rows("films"))["HO00000720"]["id"]
    imax = (await open_chain.store.rows("experiences"))["0000000002"]["id"]

    assert await numbers(open_chain, ShowtimeQuery(city_id=jeddah)) == ["5", "6"]
    assert await numbers(open_chain, ShowtimeQuery(city_id=jeddah, film_id=film)) == ["6"]
    assert await numbers(open_chain, ShowtimeQuery(experience_ids=(imax,))) == ["2", "3", "6"]
    assert await numbers(open_chain, ShowtimeQuery(cinema_ids=(await cinema(open_chain, "0001"),))) == [
        "2",
        "3",
    ]
    soon = open_chain.clock.now().replace(hour=14, minute=45)
    assert await numbers(open_chain, ShowtimeQuery(until=soon)) == ["2"]


async def test_pages_of_showtimes(open_chain: Chain) -> None:
    query = ShowtimeQuery(window=Window(page=2, limit=3))
    found = await open_chain.store.showtimes.search(query, now=open_chain.clock.now())
    assert (len(found.rows), found.total) == (1, 4)
    beyond = ShowtimeQuery(window=Window(page=9, limit=3))
    found = await open_chain.store.showtimes.search(beyond, now=open_chain.clock.now())
    assert (found.rows, found.total) == ((), 4)


async def test_a_showtime_says_what_it_is(open_chain: Chain) -> None:
    rows = await open_chain.store.rows("showtimes")
    now = open_chain.clock.now()
    begun = await open_chain.store.showtimes.find(rows["0001-1"]["id"], now=now)
    late = await open_chain.store.showtimes.find(rows["0001-3"]["id"], now=now)

    assert begun is not None
    assert not begun.listed
    assert late is not None
    assert late.listed
    assert (late.zone, late.business_date, late.currency) == ("Asia/Riyadh", date(2026, 1, 15), "SAR")
    assert (late.screen, late.price_from_minor) == (LocalizedText("Screen 2", "شاشة 2"), 4350)
    assert [tag.name.en for tag in late.experiences] == ["IMAX"]
    assert await open_chain.store.showtimes.find(NOBODY, now=now) is None


async def titles(chain: Chain, query: FilmQuery) -> list[str]:
    found = await chain.store.films.search(query, now=chain.clock.now())
    assert found.total >= len(found.rows)
    return [film.title.en for film in found.rows]


async def test_films_showing_and_coming(open_chain: Chain) -> None:
    assert await titles(open_chain, FilmQuery()) == ["Next Year", "Sea Story", "The Long Way Home"]
    now_showing = FilmQuery(type=FilmType.NOW_SHOWING)
    assert await titles(open_chain, now_showing) == ["Sea Story", "The Long Way Home"]
    assert await titles(open_chain, FilmQuery(type=FilmType.COMING_SOON)) == ["Next Year"]
    assert await titles(open_chain, FilmQuery(window=Window(page=2, limit=2))) == ["The Long Way Home"]


async def test_films_by_place_and_experience(open_chain: Chain) -> None:
    riyadh, jeddah = await city(open_chain, "riyadh"), await city(open_chain, "jeddah")
    sea = await cinema(open_chain, "0002")
    fourdx = (await open_chain.store.rows("experiences"))["4"]["id"]

    assert await titles(open_chain, FilmQuery(city_id=riyadh)) == ["The Long Way Home"]
    assert await titles(open_chain, FilmQuery(city_id=jeddah)) == ["Sea Story", "The Long Way Home"]
    assert await titles(open_chain, FilmQuery(cinema_ids=(sea,), experience_ids=(fourdx,))) == ["Sea Story"]
    assert await titles(open_chain, FilmQuery(city_id=riyadh, experience_ids=(fourdx,))) == []
    coming = FilmQuery(city_id=riyadh, type=FilmType.COMING_SOON)
    assert await titles(open_chain, coming) == ["Next Year"]


async def test_a_film_with_all_its_facts(open_chain: Chain) -> None:
    now = open_chain.clock.now()
    film = await open_chain.store.films.find_by_name("the-long-way-home", now=now)

    assert film is not None
    assert film == await open_chain.store.films.find(film.id, now=now)
    assert (film,) == await open_chain.store.films.of_ids((film.id,), now=now)
    assert film.title == LocalizedText("The Long Way Home", "الطريق إلى البيت")
    assert film.rating is not None
    assert (film.rating.code, film.rating.description.en) == ("R12", "12 and over")
    assert [genre.name for genre in film.genres] == [LocalizedText("Drama", "دراما")]
    assert [(who.name.en, who.role) for who in film.cast] == [("Ann Example", "ACTOR")]
    assert (film.runtime_min, film.release_date, film.now_showing) == (87, date(2026, 1, 8), True)


@pytest.mark.parametrize(
    "hidden", [{"published_at": None}, {"withdrawn_at": datetime(2026, 1, 1).astimezone()}]
)
async def test_a_hidden_film_takes_its_showtimes_along(open_chain: Chain, hidden: dict[str, object]) -> None:
    now = open_chain.clock.now()
    await open_chain.store.edit("films", "HO2", **hidden)

    assert await open_chain.store.films.find_by_name("sea-story", now=now) is None
    assert "Sea Story" not in await titles(open_chain, FilmQuery())
    assert await numbers(open_chain, ShowtimeQuery()) == ["2", "3", "6"]


async def test_a_hidden_cinema_takes_its_showtimes_along(open_chain: Chain) -> None:
    now = open_chain.clock.now()
    await open_chain.store.edit("cinemas", "0002", published_at=None)

    assert await numbers(open_chain, ShowtimeQuery()) == ["2", "3"]
    assert await open_chain.store.places.cinema_by_name("sea-cinema", now=now) is None
    assert [one.name.en for one in await open_chain.store.places.cities()] == ["Nowhere", "Riyadh"]


async def test_a_cinema_with_all_its_facts(open_chain: Chain) -> None:
    now = open_chain.clock.now()
    found = await open_chain.store.places.cinema_by_name("mall-cinema", now=now)

    assert found is not None
    assert found == await open_chain.store.places.cinema(found.id, now=now)
    assert found.address == LocalizedText("Ring Road", "الطريق الدائري")
    assert (found.city_name.en, found.screen_count, found.open_for_sale) == ("Riyadh", 1, True)
    assert [one.code for one in found.experiences] == ["IMAX"]
    moon = await open_chain.store.places.cinema_by_name("moon", now=now)
    assert moon is not None
    assert not moon.open_for_sale
    assert await open_chain.store.places.cinema(NOBODY, now=now) is None


async def test_cinemas_by_city_and_page(open_chain: Chain) -> None:
    places, now = open_chain.store.places, open_chain.clock.now()
    jeddah = await city(open_chain, "jeddah")

    assert [one.name.en for one in (await places.cinemas(CinemaQuery(), now=now)).rows] == [
        "Mall Cinema",
        "Moon",
        "Sea Cinema",
    ]
    there = await places.cinemas(CinemaQuery(city_id=jeddah), now=now)
    assert [one.name.en for one in there.rows] == ["Sea Cinema"]
    paged = await places.cinemas(CinemaQuery(window=Window(page=2, limit=2)), now=now)
    assert (len(paged.rows), paged.total) == (1, 3)


async def test_experiences_of_a_place(open_chain: Chain) -> None:
    places, now = open_chain.store.places, open_chain.clock.now()

    assert [one.code for one in await places.experiences(now=now)] == ["IMAX", "4DX"]
    jeddah, mall = await city(open_chain, "jeddah"), await cinema(open_chain, "0001")
    assert [one.code for one in await places.experiences(city_id=jeddah, now=now)] == ["IMAX", "4DX"]
    assert [one.code for one in await places.experiences(cinema_id=mall, now=now)] == ["IMAX"]


async def test_a_city_has_a_place_even_when_nobody_entered_one(open_chain: Chain) -> None:
    found = {one.name.en: one for one in await open_chain.store.places.cities()}

    assert (found["Jeddah"].latitude, found["Jeddah"].longitude) == (21.5, 39.2)
    assert found["Jeddah"].cinema_count == 1


async def test_what_does_not_exist_is_named(open_chain: Chain) -> None:
    references = open_chain.store.references
    riyadh = await city(open_chain, "riyadh")
    film = (await open_chain.store.rows("films"))["HO2"]["id"]

    assert await references.unknown(Named()) == ()
    assert await references.unknown(Named(cities=(riyadh,), films=(film,))) == ()
    asked = Named(cities=(riyadh, NOBODY), cinemas=(NOBODY,), experiences=(999,))
    assert set(await references.unknown(asked)) == {"cities", "cinemas", "experiences"}
