"""Showtimes for the purchase, read on the primary."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import RowMapping, bindparam, func, select
from sqlalchemy.dialects.postgresql import aggregate_order_by
from sqlalchemy.ext.asyncio import AsyncEngine
from typing_extensions import override

from muvi.adapters.db.engine import reading
from muvi.adapters.db.errors import translating
from muvi.adapters.db.show_names import SHOW_NAMES
from muvi.adapters.db.tables.catalog import films, ratings
from muvi.adapters.db.tables.showtimes import showtimes
from muvi.adapters.db.tables.venues import cinemas, experiences, screens
from muvi.adapters.kit.columns import both
from muvi.adapters.kit.recent import Recent
from muvi.domain.shared.text import LocalizedText
from muvi.ports.clock import Clock
from muvi.ports.seating.box_office import ShowtimeRef
from muvi.ports.showtimes.for_sale import ShowtimeForSale, ShowtimesForSale

FOR_S = 2.0
_PAIR = func.jsonb_build_array(experiences.c.name_en, experiences.c.name_ar)
EXPERIENCE_PAIRS = (
    select(
        func.coalesce(
            func.jsonb_agg(aggregate_order_by(_PAIR, experiences.c.position, experiences.c.id)),
            func.jsonb_build_array(),
        )
    )
    .where(experiences.c.id == func.any(showtimes.c.experience_ids))
    .scalar_subquery()
)

_FIND = (
    select(
        showtimes.c.id,
        showtimes.c.cinema_id,
        showtimes.c.film_id,
        showtimes.c.box_office_number,
        showtimes.c.business_date,
        showtimes.c.on_sale,
        showtimes.c.withdrawn_at,
        cinemas.c.box_office_id.label("cinema_ref"),
        cinemas.c.currency,
        cinemas.c.withdrawn_at.label("cinema_withdrawn_at"),
        *SHOW_NAMES,
        ratings.c.code.label("rating"),
        EXPERIENCE_PAIRS.label("experiences"),
    )
    .join(cinemas, cinemas.c.id == showtimes.c.cinema_id)
    .join(films, films.c.id == showtimes.c.film_id)
    .join(screens, screens.c.id == showtimes.c.screen_id)
    .join(ratings, ratings.c.id == films.c.rating_id, isouter=True)
    .where(showtimes.c.id == bindparam("key"))
)


class SqlShowtimesForSale(ShowtimesForSale):
    """Reads one showtime with everything a purchase and its ticket say of it."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = reading(engine)

    @override
    async def find(self, showtime_id: UUID) -> ShowtimeForSale | None:
        async with translating(), self._engine.connect() as connection:
            found = await connection.execute(_FIND, {"key": showtime_id})
            row = found.mappings().first()
        return _showtime(row) if row is not None else None


class RecentShowtimesForSale(ShowtimesForSale):
    """A showtime that was closed by the sync is sold here for two seconds more; the box office decides. One
    that begins is closed at once, since its time is known.
    """

    def __init__(self, showtimes: ShowtimesForSale, clock: Clock) -> None:
        self._showtimes = showtimes
        self._recent = Recent[UUID, ShowtimeForSale | None](clock, for_s=FOR_S)

    @override
    async def find(self, showtime_id: UUID) -> ShowtimeForSale | None:
        return await self._recent.get(showtime_id, lambda: self._showtimes.find(showtime_id))


def _showtime(row: RowMapping) -> ShowtimeForSale:
    open_cinema = row["time_zone"] is not None and row["cinema_withdrawn_at"] is None
    return ShowtimeForSale(
        id=row["id"],
        cinema_id=row["cinema_id"],
        film_id=row["film_id"],
        ref=ShowtimeRef(cinema=row["cinema_ref"], showtime=row["box_office_number"]),
        starts_at=row["starts_at"],
        business_date=row["business_date"],
        zone=row["time_zone"] or "UTC",
        currency=row["currency"],
        on_sale=row["on_sale"] and row["withdrawn_at"] is None and open_cinema,
        film_title=both(row, "film"),
        cinema_name=both(row, "cinema"),
        screen_name=both(row, "screen"),
        experiences=tuple(LocalizedText(en, ar) for en, ar in row["experiences"]),
        rating=row["rating"] or "",
    )
