"""Records of the box office's catalogue with valid defaults."""

from datetime import date, datetime
from typing import Any

from muvi.domain.shared.text import LocalizedText
from muvi.domain.showtimes.wall_time import WallTime
from muvi.ports.catalog.feed import (
    FeedCast,
    FeedCinema,
    FeedExperience,
    FeedFilm,
    FeedGenre,
    FeedPerson,
    FeedShowtime,
)


def a_genre(**over: object) -> FeedGenre:
    values: dict[str, Any] = {"id": "0000000003", "name": LocalizedText("Drama", "دراما")}
    return FeedGenre(**{**values, **over})


def a_person(**over: object) -> FeedPerson:
    values: dict[str, Any] = {
        "id": "0000000101",
        "first_name": "Ann",
        "last_name": "Example",
        "image_url": "",
    }
    return FeedPerson(**{**values, **over})


def an_experience(**over: object) -> FeedExperience:
    values: dict[str, Any] = {
        "id": "0000000002",
        "code": "IMAX",
        "name": LocalizedText("IMAX", "آيماكس"),
        "position": 1,
    }
    return FeedExperience(**{**values, **over})


def a_cinema(**over: object) -> FeedCinema:
    values: dict[str, Any] = {
        "id": "0001",
        "name": LocalizedText("Mall Cinema", "سينما المول"),
        "description": LocalizedText("", ""),
        "address1": LocalizedText("Ring Road", "الطريق الدائري"),
        "address2": LocalizedText("", ""),
        "city": "Riyadh",
        "phone": "",
        "email": "",
        "latitude": 24.7,
        "longitude": 46.7,
        "currency": "SAR",
        "has_concessions": True,
        "source_zone": "Arab Standard Time",
        "time_zone": "Asia/Riyadh",
    }
    return FeedCinema(**{**values, **over})


def a_film(**over: object) -> FeedFilm:
    values: dict[str, Any] = {
        "id": "HO00000720",
        "head_office_code": "0001593",
        "title": LocalizedText("The Long Way Home", "الطريق إلى البيت"),
        "synopsis": LocalizedText("A walk.", "مشي."),
        "rating": "R12",
        "rating_description": LocalizedText("12 and over", "من 12 سنة"),
        "runtime_min": 87,
        "release_date": date(2026, 1, 8),
        "poster_url": "http://media.example/p.jpg",
        "trailer_url": "",
        "distributor": "",
        "coming_soon": False,
        "genre_ids": ("0000000003",),
        "cast": (FeedCast(person_id="0000000101", role="ACTOR"),),
    }
    return FeedFilm(**{**values, **over})


def a_showtime(**over: object) -> FeedShowtime:
    """On 16 January 2026 at nine in the evening, at the cinema and of the film above."""
    number = over.get("number", "14164")
    cinema_id = over.get("cinema_id", "0001")
    values: dict[str, Any] = {
        "id": f"{cinema_id}-{number}",
        "number": number,
        "cinema_id": cinema_id,
        "film_id": "HO00000720",
        "screen_number": 2,
        "screen_name": LocalizedText("Screen 2", "شاشة 2"),
        "starts_at": WallTime(datetime(2026, 1, 16, 21, 0)),  # noqa: DTZ001
        "business_date": date(2026, 1, 16),
        "seats_available": 66,
        "sold_out": False,
        "on_sale": True,
        "price_from_minor": 4350,
        "experience_codes": ("IMAX", "PROMO-TUE"),
        "area_codes": ("0000000001",),
    }
    return FeedShowtime(**{**values, **over})
