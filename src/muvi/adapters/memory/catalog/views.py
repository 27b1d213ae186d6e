"""What the public reads, from memory."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import TypeVar
from uuid import UUID

from typing_extensions import override

from muvi.adapters.kit.columns import both
from muvi.adapters.memory.catalog.rows import Row, Rows
from muvi.adapters.memory.database import MemoryDatabase
from muvi.domain.shared.text import LocalizedText
from muvi.ports.catalog.films import CastView, FilmQuery, Films, FilmType, FilmView, GenreView, RatingView
from muvi.ports.catalog.references import Named, References
from muvi.ports.listing import Slice, Window
from muvi.ports.showtimes.browse import ExperienceTag, ShowtimeQuery, Showtimes, ShowtimeView

_T = TypeVar("_T")


def shown(row: Row, now: datetime) -> bool:
    """Whether the public may see a row."""
    return row["withdrawn_at"] is None and row["published_at"] is not None and row["published_at"] <= now


def sliced(rows: list[_T], window: Window | None) -> Slice[_T]:
    """The page that was asked for, or all."""
    page = rows if window is None else rows[window.offset : window.offset + window.limit]
    return Slice(tuple(page), len(rows))


class Tables:
    """The mirrored tables of a database, by our own ids."""

    def __init__(self, database: MemoryDatabase) -> None:
        self._database = database

    def rows(self, name: str) -> Rows:
        """A table by the box office's ids."""
        return self._database.table(name)

    def by_id(self, name: str) -> dict[object, Row]:
        """A table by our ids."""
        return {row["id"]: row for row in self.rows(name).values()}

    def shown(self, name: str, now: datetime) -> list[Row]:
        """Rows that the public may see, in staff's order."""
        rows = (row for row in self.rows(name).values() if shown(row, now))
        return sorted(rows, key=lambda row: (row.get("position", 0), row["id"]))

    def listed(self, now: datetime) -> list[tuple[Row, Row]]:
        """Showtimes that the public sees with their cinemas, by start."""
        cinemas = {row["id"]: row for row in self.shown("cinemas", now) if row["time_zone"] is not None}
        films = {row["id"] for row in self.shown("films", now)}
        found = [
            (row, cinemas[row["cinema_id"]])
            for row in self.rows("showtimes").values()
            if row["on_sale"]
            and row["withdrawn_at"] is None
            and row["starts_at"] > now
            and row["cinema_id"] in cinemas
            and row["film_id"] in films
        ]
        return sorted(found, key=lambda pair: (pair[0]["starts_at"], pair[0]["id"]))


class MemoryFilms(Films):
    """Films to show."""

    def __init__(self, database: MemoryDatabase) -> None:
        self._tables = Tables(database)

    @override
    async def search(self, query: FilmQuery, *, now: datetime) -> Slice[FilmView]:
        films = [film for film in self._all(now) if film.now_showing or _is_coming(film, now)]
        if query.type is FilmType.NOW_SHOWING or (query.is_placed and query.type is None):
            films = [film for film in films if film.now_showing]
        elif query.type is FilmType.COMING_SOON:
            films = [film for film in films if not film.now_showing]
        if query.is_placed and query.type is not FilmType.COMING_SOON:
            there = {
                row["film_id"] for row, cinema in self._tables.listed(now) if _is_there(row, cinema, query)
            }
            films = [film for film in films if film.id in there]
        return sliced(films, query.window)

    @override
    async def find(self, film_id: UUID, *, now: datetime) -> FilmView | None:
        return next((film for film in self._all(now) if film.id == film_id), None)

    @override
    async def find_by_name(self, unique_name: str, *, now: datetime) -> FilmView | None:
        return next((film for film in self._all(now) if film.unique_name == unique_name), None)

    @override
    async def of_ids(self, film_ids: tuple[UUID, ...], *, now: datetime) -> tuple[FilmView, ...]:
        return tuple(film for film in self._all(now) if film.id in film_ids)

    def _all(self, now: datetime) -> list[FilmView]:
        showing = {row["film_id"] for row, _ in self._tables.listed(now)}
        rows = self._tables.shown("films", now)
        rows.sort(
            key=lambda row: (
                row["position"],
                -(row["release_date"].toordinal() if row["release_date"] else 0),
                row["title_en"],
                row["id"],
            )
        )
        return [self._film(row, now, is_showing=row["id"] in showing) for row in rows]

    def _film(self, row: Row, now: datetime, *, is_showing: bool) -> FilmView:
        genres = {one["id"]: one for one in self._tables.shown("genres", now)}
        people = {one["id"]: one for one in self._tables.shown("people", now)}
        rating = self._tables.by_id("ratings").get(row["rating_id"])
        return FilmView(
            id=row["id"],
            unique_name=row["unique_name"],
            title=both(row, "title"),
            synopsis=both(row, "synopsis"),
            language=both(row, "language"),
            subtitle=both(row, "subtitle"),
            poster_url=row["poster_url"],
            cover_url=row["cover_url"],
            trailer_url=row["trailer_url"],
            distributor=row["distributor"],
            runtime_min=row["runtime_min"],
            release_date=row["release_date"],
            coming_soon=row["coming_soon"],
            now_showing=is_showing,
            rating=RatingView(id=rating["id"], code=rating["code"], description=both(rating, "description"))
            if rating
            else None,
            genres=tuple(
                GenreView(id=key, name=both(genres[key], "name")) for key in row["genres"] if key in genres
            ),
            cast=tuple(_cast(people[key], role) for key, role in row["people"] if key in people),
        )


