"""Rows of OData.svc in our own words. A `ValueError` means that a row cannot be understood."""

from __future__ import annotations

import re
from datetime import date, datetime
from urllib.parse import quote

from muvi.adapters.vista.catalogue_wire import (
    AttributeRow,
    CinemaRow,
    FilmRow,
    GenreRow,
    PersonRow,
    SessionRow,
    Translation,
)
from muvi.adapters.vista.zones import iana_zone
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

_ARTICLE = re.compile(r"^(?P<rest>.+), (?P<article>The|A|An|Der|Die|Das|Le|La|Les|L')$")
_ARABIC = re.compile("[\u0600-\u06ff]")
_FRACTION = re.compile(r"(\.\d{6})\d+")
_NOTHING_LEFT = 2


def text(value: str | None, alternate: str | None, translations: list[Translation] | None) -> LocalizedText:
    """English and Arabic of one text. `*Alt` is the chain's other language; else the translation `ar`."""
    arabic = (alternate or "").strip()
    if not arabic:
        tagged = (one.text or "" for one in translations or () if (one.language_tag or "").startswith("ar"))
        arabic = next(tagged, "").strip()
    return LocalizedText((value or "").strip(), arabic)


def title(value: str) -> str:
    """A title as people say it: the feed files `Long Way Home, The` under L."""
    match = _ARTICLE.match(value)
    if match is None:
        return value
    glue = "" if match["article"].endswith("'") else " "
    return f"{match['article']}{glue}{match['rest']}"


def genre(row: GenreRow) -> FeedGenre:
    """A genre."""
    return FeedGenre(id=row.id, name=text(row.name, None, row.name_translations))


def person(row: PersonRow) -> FeedPerson:
    """A person."""
    return FeedPerson(
        id=row.id,
        first_name=(row.first_name or "").strip(),
        last_name=(row.last_name or "").strip(),
        image_url=row.url_to_picture or "",
    )


def is_experience(row: AttributeRow) -> bool:
    """Whether an attribute is a concept meant for guests: no language, no promotion."""
    return row.is_used_for_concepts and row.is_used_for_session_advertising


def experience(row: AttributeRow) -> FeedExperience:
    """An attribute that is an experience."""
    return FeedExperience(
        id=row.id,
        code=row.short_name or row.id,
        name=text(row.description or row.short_name, row.alt_description, row.description_translations),
        position=row.display_priority or 0,
    )


def cinema(row: CinemaRow) -> FeedCinema:
    """A site. Raises `ValueError` without a currency: prices would have no meaning."""
    if not row.currency_code:
        raise ValueError("a cinema has a currency")
    first, second = _address(row.address1 or "", row.address2 or "")
    zone = row.time_zone_id or ""
    return FeedCinema(
        id=row.id,
        name=text(row.name, row.name_alt, row.name_translations),
        description=text(row.description, row.description_alt, row.description_translations),
        address1=first,
        address2=second,
        city=(row.city or "").strip(),
        phone=row.phone_number or "",
        email=row.email_address or "",
        latitude=_degrees(row.latitude),
        longitude=_degrees(row.longitude),
        currency=row.currency_code,
        has_concessions=bool(row.has_concessions),
        source_zone=zone,
        time_zone=iana_zone(zone),
    )


def _address(first: str, second: str) -> tuple[LocalizedText, LocalizedText]:
    """There is no alternate address; a second line in Arabic script is the first one in Arabic."""
    if _ARABIC.search(second) and not _ARABIC.search(first):
        return LocalizedText(first.strip(), second.strip()), LocalizedText("", "")
    return LocalizedText(first.strip(), ""), LocalizedText(second.strip(), "")


def _degrees(value: float | str | None) -> float | None:
    try:
        return float(value) if value not in (None, "") else None
    except ValueError:
        return None


def film(row: FilmRow, cast: tuple[FeedCast, ...], media_url: str) -> FeedFilm:
    """A film; without a picture of its own it gets the address of head office's poster."""
    wanted = text(row.title, row.title_alt, row.title_translations)
    minutes = int(row.run_time) if row.run_time not in (None, "") else 0
    head_office = (
        f"FilmPosterGraphic/{quote(row.id, safe='')}?referenceScheme=HeadOffice&allowPlaceHolder=true"
    )
    poster = row.graphic_url or f"{media_url}/{head_office}"
    return FeedFilm(
        id=row.id,
        head_office_code=row.head_office_code or "",
        title=LocalizedText(title(wanted.en), wanted.ar),
        synopsis=text(row.synopsis, row.synopsis_alt, row.synopsis_translations),
        rating=(row.rating or "").strip(),
        rating_description=text(
            row.rating_description, row.rating_description_alt, row.rating_description_translations
        ),
        runtime_min=minutes if minutes > 0 else None,
        release_date=_day(row.opening_date) if row.opening_date else None,
        poster_url=poster,
        trailer_url=row.trailer_url or "",
        distributor=row.distributor_name or "",
        coming_soon=row.is_coming_soon,
        genre_ids=tuple(dict.fromkeys(one for one in (row.genre_id, row.genre_id2, row.genre_id3) if one)),
        cast=cast,
    )


def showtime(row: SessionRow, channel: str) -> FeedShowtime:
    """A session. Raises `ValueError` for a malformed time."""
    price = row.minimum_ticket_price_in_cents
    channels = (row.sales_channels or "").split(";")
    return FeedShowtime(
        id=row.id,
        number=str(row.session_id),
        cinema_id=row.cinema_id,
        film_id=row.scheduled_film_id,
        screen_number=row.screen_number,
        screen_name=LocalizedText(
            row.screen_name or str(row.screen_number), _arabic_or_nothing(row.screen_name_alt)
        ),
        starts_at=WallTime(_moment(row.showtime)),
        business_date=_day(row.session_business_date),
        seats_available=max(0, row.seats_available),
        sold_out=row.soldout_status >= _NOTHING_LEFT or row.seats_available <= 0,
        on_sale=row.allow_ticket_sales and channel in channels,
        price_from_minor=price if price is not None and price >= 0 else None,
        experience_codes=tuple(row.session_attributes_names or ()),
        area_codes=tuple(row.area_category_codes or ()),
    )


def _arabic_or_nothing(value: str | None) -> str:
    """`ScreenNameAlt` of some sites holds a code instead of a name."""
    return value if value and _ARABIC.search(value) else ""


def _moment(value: str) -> datetime:
    return datetime.fromisoformat(_FRACTION.sub(r"\1", value) if "." in value else value)


def _day(value: str) -> date:
    return _moment(value).date()
