"""Films to show, from PostgreSQL."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import RowMapping
from sqlalchemy.ext.asyncio import AsyncEngine
from typing_extensions import override

from muvi.adapters.db.catalog.listed import FROM, LISTED, Conditions, Reader
from muvi.adapters.kit.columns import both
from muvi.domain.shared.text import LocalizedText
from muvi.ports.catalog.films import CastView, FilmQuery, Films, FilmType, FilmView, GenreView, RatingView
from muvi.ports.listing import Slice

_SHOWING = f"WITH showing AS (SELECT DISTINCT s.film_id FROM {FROM} WHERE {LISTED})"  # noqa: S608  (our own text)
_SELECT = """
    SELECT f.*, EXISTS (SELECT 1 FROM showing WHERE showing.film_id = f.id) AS now_showing,
           r.code AS rating_code, r.description_en, r.description_ar,
           (SELECT jsonb_agg(jsonb_build_object('id', g.id, 'name_en', g.name_en, 'name_ar', g.name_ar)
                             ORDER BY l.position, g.id)
            FROM film_genres l JOIN genres g ON g.id = l.genre_id
            WHERE l.film_id = f.id AND g.withdrawn_at IS NULL AND g.published_at <= :now) AS genres,
           (SELECT jsonb_agg(jsonb_build_object('id', p.id, 'role', l.role, 'photo', p.image_url,
                    'name_en', trim(p.first_name_en || ' ' || p.last_name_en),
                    'name_ar', trim(p.first_name_ar || ' ' || p.last_name_ar)) ORDER BY l.position, p.id)
            FROM film_people l JOIN people p ON p.id = l.person_id
            WHERE l.film_id = f.id AND p.withdrawn_at IS NULL AND p.published_at <= :now) AS people
    FROM films f LEFT JOIN ratings r ON r.id = f.rating_id
    WHERE f.withdrawn_at IS NULL AND f.published_at <= :now AND """
_ORDER = " ORDER BY f.position, f.release_date DESC NULLS LAST, f.title_en, f.id"
_IS_SHOWING = "f.id IN (SELECT film_id FROM showing)"
_IS_COMING = "(f.id NOT IN (SELECT film_id FROM showing) AND (f.coming_soon OR f.release_date > :today))"


class SqlFilms(Films):
    """Reads on an engine, which may be a replica's."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._reader = Reader(engine)

    @override
    async def search(self, query: FilmQuery, *, now: datetime) -> Slice[FilmView]:
        where = Conditions(values={"now": now})
        _kind(query, now, where)
        _place(query, where)
        total = await self._reader.count(
            f"{_SHOWING} SELECT count(*) FROM films f"  # noqa: S608  (our own text)
            f" WHERE f.withdrawn_at IS NULL AND f.published_at <= :now AND {where}",
            where.values,
        )
        page = {"limit": query.window.limit, "offset": query.window.offset}
        rows = await self._reader.rows(
            f"{_SHOWING}{_SELECT}{where}{_ORDER} LIMIT :limit OFFSET :offset", {**where.values, **page}
        )
        return Slice(_films(rows), total)

    @override
    async def find(self, film_id: UUID, *, now: datetime) -> FilmView | None:
        return await self._one("f.id = :wanted", film_id, now)

    @override
    async def find_by_name(self, unique_name: str, *, now: datetime) -> FilmView | None:
        return await self._one("f.unique_name = :wanted", unique_name, now)

    async def _one(self, condition: str, wanted: UUID | str, now: datetime) -> FilmView | None:
        rows = await self._reader.rows(_SHOWING + _SELECT + condition, {"now": now, "wanted": wanted})
        return next(iter(_films(rows)), None)

    @override
    async def of_ids(self, film_ids: tuple[UUID, ...], *, now: datetime) -> tuple[FilmView, ...]:
        if not film_ids:
            return ()
        values = {"now": now, "ids": list(film_ids)}
        return _films(await self._reader.rows(f"{_SHOWING}{_SELECT}f.id = ANY(:ids){_ORDER}", values))


def _kind(query: FilmQuery, now: datetime, where: Conditions) -> None:
    if query.type is FilmType.NOW_SHOWING:
        where.add(_IS_SHOWING)
    elif query.type is FilmType.COMING_SOON:
        where.add(_IS_COMING, today=now.date())
    elif not query.is_placed:
        where.add(f"({_IS_SHOWING} OR {_IS_COMING})", today=now.date())


def _place(query: FilmQuery, where: Conditions) -> None:
    """Films that are coming have no showtime yet: a place does not concern them."""
    if not query.is_placed or query.type is FilmType.COMING_SOON:
        return
    there = Conditions()
    if query.cinema_ids:
        there.add("s.cinema_id = ANY(:cinemas)", cinemas=list(query.cinema_ids))
    if query.city_id:
        there.add("c.city_id = :city", city=query.city_id)
    if query.experience_ids:
        there.add(
            "s.experience_ids && CAST(:experiences AS bigint[])", experiences=list(query.experience_ids)
        )
    where.add(
        f"f.id IN (SELECT s.film_id FROM {FROM} WHERE {LISTED} AND {there})",  # noqa: S608  (our own text)
        **there.values,
    )


def _films(rows: Sequence[RowMapping]) -> tuple[FilmView, ...]:
    return tuple(_film(row) for row in rows)


def _film(row: RowMapping) -> FilmView:
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
        now_showing=row["now_showing"],
        rating=_rating(row),
        genres=tuple(
            GenreView(id=one["id"], name=LocalizedText(one["name_en"], one["name_ar"]))
            for one in row["genres"] or ()
        ),
        cast=tuple(
            CastView(
                id=one["id"],
                name=LocalizedText(one["name_en"], one["name_ar"]),
                role=one["role"],
                photo_url=one["photo"],
            )
            for one in row["people"] or ()
        ),
    )


def _rating(row: RowMapping) -> RatingView | None:
    if row["rating_code"] is None:
        return None
    return RatingView(id=row["rating_id"], code=row["rating_code"], description=both(row, "description"))
