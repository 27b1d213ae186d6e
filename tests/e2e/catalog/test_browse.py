"""A guest's way to a showtime over HTTP: shapes of the old samples, both languages, bad questions."""

import re
from datetime import UTC, datetime
from typing import Any

import pytest
from litestar.routes import HTTPRoute
from tests.e2e.catalog.conftest import Shop
from tests.media_types import repeated

NOTHING = "01ARZ3NDEKTSV4RRFFQ69G5FAV"  # the example of the ULID specification
TEXT, NUMBER, FLAG = "text", 1.5, True


def fits(value: Any, sample: Any) -> bool:  # noqa: ANN401  (any JSON)
    """Whether a value has every field of a sample, each of the sample's JSON type and none empty."""
    match sample:
        case dict():
            return isinstance(value, dict) and all(
                name in value and fits(value[name], one) for name, one in sample.items()
            )
        case list():
            return isinstance(value, list) and len(value) > 0 and all(fits(one, sample[0]) for one in value)
        case bool():
            return isinstance(value, bool)
        case int() | float():
            return isinstance(value, int | float) and not isinstance(value, bool)
        case _:
            return isinstance(value, str) and value != ""


BOTH = {"en": TEXT, "ar": TEXT}
FILM = {
    "id": TEXT,
    "title": TEXT,
    "poster": TEXT,
    "rating": TEXT,
    "genres": [TEXT],
    "uniqueName": TEXT,
    "duration": NUMBER,
}
CINEMA = {
    "id": TEXT,
    "name": BOTH,
    "address": TEXT,
    "lat": NUMBER,
    "lng": NUMBER,
    "images": [TEXT],
    "experiences": [TEXT],
    "uniqueName": TEXT,
}
SHOWTIME = {
    "id": TEXT,
    "filmId": TEXT,
    "cinemaId": TEXT,
    "screen": TEXT,
    "startsAt": TEXT,
    "businessDate": TEXT,
    "experiences": [TEXT],
    "seatsAvailable": NUMBER,
    "soldOut": FLAG,
    "priceFrom": NUMBER,
    "currency": TEXT,
}
PAGE = {"count": NUMBER, "total": NUMBER, "page": NUMBER, "pageCount": NUMBER}
SHAPES = {
    "/cities": [{"id": TEXT, "name": BOTH, "lat": NUMBER, "lng": NUMBER}],
    "/cities/cordinates?lat=24.7&long=46.7": {"id": TEXT, "name": TEXT},
    "/settings": {
        "maintenanceMode": FLAG,
        "checkoutTimeoutMinutes": NUMBER,
        "appStoreUrl": TEXT,
        "playStoreUrl": TEXT,
        "maxSeats": NUMBER,
        "OTPCountDown": NUMBER,
        "checkoutExtendedTimeIn3ds": NUMBER,
    },
    "/banners": [{"id": NUMBER, "title": TEXT, "desktopImage": TEXT, "mobileImage": TEXT, "link": TEXT}],
    "/films": {"data": [FILM], **PAGE},
    "/cinemas": {"data": [CINEMA], **PAGE},
    "/experiences": [{"id": NUMBER, "name": TEXT, "uniqueName": TEXT}],
    "/showtimes": {"data": [SHOWTIME], **PAGE},
    "/films/showtimes?limit=2": {"data": [{**FILM, "showtimes": [SHOWTIME]}], **PAGE},
    "/cancellation-reasons": [{"id": TEXT, "text": TEXT}],
}
DETAIL = {**FILM, "description": TEXT, "trailer": TEXT, "cast": [{"name": TEXT, "photo": TEXT}]}


async def check_shapes(shop: Shop) -> None:
    for path, shape in SHAPES.items():
        answer = await shop.get(path)
        assert answer.status_code == 200, path
        assert fits(answer.json(), shape), (path, answer.text[:500])


