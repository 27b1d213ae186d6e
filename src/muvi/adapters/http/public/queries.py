"""Query parameters of the browsing routes: read leniently in form, strictly in meaning."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date as Date  # noqa: N812  (a parameter is called date)
from typing import Annotated, Any, TypeVar
from uuid import UUID

from litestar import Request
from litestar.params import QueryParameter

from muvi.adapters.http.wire import MAX_LIMIT, QUERY_TEXT, QUERY_TEXTS, UnknownReference, id_in_body
from muvi.application.catalog.check_references import FindUnknownReferences
from muvi.domain.shared.errors import Invalid
from muvi.ports.catalog.films import FilmType
from muvi.ports.catalog.references import Named
from muvi.ports.listing import Window
from muvi.ports.showtimes.browse import ShowtimeQuery

T = TypeVar("T")
DEFAULT_LIMIT = 20
_MAX_PAGE = 1_000_000
_MAX_BIGINT = 2**63 - 1
_FIELDS = {"cities": "cityId", "films": "filmId", "experiences": "experienceIds"}
_INTEGER = {**QUERY_TEXT, "type": "integer", "minimum": 1}

Req = Request[Any, Any, Any]
Page = Annotated[str | None, QueryParameter(name="page", description="From 1.", schema_extra=_INTEGER)]
Limit = Annotated[
    str | None,
    QueryParameter(
        name="limit",
        description="Rows on a page, 20 by default.",
        schema_extra={**_INTEGER, "maximum": MAX_LIMIT},
    ),
]
CityId = Annotated[
    str | None, QueryParameter(name="cityId", description="Id of a city.", schema_extra=QUERY_TEXT)
]
CinemaId = Annotated[
    str | None, QueryParameter(name="cinemaId", description="Id of a cinema.", schema_extra=QUERY_TEXT)
]
CinemaIds = Annotated[
    list[str] | None,
    QueryParameter(
        name="cinemaIds",
        description="Ids of cinemas: repeated, or separated by commas.",
        schema_extra=QUERY_TEXTS,
    ),
]
ExperienceIds = Annotated[
    list[str] | None,
    QueryParameter(
        name="experienceIds",
        description="Ids of experiences: repeated, or separated by commas.",
        schema_extra=QUERY_TEXTS,
    ),
]
FilterCinemaIds = Annotated[
    list[str] | None,
    QueryParameter(
        name="filterCinemaIds",
        description="Ids of cinemas, of those that the rest of the question allows.",
        schema_extra=QUERY_TEXTS,
    ),
]
FilterExperienceIds = Annotated[
    list[str] | None,
    QueryParameter(
        name="filterExperienceIds",
        description="Ids of experiences, of those that the rest of the question allows.",
        schema_extra=QUERY_TEXTS,
    ),
]
ShowMore = Annotated[
    str | None,
    QueryParameter(
        name="showMore",
        description="`true`: as many rows as a page may have, unless `limit` says how many.",
        schema_extra={**QUERY_TEXT, "enum": ["true", "false"]},
    ),
]
FilmId = Annotated[
    str | None, QueryParameter(name="filmId", description="Id of a film.", schema_extra=QUERY_TEXT)
]
BusinessDay = Annotated[
    str | None,
    QueryParameter(
        name="date",
        description="Business date: a show after midnight belongs to the day before.",
        schema_extra={**QUERY_TEXT, "format": "date"},
    ),
]
TypeText = Annotated[
    str | None,
    QueryParameter(
        name="type",
        description="NOW_SHOWING or COMING_SOON.",
        schema_extra={**QUERY_TEXT, "enum": list(FilmType)},
    ),
]


class InvalidParameter(Invalid):
    """A query parameter cannot be understood."""

    code = "invalid-parameter"
    title = "A query parameter cannot be understood"
    title_ar = "تعذر فهم أحد معاملات الطلب"


@dataclass(frozen=True, slots=True, kw_only=True)
class Where:
    """Places and experiences that a question names. `cinemas_field` is what it calls its cinemas."""

    city_id: UUID | None
    cinema_ids: tuple[UUID, ...]
    experience_ids: tuple[int, ...]
    cinemas_field: str = "cinemaId"

    async def check(self, find: FindUnknownReferences, film_id: UUID | None = None) -> None:
        """Raise `UnknownReference` when anything named does not exist."""
        unknown = await find(
            Named(
                cities=(self.city_id,) if self.city_id else (),
                cinemas=self.cinema_ids,
                experiences=self.experience_ids,
                films=(film_id,) if film_id else (),
            )
        )
        if unknown:
            field = {**_FIELDS, "cinemas": self.cinemas_field}[unknown[0]]
            raise UnknownReference(f"{field} names something that does not exist", field=field)


@dataclass(frozen=True, slots=True, kw_only=True)
class When:
    """Film and business date that a question names."""

    film_id: UUID | None
    day: Date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Narrower:
    """What a list is narrowed to further; `more`: as many rows as may be."""

    cinema_ids: tuple[UUID, ...]
    experience_ids: tuple[int, ...]
    more: bool

    async def check(self, find: FindUnknownReferences) -> None:
        """Raise `UnknownReference` when anything named does not exist."""
        unknown = await find(Named(cinemas=self.cinema_ids, experiences=self.experience_ids))
        if unknown:
            field = "filterExperienceIds" if unknown[0] == "experiences" else "filterCinemaIds"
            raise UnknownReference(f"{field} names something that does not exist", field=field)

    def of(self, where: Where) -> Where | None:
        """What both name; None when they have nothing in common."""
        cinemas = _common(where.cinema_ids, self.cinema_ids)
        experiences = _common(where.experience_ids, self.experience_ids)
        if cinemas is None or experiences is None:
            return None
        return replace(where, cinema_ids=cinemas, experience_ids=experiences)


def _common(some: tuple[T, ...], others: tuple[T, ...]) -> tuple[T, ...] | None:
    """Nothing named is everything."""
    if not some or not others:
        return some or others
    return tuple(one for one in some if one in others) or None


def refuse_repeated(request: Req, *names: str) -> None:
    """Raise `InvalidParameter` for one of these that is given more than once: nobody knows which is meant."""
    for name in names:
        if len(request.query_params.getall(name, ())) > 1:
            raise InvalidParameter(f"{name} is given more than once", field=name)


def window_of(request: Req, page: Page = None, limit: Limit = None) -> Window:
    """Which page. Raises `InvalidParameter`."""
    refuse_repeated(request, "page", "limit")
    return Window(
        page=_whole("page", page, most=_MAX_PAGE) or 1,
        limit=_whole("limit", limit, most=MAX_LIMIT) or DEFAULT_LIMIT,
    )


def longest(request: Req, window: Window) -> Window:
    """With as many rows as a page may have, unless the request says how many."""
    return window if request.query_params.get("limit") else replace(window, limit=MAX_LIMIT)


def where_of(
    request: Req,
    city_id: CityId = None,
    cinema_id: CinemaId = None,
    cinema_ids: CinemaIds = None,
    experience_ids: ExperienceIds = None,
) -> Where:
    """Where. Raises `InvalidParameter`, `UnknownReference` for a malformed id."""
    refuse_repeated(request, "cityId", "cinemaId")
    several = [id_in_body(one, "cinemaIds") for one in _words(request, "cinemaIds", cinema_ids)]
    single = [id_in_body(cinema_id, "cinemaId")] if cinema_id else []
    experiences = _words(request, "experienceIds", experience_ids)
    return Where(
        city_id=id_in_body(city_id, "cityId") if city_id else None,
        cinema_ids=tuple(dict.fromkeys([*several, *single])),
        experience_ids=tuple(dict.fromkeys(_whole_id("experienceIds", one) for one in experiences)),
        cinemas_field="cinemaIds" if several else "cinemaId",
    )


def narrower_of(
    request: Req,
    filter_cinema_ids: FilterCinemaIds = None,
    filter_experience_ids: FilterExperienceIds = None,
    show_more: ShowMore = None,
) -> Narrower:
    """Narrow by what. Raises `InvalidParameter`, `UnknownReference` for a malformed id."""
    refuse_repeated(request, "showMore")
    more = (show_more or "false").lower()
    if more not in {"true", "false"}:
        raise InvalidParameter("showMore is true or false", field="showMore")
    cinemas = _words(request, "filterCinemaIds", filter_cinema_ids)
    experiences = _words(request, "filterExperienceIds", filter_experience_ids)
    return Narrower(
        cinema_ids=tuple(dict.fromkeys(id_in_body(one, "filterCinemaIds") for one in cinemas)),
        experience_ids=tuple(dict.fromkeys(_whole_id("filterExperienceIds", one) for one in experiences)),
        more=more == "true",
    )


def when_of(request: Req, film: FilmId = None, date: BusinessDay = None) -> When:
    """When. Raises `InvalidParameter`, `UnknownReference` for a malformed id."""
    refuse_repeated(request, "filmId", "date")
    return When(film_id=id_in_body(film, "filmId") if film else None, day=_day(date))


def film_type(text: str | None) -> FilmType | None:
    """Now showing or coming soon, in any spelling of the case. Raises `InvalidParameter`."""
    if not text:
        return None
    try:
        return FilmType(text.strip().upper().replace("-", "_"))
    except ValueError:
        raise InvalidParameter(f"type is one of {', '.join(FilmType)}", field="type") from None


def showtime_query(where: Where, when: When, window: Window | None) -> ShowtimeQuery:
    """A question about showtimes."""
    return ShowtimeQuery(
        city_id=where.city_id,
        cinema_ids=where.cinema_ids,
        experience_ids=where.experience_ids,
        film_id=when.film_id,
        business_date=when.day,
        window=window,
    )


def _words(request: Req, name: str, values: list[str] | None) -> list[str]:
    """Values repeated, with brackets or with commas; at most 100."""
    given = [*(values or ()), *request.query_params.getall(f"{name}[]", [])]
    words = [word.strip() for value in given for word in value.split(",") if word.strip()]
    if len(words) > MAX_LIMIT:
        raise InvalidParameter(f"{name} has at most {MAX_LIMIT} values", field=name)
    return words


def _whole(name: str, text: str | None, *, most: int) -> int | None:
    if not text:
        return None
    if not (text.isascii() and text.isdecimal()) or not 1 <= int(text[:20]) <= most:
        raise InvalidParameter(f"{name} is a whole number from 1 to {most}", field=name)
    return int(text[:20])


def _whole_id(name: str, text: str) -> int:
    if not (text.isascii() and text.isdecimal()) or int(text[:20]) > _MAX_BIGINT:
        raise UnknownReference(f"{name} names something that does not exist", field=name)
    return int(text[:20])


def _day(text: str | None) -> Date | None:
    if not text:
        return None
    try:
        return Date.fromisoformat(text[:10])
    except ValueError:
        raise InvalidParameter("date is a day as YYYY-MM-DD", field="date") from None
