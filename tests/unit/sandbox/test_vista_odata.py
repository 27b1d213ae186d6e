import html

import httpx
import pytest
from tests.builders_vista import BASE, CINEMA, Levers, VistaClient


async def test_a_set_comes_in_a_light_envelope(vista: VistaClient) -> None:
    response = await vista.get("OData.svc/Cinemas", **{"$format": "json"})
    body = response.json()
    assert set(body) == {"odata.metadata", "value"}
    assert body["odata.metadata"].endswith("/OData.svc/$metadata#Cinemas")
    first = body["value"][0]
    assert (first["ID"], first["TimeZoneId"], first["CurrencyCode"]) == ("0001", "Arab Standard Time", "SAR")


async def test_without_asking_for_json_atom_comes(http: httpx.AsyncClient) -> None:
    headers = {"connectApiToken": "sandbox-vista-website", "accept": "*/*"}
    response = await http.get(f"{BASE}/OData.svc/Films", headers=headers)
    assert response.headers["content-type"].startswith("application/atom+xml")


async def test_films_link_to_genres_and_people(vista: VistaClient) -> None:
    films = {film["ID"]: film for film in await vista.rows("Films")}
    genres = {genre["ID"]: genre["Name"] for genre in await vista.rows("FilmGenres")}
    people = {person["ID"]: person for person in await vista.rows("Persons")}
    wadjda = next(film for film in films.values() if film["Title"] == "Wadjda")
    assert (wadjda["TitleAlt"], wadjda["RunTime"], wadjda["OpeningDate"][:4]) == ("وجدة", 98, "2012")
    assert [genres[wadjda[key]] for key in ("GenreId", "GenreId2", "GenreId3")] == [
        "Drama",
        "Comedy",
        "Family",
    ]
    links = [link for link in await vista.rows("FilmPersonLinks") if link["FilmId"] == wadjda["ID"]]
    directors = [people[link["PersonId"]] for link in links if link["PersonType"] == "Director"]
    assert [(person["FirstName"], person["LastName"]) for person in directors] == [("Haifaa", "al-Mansour")]
    scheduled = await vista.rows("ScheduledFilms", filter=f"ID eq '{CINEMA}-{wadjda['ID']}'")
    assert scheduled[0]["RunTime"] == "98"
    assert {actor["ID"] for actor in scheduled[0]["Cast"]} == {link["PersonId"] for link in links}


async def test_a_leading_article_stands_at_the_end_of_a_title(vista: VistaClient) -> None:
    titles = {film["Title"] for film in await vista.rows("Films")}
    assert "Dark Knight, The" in titles


