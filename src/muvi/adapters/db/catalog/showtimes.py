"""Showtimes to show, from PostgreSQL."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import RowMapping
from sqlalchemy.ext.asyncio import AsyncEngine
from typing_extensions import override

from muvi.adapters.db.catalog.listed import FROM, LISTED, Conditions, Reader
from muvi.adapters.kit.columns import both
from muvi.domain.shared.text import LocalizedText
from muvi.ports.listing import Slice
from muvi.ports.showtimes.browse import ExperienceTag, ShowtimeQuery, Showtimes, ShowtimeView

_TAGS = """
    (SELECT jsonb_agg(jsonb_build_object('id', e.id, 'name_en', e.name_en, 'name_ar', e.name_ar)
                      ORDER BY e.position, e.id)
     FROM experiences e
     WHERE e.id = ANY(s.experience_ids) AND e.withdrawn_at IS NULL AND e.published_at <= :now) AS experiences
"""
_SELECT = f"""
    SELECT s.id, s.film_id, s.cinema_id, c.city_id, sc.name_en, sc.name_ar, sc.number, s.starts_at,
           coalesce(c.time_zone, 'UTC') AS zone, s.business_date, s.seats_available, s.sold_out,
           s.price_from_minor, c.currency, coalesce(({LISTED}), FALSE) AS listed, {_TAGS}
    FROM {FROM} JOIN screens sc ON sc.id = s.screen_id
    WHERE """  # noqa: S608  (our own text)


class SqlShowtimes(Showtimes):
    """Reads on an engine, which may be a replica's."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._reader = Reader(engine)

    @override
    async def search(self, query: ShowtimeQuery, *, now: datetime) -> Slice[ShowtimeView]:
        where = _conditions(query, now)
        sql = f"{_SELECT}{LISTED} AND {where} ORDER BY s.starts_at, s.id"
        if query.window is None:
            rows = await self._reader.rows(sql, where.values)
            return Slice(tuple(_view(row) for row in rows), len(rows))
        count = f"SELECT count(*) FROM {FROM} WHERE {LISTED} AND {where}"  # noqa: S608  (our own text)
        total = await self._reader.count(count, where.values)
        page = {"limit": query.window.limit, "offset": query.window.offset}
        rows = await self._reader.rows(f"{sql} LIMIT :limit OFFSET :offset", {**where.values, **page})
        return Slice(tuple(_view(row) for row in rows), total)

    @override
    async def find(self, showtime_id: UUID, *, now: datetime) -> ShowtimeView | None:
        rows = await self._reader.rows(f"{_SELECT}s.id = :wanted", {"now": now, "wanted": showtime_id})
        return _view(rows[0]) if rows else None


def _conditions(query: ShowtimeQuery, now: datetime) -> Conditions:
    where = Conditions(values={"now": now})
    if query.city_id:
        where.add("c.city_id = :city", city=query.city_id)
    if query.cinema_ids:
        where.add("s.cinema_id = ANY(:cinemas)", cinemas=list(query.cinema_ids))
    if query.film_id:
        where.add("s.film_id = :film", film=query.film_id)
    if query.experience_ids:
        where.add(
            "s.experience_ids && CAST(:experiences AS bigint[])", experiences=list(query.experience_ids)
        )
    if query.business_date:
        where.add("s.business_date = :day", day=query.business_date)
    if query.until:
        where.add("s.starts_at <= :until", until=query.until)
    return where


def _tags(row: RowMapping) -> tuple[ExperienceTag, ...]:
    return tuple(
        ExperienceTag(one["id"], LocalizedText(one["name_en"], one["name_ar"]))
        for one in row["experiences"] or ()
    )


def _view(row: RowMapping) -> ShowtimeView:
    return ShowtimeView(
        id=row["id"],
        film_id=row["film_id"],
        cinema_id=row["cinema_id"],
        city_id=row["city_id"],
        screen=both(row, "name"),
        screen_number=row["number"],
        starts_at=row["starts_at"],
        zone=row["zone"],
        business_date=row["business_date"],
        experiences=_tags(row),
        seats_available=row["seats_available"],
        sold_out=row["sold_out"],
        price_from_minor=row["price_from_minor"],
        currency=row["currency"],
        listed=row["listed"],
    )
