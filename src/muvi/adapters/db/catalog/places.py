"""Cities, cinemas and experiences to show, from PostgreSQL."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import RowMapping
from sqlalchemy.ext.asyncio import AsyncEngine
from typing_extensions import override

from muvi.adapters.db.catalog.listed import FROM, LISTED, Conditions, Reader
from muvi.adapters.kit.columns import both
from muvi.domain.shared.text import LocalizedText
from muvi.ports.listing import Slice
from muvi.ports.venues.places import CinemaQuery, CinemaView, CityView, ExperienceView, Places

_CITIES = """
    SELECT ci.id, ci.name_en, ci.name_ar, count(*) AS cinemas,
           coalesce(ci.latitude, avg(c.latitude)) AS latitude,
           coalesce(ci.longitude, avg(c.longitude)) AS longitude
    FROM cities ci JOIN cinemas c ON c.city_id = ci.id
    WHERE ci.published_at IS NOT NULL AND c.withdrawn_at IS NULL AND c.published_at IS NOT NULL
    GROUP BY ci.id ORDER BY ci.position, ci.name_en, ci.id
"""
_SHOWN = "c.withdrawn_at IS NULL AND c.published_at <= :now"
_CINEMAS = f"""
    WITH offered AS (
        SELECT s.cinema_id, array_agg(DISTINCT e) AS ids
        FROM {FROM} CROSS JOIN LATERAL unnest(s.experience_ids) AS e
        WHERE {LISTED} GROUP BY s.cinema_id)
    SELECT c.*, ci.name_en AS city_name_en, ci.name_ar AS city_name_ar,
           coalesce(c.latitude, ci.latitude) AS lat, coalesce(c.longitude, ci.longitude) AS long,
           (SELECT count(*) FROM screens sc WHERE sc.cinema_id = c.id) AS screens,
           (SELECT jsonb_agg(jsonb_build_object('id', e.id, 'code', e.code, 'unique_name', e.unique_name,
                    'name_en', e.name_en, 'name_ar', e.name_ar, 'logo_url', e.logo_url,
                    'cover_url', e.cover_url, 'description_en', e.description_en,
                    'description_ar', e.description_ar) ORDER BY e.position, e.id)
            FROM experiences e, offered o
            WHERE o.cinema_id = c.id AND e.id = ANY(o.ids)
              AND e.withdrawn_at IS NULL AND e.published_at <= :now) AS experiences
    FROM cinemas c LEFT JOIN cities ci ON ci.id = c.city_id
    WHERE {_SHOWN} AND """  # noqa: S608  (our own text)
_EXPERIENCES = """
    SELECT * FROM experiences e WHERE e.withdrawn_at IS NULL AND e.published_at <= :now AND {where}
    ORDER BY e.position, e.id
"""


class SqlPlaces(Places):
    """Reads on an engine, which may be a replica's."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._reader = Reader(engine)

    @override
    async def cities(self) -> tuple[CityView, ...]:
        return tuple(
            CityView(
                id=row["id"],
                name=both(row, "name"),
                latitude=row["latitude"],
                longitude=row["longitude"],
                cinema_count=row["cinemas"],
            )
            for row in await self._reader.rows(_CITIES, {})
        )

    @override
    async def cinemas(self, query: CinemaQuery, *, now: datetime) -> Slice[CinemaView]:
        where = Conditions(values={"now": now})
        if query.city_id:
            where.add("c.city_id = :city", city=query.city_id)
        if query.cinema_ids:
            where.add("c.id = ANY(:ids)", ids=list(query.cinema_ids))
        count = f"SELECT count(*) FROM cinemas c WHERE {_SHOWN} AND {where}"  # noqa: S608  (our own text)
        total = await self._reader.count(count, where.values)
        page = {"limit": query.window.limit, "offset": query.window.offset}
        rows = await self._reader.rows(
            f"{_CINEMAS}{where} ORDER BY c.position, c.name_en, c.id LIMIT :limit OFFSET :offset",
            {**where.values, **page},
        )
        return Slice(tuple(_cinema(row) for row in rows), total)

    @override
    async def cinema(self, cinema_id: UUID, *, now: datetime) -> CinemaView | None:
        return await self._one("c.id = :wanted", cinema_id, now)

    @override
    async def cinema_by_name(self, unique_name: str, *, now: datetime) -> CinemaView | None:
        return await self._one("c.unique_name = :wanted", unique_name, now)

    async def _one(self, condition: str, wanted: UUID | str, now: datetime) -> CinemaView | None:
        rows = await self._reader.rows(_CINEMAS + condition, {"now": now, "wanted": wanted})
        return _cinema(rows[0]) if rows else None

    @override
    async def experiences(
        self, *, city_id: UUID | None = None, cinema_id: UUID | None = None, now: datetime
    ) -> tuple[ExperienceView, ...]:
        there = Conditions(values={"now": now})
        if city_id:
            there.add("c.city_id = :city", city=city_id)
        if cinema_id:
            there.add("c.id = :cinema", cinema=cinema_id)
        where = "TRUE"
        if there.sql:
            offered = f"SELECT unnest(s.experience_ids) FROM {FROM} WHERE {LISTED} AND {there}"  # noqa: S608  (our own text)
            where = f"e.id IN ({offered})"
        rows = await self._reader.rows(_EXPERIENCES.format(where=where), there.values)
        return tuple(_experience(row) for row in rows)


def _cinema(row: RowMapping) -> CinemaView:
    return CinemaView(
        id=row["id"],
        unique_name=row["unique_name"],
        name=both(row, "name"),
        description=both(row, "description"),
        address=LocalizedText(
            _joined(row["address1_en"], row["address2_en"]), _joined(row["address1_ar"], row["address2_ar"])
        ),
        city_id=row["city_id"],
        city_name=LocalizedText(row["city_name_en"] or "", row["city_name_ar"] or ""),
        latitude=row["lat"],
        longitude=row["long"],
        phone=row["phone"],
        email=row["email"],
        images=tuple(row["images"]),
        cover_url=row["cover_url"],
        currency=row["currency"],
        time_zone=row["time_zone"],
        screen_count=row["screens"],
        has_concessions=row["has_concessions"],
        experiences=tuple(_experience(one) for one in row["experiences"] or ()),
    )


def _joined(*parts: str) -> str:
    return ", ".join(part for part in parts if part)


def _experience(row: RowMapping | dict[str, Any]) -> ExperienceView:
    return ExperienceView(
        id=row["id"],
        code=row["code"],
        unique_name=row["unique_name"],
        name=both(row, "name"),
        description=both(row, "description"),
        logo_url=row["logo_url"],
        cover_url=row["cover_url"],
    )
