"""Cities, cinemas and experiences, from memory."""

from __future__ import annotations

from collections import Counter
from datetime import datetime
from uuid import UUID

from typing_extensions import override

from muvi.adapters.kit.columns import both
from muvi.adapters.memory.catalog.rows import Row
from muvi.adapters.memory.catalog.views import Tables, sliced
from muvi.adapters.memory.database import MemoryDatabase
from muvi.domain.shared.text import LocalizedText
from muvi.ports.listing import Slice
from muvi.ports.venues.places import CinemaQuery, CinemaView, CityView, ExperienceView, Places


class MemoryPlaces(Places):
    """Places to show."""

    def __init__(self, database: MemoryDatabase) -> None:
        self._tables = Tables(database)

    @override
    async def cities(self) -> tuple[CityView, ...]:
        cinemas = [
            row
            for row in self._tables.rows("cinemas").values()
            if row["withdrawn_at"] is None and row["published_at"] is not None
        ]
        counts = Counter(row["city_id"] for row in cinemas)
        rows = [
            row
            for row in self._tables.rows("cities").values()
            if counts[row["id"]] and row["published_at"] is not None
        ]
        rows.sort(key=lambda row: (row["position"], row["name_en"], row["id"]))
        return tuple(_city(row, [one for one in cinemas if one["city_id"] == row["id"]]) for row in rows)

    @override
    async def cinemas(self, query: CinemaQuery, *, now: datetime) -> Slice[CinemaView]:
        rows = [
            row
            for row in self._tables.shown("cinemas", now)
            if (query.city_id is None or row["city_id"] == query.city_id)
            and (not query.cinema_ids or row["id"] in query.cinema_ids)
        ]
        rows.sort(key=lambda row: (row["position"], row["name_en"], row["id"]))
        return sliced([self._cinema(row, now) for row in rows], query.window)

    @override
    async def cinema(self, cinema_id: UUID, *, now: datetime) -> CinemaView | None:
        return self._one("id", cinema_id, now)

    @override
    async def cinema_by_name(self, unique_name: str, *, now: datetime) -> CinemaView | None:
        return self._one("unique_name", unique_name, now)

    def _one(self, column: str, wanted: object, now: datetime) -> CinemaView | None:
        rows = (row for row in self._tables.shown("cinemas", now) if row[column] == wanted)
        return next((self._cinema(row, now) for row in rows), None)

    @override
    async def experiences(
        self, *, city_id: UUID | None = None, cinema_id: UUID | None = None, now: datetime
    ) -> tuple[ExperienceView, ...]:
        everything = self._tables.shown("experiences", now)
        if city_id is None and cinema_id is None:
            return tuple(_experience(row) for row in everything)
        offered = {
            key
            for row, cinema in self._tables.listed(now)
            if city_id in (None, cinema["city_id"]) and cinema_id in (None, cinema["id"])
            for key in row["experience_ids"]
        }
        return tuple(_experience(row) for row in everything if row["id"] in offered)

    def _cinema(self, row: Row, now: datetime) -> CinemaView:
        city = self._tables.by_id("cities").get(row["city_id"])
        offered = {
            key
            for showtime, cinema in self._tables.listed(now)
            if cinema is row
            for key in showtime["experience_ids"]
        }
        latitude = city["latitude"] if city and row["latitude"] is None else row["latitude"]
        longitude = city["longitude"] if city and row["longitude"] is None else row["longitude"]
        screens = self._tables.rows("screens").values()
        return CinemaView(
            id=row["id"],
            unique_name=row["unique_name"],
            name=both(row, "name"),
            description=both(row, "description"),
            address=LocalizedText(
                ", ".join(part for part in (row["address1_en"], row["address2_en"]) if part),
                ", ".join(part for part in (row["address1_ar"], row["address2_ar"]) if part),
            ),
            city_id=row["city_id"],
            city_name=both(city, "name") if city else LocalizedText("", ""),
            latitude=latitude,
            longitude=longitude,
            phone=row["phone"],
            email=row["email"],
            images=tuple(row["images"]),
            cover_url=row["cover_url"],
            currency=row["currency"],
            time_zone=row["time_zone"],
            screen_count=sum(1 for screen in screens if screen["cinema_id"] == row["id"]),
            has_concessions=row["has_concessions"],
            experiences=tuple(
                _experience(one) for one in self._tables.shown("experiences", now) if one["id"] in offered
            ),
        )


def _city(row: Row, cinemas: list[Row]) -> CityView:
    return CityView(
        id=row["id"],
        name=both(row, "name"),
        latitude=_place(row["latitude"], [one["latitude"] for one in cinemas]),
        longitude=_place(row["longitude"], [one["longitude"] for one in cinemas]),
        cinema_count=len(cinemas),
    )


def _place(own: float | None, others: list[float | None]) -> float | None:
    known = [one for one in others if one is not None]
    if own is not None or not known:
        return own
    return sum(known) / len(known)


def _experience(row: Row) -> ExperienceView:
    return ExperienceView(
        id=row["id"],
        code=row["code"],
        unique_name=row["unique_name"],
        name=both(row, "name"),
        description=both(row, "description"),
        logo_url=row["logo_url"],
        cover_url=row["cover_url"],
    )