async def test_sessions_filter_order_page_select_and_expand(vista: VistaClient) -> None:
    from_noon = await vista.rows(
        "Sessions", filter=f"CinemaId eq '{CINEMA}' and ScreenNumber le 2", orderby="Showtime"
    )
    assert {row["ScreenNumber"] for row in from_noon} == {1, 2}
    times = [row["Showtime"] for row in from_noon]
    assert times == sorted(times)
    middle = times[len(times) // 2]
    later = await vista.rows(
        "Sessions", filter=f"CinemaId eq '{CINEMA}' and ScreenNumber le 2 and Showtime ge datetime'{middle}'"
    )
    assert len(later) == sum(1 for time in times if time >= middle)
    page = await vista.rows("Sessions", orderby="ID desc", skip="5", top="3", select="ID,CinemaId")
    assert [set(row) for row in page] == [{"ID", "CinemaId"}] * 3
    expanded = await vista.rows("Sessions", top="1", expand="Attributes")
    row = expanded[0]
    assert [attribute["ShortName"] for attribute in row["Attributes"]] == row["SessionAttributesNames"]


@pytest.mark.parametrize("bad", ["Nope eq 1", "ID eq", "ID like 'x'", "(ID eq 'x'", "ID eq 'x' x"])
async def test_a_filter_that_makes_no_sense_is_refused(vista: VistaClient, bad: str) -> None:
    response = await vista.get("OData.svc/Cinemas", **{"$filter": bad})
    assert response.status_code == 400
    assert "odata.error" in response.json()


async def test_the_server_pages_only_when_told_to(
    vista: VistaClient, http: httpx.AsyncClient, levers: Levers
) -> None:
    whole = await vista.rows("Cinemas", orderby="ID")
    await levers.knobs(odata_page_size=10)
    headers = {"connectApiToken": "sandbox-vista-website"}
    url, seen = f"{BASE}/OData.svc/Cinemas?$format=json&$orderby=ID&$top=15", []
    while url:
        body = (await http.get(url, headers=headers)).json()
        seen += [row["ID"] for row in body["value"]]
        url = body.get("odata.nextLink", "")
    assert seen == [row["ID"] for row in whole][:15]


async def test_path_case_does_not_matter(vista: VistaClient) -> None:
    assert (await vista.get("odata.svc/filmgenres")).json()["value"]


async def test_an_experience_is_an_attribute_in_both_languages(vista: VistaClient) -> None:
    attributes = {row["ShortName"]: row for row in await vista.rows("Attributes")}
    assert {"STD", "IMAX", "DOLBY", "4DX", "SUITES", "KIDS"} <= set(attributes)
    assert attributes["IMAX"]["AltDescription"] == "آيماكس"
    assert attributes["PROMO-TUE"]["IsUsedForSessionAdvertising"] is False


async def test_a_set_can_be_told_to_be_empty(vista: VistaClient, levers: Levers) -> None:
    await levers.knobs(empty_sets=["Sessions"])
    assert await vista.rows("Sessions") == []


async def test_twelve_thousand_sessions_come_in_one_piece(vista: VistaClient) -> None:
    rows = await vista.rows("Sessions")
    assert len(rows) > 10_000
    assert len({row["ID"] for row in rows}) == len(rows)


async def test_a_poster_is_a_picture_of_the_asked_width(http: httpx.AsyncClient) -> None:
    url = "/vista/CDN/media/entity/get/FilmPosterGraphic/HO00000720?referenceScheme=HeadOffice&width=120"
    response = await http.get(url)
    assert response.headers["content-type"] == "image/jpeg"
    assert response.content.startswith(b"\xff\xd8")
    assert (await http.get(url.replace("HO00000720", "HO99999999"))).status_code == 404


async def test_films_of_a_cinema_come_with_their_sessions(vista: VistaClient) -> None:
    path = f"OData.svc/GetScheduledFilms?$format=json&cinemaid={CINEMA}&$expand=Sessions&$top=1"
    film = (await vista.get(path)).json()["value"][0]
    assert film["CinemaId"] == CINEMA
    assert {row["ScheduledFilmId"] for row in film["Sessions"]} == {film["ScheduledFilmId"]}
    announced = (await vista.get("OData.svc/GetComingSoonScheduledFilms?$format=json")).json()["value"]
    assert {row["Title"] for row in announced} == {"Gladiator", "Finding Nemo"}
    cinemas = await vista.rows("Cinemas", top="1", expand="ScheduledFilms")
    assert len(cinemas[0]["ScheduledFilms"]) == 21


async def test_each_film_has_a_trailer_that_plays_at_the_sandbox(
    vista: VistaClient, http: httpx.AsyncClient
) -> None:
    films = await vista.rows("Films")
    trailers = {film["ID"]: film["TrailerUrl"] for film in films}
    assert len(set(trailers.values())) == len(films)
    assert {row["TrailerUrl"] for row in await vista.rows("ScheduledFilms")} == set(trailers.values())
    for film in films:
        page = await http.get(_path(trailers[film["ID"]]))
        assert (page.status_code, page.headers["content-type"]) == (200, "text/html; charset=utf-8")
        assert html.escape(film["TitleAlt"]) in page.text
        assert html.escape(film["SynopsisAlt"]) in page.text
    assert (await http.get("/vista/trailers/HO99999999")).status_code == 404


async def test_each_person_has_a_portrait_of_their_own(vista: VistaClient, http: httpx.AsyncClient) -> None:
    people = {one["ID"]: one["UrlToPicture"] for one in await vista.rows("Persons")}
    cast = [who for film in await vista.rows("ScheduledFilms", top="21") for who in film["Cast"]]
    assert {who["ID"]: who["UrlToPicture"] for who in cast} == people
    seen = {(await http.get(_path(url), params={"width": "60"})).content for url in people.values()}
    assert len(seen) == len(people)
    answer = await http.get(_path(next(iter(people.values()))))
    assert (answer.status_code, answer.headers["content-type"]) == (200, "image/jpeg")
    assert (await http.get(f"{BASE}/CDN/media/entity/get/PersonPicture/9999999999")).status_code == 404


def _path(url: str) -> str:
    """Every address is the sandbox's own: nothing of a third party's."""
    base = "http://127.0.0.1:3900"
    assert url.startswith(base)
    return url.removeprefix(base)
