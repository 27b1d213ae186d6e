"""Rows of OData.svc in our own words. Shapes: recorded and assembled samples of public Vista integrations."""

from datetime import date, datetime

import msgspec
import pytest

from muvi.adapters.vista import catalogue_records as records
from muvi.adapters.vista.catalogue_wire import AttributeRow, CinemaRow, FilmRow, SessionRow
from muvi.domain.shared.text import LocalizedText

# A session recorded from a public Connect in 2019.
SESSION = {
    "ID": "1001-14164",
    "CinemaId": "1001",
    "ScheduledFilmId": "HO00000720",
    "SessionId": "14164",
    "AreaCategoryCodes": [],
    "Showtime": "2019-02-26T20:00:00",
    "SeatsAvailable": 66,
    "ScreenName": "Kino 2",
    "ScreenNameAlt": "433402",
    "ScreenNumber": 2,
    "SalesChannels": ";CALL;RSP;GSALE;CELL;KIOSK;PDA;WWW;POSBK;POS;IVR;",
    "SessionAttributesNames": ["OV"],
    "AllowTicketSales": True,
    "PlayThroughId": None,
    "SessionBusinessDate": "2019-02-26T00:00:00",
    "SoldoutStatus": 0,
    "TypeCode": "N",
}


def a_session(**over: object) -> SessionRow:
    return msgspec.convert({**SESSION, **over}, SessionRow)


def test_a_recorded_session() -> None:
    showtime = records.showtime(a_session(), "WWW")

    assert showtime.id == "1001-14164"
    assert showtime.starts_at.value == datetime(2019, 2, 26, 20, 0)  # noqa: DTZ001
    assert showtime.business_date == date(2019, 2, 26)
    assert showtime.screen_name == LocalizedText("Kino 2", "")
    assert showtime.on_sale
    assert not showtime.sold_out
    assert showtime.price_from_minor is None


@pytest.mark.parametrize(
    ("over", "on_sale"),
    [
        ({}, True),
        ({"AllowTicketSales": False}, False),
        ({"SalesChannels": ";KIOSK;"}, False),
        ({"SalesChannels": ";WWWX;"}, False),
        ({"SalesChannels": None}, False),
    ],
)
def test_sale_needs_permission_and_our_channel(over: dict[str, object], *, on_sale: bool) -> None:
    assert records.showtime(a_session(**over), "WWW").on_sale is on_sale


@pytest.mark.parametrize(
    ("status", "left", "sold_out"), [(0, 5, False), (1, 5, False), (2, 5, True), (0, 0, True)]
)
def test_sold_out(status: int, left: int, *, sold_out: bool) -> None:
    row = a_session(SoldoutStatus=status, SeatsAvailable=left)
    assert records.showtime(row, "WWW").sold_out is sold_out


def test_a_show_after_midnight_belongs_to_the_day_before() -> None:
    row = a_session(Showtime="2019-02-27T00:30:00.0000000", SessionBusinessDate="2019-02-26T00:00:00")
    showtime = records.showtime(row, "WWW")
    assert (showtime.starts_at.value.day, showtime.business_date.day) == (27, 26)


@pytest.mark.parametrize("moment", ["2019-02-27T00:30:00Z", "soon", ""])
def test_a_time_with_a_zone_or_none_at_all_cannot_be_read(moment: str) -> None:
    with pytest.raises(ValueError, match=r"zone|isoformat"):
        records.showtime(a_session(Showtime=moment), "WWW")


@pytest.mark.parametrize(
    ("filed", "said"),
    [
        ("Long Way Home, The", "The Long Way Home"),
        ("Schule auf dem Zauberberg, Die", "Die Schule auf dem Zauberberg"),
        ("Me, Myself and I", "Me, Myself and I"),
    ],
)
def test_titles_as_people_say_them(filed: str, said: str) -> None:
    assert records.title(filed) == said


def test_a_film() -> None:
    row = msgspec.convert(
        {
            "ID": "HO00000720",
            "Title": "Long Way Home, The",
            "TitleAlt": "",
            "TitleTranslations": [{"LanguageTag": "ar-SA", "Text": "الطريق"}],
            "Rating": "R12",
            "RunTime": "87",
            "OpeningDate": "2019-02-28T00:00:00",
            "GenreId": "0000000003",
            "GenreId2": "",
            "GenreId3": "0000000003",
            "Unheard": {"of": 1},
        },
        FilmRow,
    )
    film = records.film(row, (), "http://vista.example/CDN/media/entity/get")

    assert film.title == LocalizedText("The Long Way Home", "الطريق")
    assert (film.runtime_min, film.release_date) == (87, date(2019, 2, 28))
    assert film.genre_ids == ("0000000003",)
    assert film.poster_url.startswith(
        "http://vista.example/CDN/media/entity/get/FilmPosterGraphic/HO00000720?"
    )


def test_a_cinema() -> None:
    row = msgspec.convert(
        {
            "ID": "0001",
            "Name": "Mall Cinema",
            "NameAlt": "سينما المول",
            "Address1": "Ring Road",
            "Address2": "الطريق الدائري",
            "City": " Riyadh ",
            "Latitude": "24.7",
            "Longitude": None,
            "CurrencyCode": "SAR",
            "TimeZoneId": "Arab Standard Time",
        },
        CinemaRow,
    )
    cinema = records.cinema(row)

    assert cinema.address1 == LocalizedText("Ring Road", "الطريق الدائري")
    assert (cinema.city, cinema.latitude, cinema.longitude) == ("Riyadh", 24.7, None)
    assert cinema.time_zone == "Asia/Riyadh"


def test_a_cinema_without_a_currency_cannot_be_read() -> None:
    with pytest.raises(ValueError, match="currency"):
        records.cinema(msgspec.convert({"ID": "0001"}, CinemaRow))


def test_an_attribute() -> None:
    row = msgspec.convert(
        {"ID": "0000000002", "ShortName": "IMAX", "Description": "IMAX", "AltDescription": "آيماكس"},
        AttributeRow,
    )
    assert records.experience(row).name == LocalizedText("IMAX", "آيماكس")
    assert records.experience(row).code == "IMAX"