async def check_films(shop: Shop) -> None:
    film = (await shop.get("/films", type="NOW_SHOWING")).json()["data"][0]
    by_name = await shop.get(f"/films/unique-name/{film['uniqueName']}")
    assert fits(by_name.json(), DETAIL), by_name.text[:500]
    assert (await shop.get(f"/films/{film['id']}")).json() == by_name.json()
    cinemas = (await shop.get(f"/films/{film['id']}/cinemas", limit=3)).json()
    assert fits(cinemas, {"data": [{**CINEMA, "showtimes": [SHOWTIME]}], **PAGE})
    assert {one["filmId"] for row in cinemas["data"] for one in row["showtimes"]} == {film["id"]}
    await check_narrowing(shop, f"/films/{film['id']}/cinemas", [row["id"] for row in cinemas["data"]])
    showings = (await shop.get("/films/showtimes", limit=100)).json()["data"]
    assert len({one["businessDate"] for row in showings for one in row["showtimes"]}) == 1
    of_cinema = (await shop.get("/films/showtimes", cinemaId=cinemas["data"][0]["id"], limit=100)).json()[
        "data"
    ]
    assert len({one["businessDate"] for row in of_cinema for one in row["showtimes"]}) > 7
    await check_trailers_and_photos(shop)
    coming = (await shop.get("/films", type="coming_soon")).json()["data"]
    assert {one["type"] for one in coming} <= {"COMING_SOON"}
    assert film["id"] not in {one["id"] for one in coming}


async def check_narrowing(shop: Shop, path: str, ids: list[str]) -> None:
    one, two, *_ = ids

    async def shown(**query: str) -> list[str]:
        return [row["id"] for row in (await shop.get(path, **query)).json()["data"]]

    assert await shown(filterCinemaIds=one) == [one]
    assert set(await shown(cinemaIds=f"{one},{two}", filterCinemaIds=two)) == {two}
    assert await shown(cinemaIds=one, filterCinemaIds=two) == []
    page = (await shop.get(path, showMore="true")).json()
    assert len(page["data"]) == page["total"] > 20 or page["total"] <= 20
    assert len(await shown(showMore="true", limit="2")) == 2
    kinds = [str(kind["id"]) for kind in (await shop.get("/experiences")).json()]
    by_kind = [(await shop.get(path, filterExperienceIds=kind)).json() for kind in kinds]
    assert by_kind == [(await shop.get(path, experienceIds=kind)).json() for kind in kinds]
    assert any(found != by_kind[0] for found in by_kind)


async def check_trailers_and_photos(shop: Shop) -> None:
    """Each film has its own trailer, each person their own photo."""
    listed = (await shop.get("/films", limit=100)).json()["data"]
    films = [(await shop.get(f"/films/{one['id']}")).json() for one in listed]
    assert len({film["trailer"] for film in films}) == len(films) > 0
    assert all(fits(film, DETAIL) for film in films)
    photos = {who["id"]: who["photo"] for film in films for who in film["cast"]}
    assert len(set(photos.values())) == len(photos) > len(films)


async def check_places(shop: Shop) -> None:
    cities = (await shop.get("/cities")).json()
    jeddah = next(one for one in cities if one["name"]["en"] == "Jeddah")
    assert jeddah["name"]["ar"] == "جدة"
    nearest = await shop.get("/cities/cordinates", language="ar", lat="21.6", long="39.1")
    assert nearest.json()["name"] == "جدة"
    cinemas = (await shop.get("/cinemas", cityId=jeddah["id"])).json()["data"]
    assert {one["city"]["id"] for one in cinemas} == {jeddah["id"]}
    by_name = await shop.get(f"/cinemas/unique-name/{cinemas[0]['uniqueName']}")
    assert by_name.json() == (await shop.get(f"/cinemas/{cinemas[0]['id']}")).json() == cinemas[0]
    there = (await shop.get("/experiences", cinemaId=cinemas[0]["id"])).json()
    assert [one["id"] for one in there] == cinemas[0]["experienceIds"]
    one = there[0]
    assert (await shop.get(f"/experiences/{one['id']}")).json() == one
    assert (await shop.get(f"/experiences/unique-name/{one['uniqueName']}")).json() == one


