"""Rows of OData.svc as far as we read them. Unknown members are passed over, missing ones have a default."""

from __future__ import annotations

import msgspec
from msgspec import field


class Translation(msgspec.Struct, rename="pascal"):
    """One entry of a `*Translations` list."""

    language_tag: str | None = None
    text: str | None = None


class GenreRow(msgspec.Struct, rename="pascal"):
    """FilmGenres."""

    id: str = field(name="ID")
    name: str | None = None
    name_translations: list[Translation] | None = None


class PersonRow(msgspec.Struct, rename="pascal"):
    """Persons."""

    id: str = field(name="ID")
    first_name: str | None = None
    last_name: str | None = None
    url_to_picture: str | None = None


class AttributeRow(msgspec.Struct, rename="pascal"):
    """Attributes. `Alt` stands in front here, unlike in every other set."""

    id: str = field(name="ID")
    short_name: str | None = None
    description: str | None = None
    alt_description: str | None = None
    description_translations: list[Translation] | None = None
    is_used_for_concepts: bool = False
    is_used_for_session_advertising: bool = False
    display_priority: int | None = None


class CinemaRow(msgspec.Struct, rename="pascal"):
    """Cinemas."""

    id: str = field(name="ID")
    name: str | None = None
    name_alt: str | None = None
    name_translations: list[Translation] | None = None
    description: str | None = None
    description_alt: str | None = None
    description_translations: list[Translation] | None = None
    phone_number: str | None = None
    email_address: str | None = None
    address1: str | None = None
    address2: str | None = None
    city: str | None = None
    latitude: float | str | None = None
    longitude: float | str | None = None
    currency_code: str | None = None
    time_zone_id: str | None = None
    has_concessions: bool | None = None


class FilmRow(msgspec.Struct, rename="pascal"):
    """Films."""

    id: str = field(name="ID")
    title: str | None = None
    title_alt: str | None = None
    title_translations: list[Translation] | None = None
    rating: str | None = None
    rating_description: str | None = None
    rating_description_alt: str | None = None
    rating_description_translations: list[Translation] | None = None
    synopsis: str | None = None
    synopsis_alt: str | None = None
    synopsis_translations: list[Translation] | None = None
    head_office_code: str | None = field(default=None, name="HOFilmCode")
    run_time: int | str | None = None
    opening_date: str | None = None
    graphic_url: str | None = None
    trailer_url: str | None = None
    is_coming_soon: bool = False
    genre_id: str | None = None
    genre_id2: str | None = None
    genre_id3: str | None = None
    distributor_name: str | None = None


class CastRow(msgspec.Struct, rename="pascal"):
    """One member of ScheduledFilms.Cast."""

    id: str = field(name="ID")
    person_type: str | None = None


class ScheduledFilmRow(msgspec.Struct, rename="pascal"):
    """ScheduledFilms, for their cast."""

    scheduled_film_id: str
    cast: list[CastRow] | None = None


class SessionRow(msgspec.Struct, rename="pascal"):
    """Sessions. `ScheduledFilmId` is the id of Films."""

    id: str = field(name="ID")
    cinema_id: str
    scheduled_film_id: str
    session_id: str | int
    showtime: str
    session_business_date: str
    screen_number: int
    screen_name: str | None = None
    screen_name_alt: str | None = None
    seats_available: int = 0
    soldout_status: int = 0
    allow_ticket_sales: bool = False
    sales_channels: str | None = None
    minimum_ticket_price_in_cents: int | None = None
    session_attributes_names: list[str] | None = None
    area_category_codes: list[str] | None = None
    is_public_screening: bool | None = None