def _cast(row: Row, role: str) -> CastView:
    name = LocalizedText(
        f"{row['first_name_en']} {row['last_name_en']}".strip(),
        f"{row['first_name_ar']} {row['last_name_ar']}".strip(),
    )
    return CastView(id=row["id"], name=name, role=role, photo_url=row["image_url"])


def _is_coming(film: FilmView, now: datetime) -> bool:
    return film.coming_soon or (film.release_date is not None and film.release_date > now.date())


def _is_there(row: Row, cinema: Row, query: FilmQuery | ShowtimeQuery) -> bool:
    return (
        (not query.cinema_ids or cinema["id"] in query.cinema_ids)
        and (query.city_id is None or cinema["city_id"] == query.city_id)
        and (not query.experience_ids or bool(set(query.experience_ids) & set(row["experience_ids"])))
    )


class MemoryShowtimes(Showtimes):
    """Showtimes to show."""

    def __init__(self, database: MemoryDatabase) -> None:
        self._tables = Tables(database)

    @override
    async def search(self, query: ShowtimeQuery, *, now: datetime) -> Slice[ShowtimeView]:
        rows = [
            row
            for row, cinema in self._tables.listed(now)
            if _is_there(row, cinema, query)
            and (query.film_id is None or row["film_id"] == query.film_id)
            and (query.business_date is None or row["business_date"] == query.business_date)
            and (query.until is None or row["starts_at"] <= query.until)
        ]
        return sliced([self._view(row, now) for row in rows], query.window)

    @override
    async def find(self, showtime_id: UUID, *, now: datetime) -> ShowtimeView | None:
        row = self._tables.by_id("showtimes").get(showtime_id)
        return self._view(row, now) if row else None

    def _view(self, row: Row, now: datetime) -> ShowtimeView:
        cinema = self._tables.by_id("cinemas")[row["cinema_id"]]
        screen = self._tables.by_id("screens")[row["screen_id"]]
        return ShowtimeView(
            id=row["id"],
            film_id=row["film_id"],
            cinema_id=row["cinema_id"],
            city_id=cinema["city_id"],
            screen=both(screen, "name"),
            screen_number=screen["number"],
            starts_at=row["starts_at"],
            zone=cinema["time_zone"] or "UTC",
            business_date=row["business_date"],
            experiences=tags(self._tables, row, now),
            seats_available=row["seats_available"],
            sold_out=row["sold_out"],
            price_from_minor=row["price_from_minor"],
            currency=cinema["currency"],
            listed=any(one is row for one, _ in self._tables.listed(now)),
        )


def tags(tables: Tables, row: Row, now: datetime) -> tuple[ExperienceTag, ...]:
    """Experiences of a showtime that the public may see."""
    named: Iterable[Row] = (
        one for one in tables.shown("experiences", now) if one["id"] in row["experience_ids"]
    )
    return tuple(ExperienceTag(one["id"], both(one, "name")) for one in named)


class MemoryReferences(References):
    """Whether ids exist."""

    def __init__(self, database: MemoryDatabase) -> None:
        self._tables = Tables(database)

    @override
    async def unknown(self, named: Named) -> tuple[str, ...]:
        kinds = ("cities", "cinemas", "films", "experiences")
        return tuple(
            kind for kind in kinds if not set(getattr(named, kind)) <= self._tables.by_id(kind).keys()
        )