async def check_showtimes(shop: Shop) -> None:
    cinema = (await shop.get("/cinemas")).json()["data"][0]
    asked = datetime.now(UTC)  # noqa: TID251  (the shop runs on the real clock)
    listed = (await shop.get("/showtimes", cinemaId=cinema["id"], limit=100)).json()["data"]
    starts = [datetime.fromisoformat(one["startsAt"]) for one in listed]
    assert starts == sorted(starts)
    assert min(starts).utcoffset() is not None
    assert starts[0] > asked
    day = listed[-1]["businessDate"]
    of_day = (await shop.get("/showtimes", cinemaId=cinema["id"], date=day, limit=100)).json()["data"]
    assert {one["businessDate"] for one in of_day} == {day}
    one = listed[0]
    detail = (await shop.get(f"/showtimes/{one['id']}")).json()
    assert detail["onSale"]
    assert detail | one == detail
    assert (detail["film"]["id"], detail["cinema"]["id"]) == (one["filmId"], cinema["id"])
    soon = (await shop.get("/showtimes/starting-now", limit=100)).json()["data"]
    assert all(datetime.fromisoformat(one["startsAt"]) >= starts[0].replace(year=2000) for one in soon)


async def check_languages(shop: Shop) -> None:
    english = (await shop.get("/films", language="en-GB", limit=100)).json()["data"]
    arabic = (await shop.get("/films", language="ar-SA,ar;q=0.9", limit=100)).json()["data"]
    assert [one["id"] for one in english] == [one["id"] for one in arabic]
    assert all(mine["title"] != theirs["title"] for mine, theirs in zip(english, arabic, strict=True))
    assert (await shop.get("/films", language="fr", limit=100)).json()["data"] == english


BAD = {
    "/films?limit=101": (422, "invalid-parameter"),
    "/films?limit=0": (422, "invalid-parameter"),
    "/films?page=0": (422, "invalid-parameter"),
    "/films?page=two": (422, "invalid-parameter"),
    "/films?type=OLD": (422, "invalid-parameter"),
    "/films?cityId=1": (422, "unknown-reference"),
    f"/films?cityId={NOTHING}": (422, "unknown-reference"),
    f"/films?cinemaIds={NOTHING}": (422, "unknown-reference"),
    "/films?cinemaIds=a,b": (422, "unknown-reference"),
    "/films?cinemaId=a": (422, "unknown-reference"),
    f"/films?cinemaId={NOTHING}": (422, "unknown-reference"),
    "/films?experienceIds=IMAX": (422, "unknown-reference"),
    "/films?experienceIds=99999": (422, "unknown-reference"),
    "/films/1": (404, "film-not-found"),
    f"/films/{NOTHING}": (404, "film-not-found"),
    f"/films/{NOTHING}/cinemas": (404, "film-not-found"),
    f"/films/{NOTHING}/cinemas?filterCinemaIds=x": (422, "unknown-reference"),
    f"/films/{NOTHING}/cinemas?filterExperienceIds=999999": (422, "unknown-reference"),
    f"/films/{NOTHING}/cinemas?showMore=perhaps": (422, "invalid-parameter"),
    "/films/unique-name/no-such-film": (404, "film-not-found"),
    "/cinemas/x": (404, "cinema-not-found"),
    f"/cinemas/{NOTHING}": (404, "cinema-not-found"),
    "/cinemas/unique-name/none": (404, "cinema-not-found"),
    "/experiences/x": (404, "experience-not-found"),
    "/experiences/99999999999999999999": (404, "experience-not-found"),
    "/experiences/unique-name/none": (404, "experience-not-found"),
    "/showtimes?date=2026-02-30": (422, "invalid-parameter"),
    f"/showtimes?filmId={NOTHING}": (422, "unknown-reference"),
    "/showtimes?page=x&page=2": (422, "invalid-parameter"),
    f"/showtimes?filmId=x&filmId={NOTHING}": (422, "invalid-parameter"),
    "/showtimes?date=x&date=2026-02-03": (422, "invalid-parameter"),
    "/films?type=x&type=NOW_SHOWING": (422, "invalid-parameter"),
    "/cinemas?cityId=x&cityId=": (422, "invalid-parameter"),
    "/cities/cordinates?lat=x&lat=24.7&long=46.6": (422, "invalid-parameter"),
    "/showtimes/x": (404, "showtime-not-found"),
    f"/showtimes/{NOTHING}": (404, "showtime-not-found"),
    "/cities/cordinates": (422, "invalid-parameter"),
    "/cities/cordinates?lat=91&long=0": (422, "invalid-parameter"),
    "/cities/cordinates?lat=nan&long=0": (422, "invalid-parameter"),
}


async def check_bad_questions(shop: Shop) -> None:
    shop.ready.drop()
    for path, (status, code) in BAD.items():
        answer = await shop.get(path)
        assert (answer.status_code, answer.json()["code"]) == (status, code), path
        if status == 422 and "?" in path:
            assert path.partition("?")[2].partition("=")[0] in answer.json()["field"].split(", "), path
        assert answer.headers["content-type"] == "application/problem+json"
    assert shop.ready.count == 0


async def check_many_ids(shop: Shop) -> None:
    ids = [one["id"] for one in (await shop.get("/cinemas", limit=3)).json()["data"]]
    commas = (await shop.get(f"/films?cinemaIds={','.join(ids)}")).json()
    repeated = (await shop.get("/films?" + "&".join(f"cinemaIds={one}" for one in ids))).json()
    brackets = (await shop.get("/films?" + "&".join(f"cinemaIds[]={one}" for one in ids))).json()
    assert commas == repeated == brackets
    assert commas["total"] > 0


async def check_static(shop: Shop) -> None:
    for banner in (await shop.get("/banners")).json():
        for image in (banner["desktopImage"], banner["mobileImage"]):
            assert image.startswith("http://127.0.0.1:3000/static/")
            answer = await shop.client.get(image.removeprefix("http://127.0.0.1:3000"))
            assert (answer.status_code, answer.headers["content-type"]) == (200, "image/jpeg")


async def check_media_types(shop: Shop) -> None:
    """Of every route, as a browser and as an app ask: the client itself looks at what comes."""
    for route in shop.app.routes:
        path = re.sub(r"{[^}]+}", NOTHING, route.path)
        for accept in ("*/*", "text/html"):
            answer = await shop.client.get(path, headers={"accept": accept})
            assert answer.status_code < 500, path
    assert "muvi_http" in (await shop.client.get("/metrics")).text


async def check_methods(shop: Shop) -> None:
    """Who asks what an address offers is told what is refused to who asks for something else."""
    for route in shop.app.routes:
        if isinstance(route, HTTPRoute):
            path = re.sub(r"{[^}]+}", NOTHING, route.path)
            asked = await shop.client.options(path)
            refused = await shop.client.request("TRACE", path)
            assert (asked.status_code, refused.status_code) == (204, 405), path
            told = asked.headers["allow"].split(", ")
            assert told == sorted({*route.methods, "HEAD"} if "GET" in route.methods else route.methods)
            assert told == refused.headers["allow"].split(", "), path


async def test_a_guest_browses(shop: Shop) -> None:
    await check_shapes(shop)
    await check_films(shop)
    await check_places(shop)
    await check_showtimes(shop)
    await check_languages(shop)
    await check_many_ids(shop)
    await check_static(shop)
    await check_bad_questions(shop)
    await check_media_types(shop)
    await check_methods(shop)


@pytest.mark.parametrize(
    ("media_type", "twice"),
    [
        ("text/html; charset=utf-8; Charset=utf-8", ["charset"]),
        ("text/plain; version=1; charset=utf-8", []),
        ("application/json", []),
    ],
)
def test_a_repeated_parameter_of_a_media_type_is_seen(media_type: str, twice: list[str]) -> None:
    assert repeated(media_type) == twice


@pytest.mark.parametrize(
    ("sample", "value"),
    [({"a": 1}, {"a": "1"}), ({"a": "x"}, {}), ({"a": "x"}, {"a": ""}), ([{"a": True}], [])],
)
def test_the_comparison_of_shapes_sees_what_it_forbids(sample: object, value: object) -> None:
    assert not fits(value, sample)
