"""Orders for display: one statement each."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import RowMapping, Select, Table, bindparam, func, literal_column, select
from sqlalchemy.dialects.postgresql import aggregate_order_by
from sqlalchemy.ext.asyncio import AsyncEngine
from typing_extensions import override

from muvi.adapters.db.engine import reading
from muvi.adapters.db.errors import translating
from muvi.adapters.db.order_rows import line_of, order_of
from muvi.adapters.db.showtimes_for_sale import EXPERIENCE_PAIRS
from muvi.adapters.db.tables.catalog import films
from muvi.adapters.db.tables.orders import order_lines, order_timeline, orders
from muvi.adapters.db.tables.showtimes import showtimes
from muvi.adapters.db.tables.tickets import tickets
from muvi.adapters.db.tables.venues import cinemas, screens
from muvi.domain.orders.order import TimelineEntry
from muvi.domain.shared.text import LocalizedText
from muvi.ports.listing import Slice, Window
from muvi.ports.orders.views import IssuedTicket, OrderView, OrderViews, ShowOfOrder


def _rows_of(table: Table, *position: Any) -> Any:  # noqa: ANN401  (an SQL expression of any kind)
    every = func.jsonb_agg(aggregate_order_by(literal_column(f"to_jsonb({table.name})"), *position))
    return (
        select(func.coalesce(every, literal_column("'[]'::jsonb")))
        .select_from(table)
        .where(table.c.order_id == orders.c.id)
        .correlate(orders)
        .scalar_subquery()
    )


_SHOW = (
    films.c.id.label("film_id"),
    films.c.title_en,
    films.c.title_ar,
    films.c.poster_url,
    cinemas.c.name_en.label("cinema_en"),
    cinemas.c.name_ar.label("cinema_ar"),
    cinemas.c.time_zone,
    screens.c.name_en.label("screen_en"),
    screens.c.name_ar.label("screen_ar"),
    showtimes.c.starts_at,
    EXPERIENCE_PAIRS.label("experiences"),
    _rows_of(order_lines, order_lines.c.position).label("lines"),
    _rows_of(tickets, tickets.c.id).label("tickets"),
)
_TIMELINE = _rows_of(order_timeline, order_timeline.c.id).label("timeline")


def _joined(query: Select[Any]) -> Select[Any]:
    return (
        query.join(showtimes, showtimes.c.id == orders.c.showtime_id)
        .join(cinemas, cinemas.c.id == showtimes.c.cinema_id)
        .join(films, films.c.id == showtimes.c.film_id)
        .join(screens, screens.c.id == showtimes.c.screen_id)
    )


_ONE = _joined(select(orders, *_SHOW, _TIMELINE)).where(orders.c.id == bindparam("key"))
_MANY = _joined(select(orders, *_SHOW))


class SqlOrderViews(OrderViews):
    """Reads on the primary's pool."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = reading(engine)

    @override
    async def find(self, order_id: UUID) -> OrderView | None:
        async with translating(), self._engine.connect() as connection:
            row = (await connection.execute(_ONE, {"key": order_id})).mappings().first()
        return _view(row) if row is not None else None

    @override
    async def of_owner(self, owner_id: UUID, window: Window) -> Slice[OrderView]:
        mine = orders.c.owner_id == owner_id
        rows = _MANY.where(mine).order_by(orders.c.id.desc()).limit(window.limit).offset(window.offset)
        async with translating(), self._engine.connect() as connection:
            total = (await connection.execute(select(func.count()).where(mine))).scalar_one()
            found = (await connection.execute(rows)).mappings().all()
        return Slice(tuple(map(_view, found)), total)


def _view(row: RowMapping) -> OrderView:
    lines = tuple(line_of(fields) for fields in row["lines"])
    return OrderView(
        order=order_of(row, lines, ()),
        show=ShowOfOrder(
            film_id=row["film_id"],
            film=LocalizedText(row["title_en"], row["title_ar"]),
            cinema=LocalizedText(row["cinema_en"], row["cinema_ar"]),
            screen=LocalizedText(row["screen_en"], row["screen_ar"]),
            starts_at=row["starts_at"],
            zone=row["time_zone"] or "UTC",
            poster_url=row["poster_url"],
            experiences=tuple(LocalizedText(en, ar) for en, ar in row["experiences"]),
        ),
        tickets=tuple(
            IssuedTicket(code=fields["code"], seat_label=fields["seat_label"], token=fields["token"])
            for fields in row["tickets"]
        ),
        timeline=tuple(
            TimelineEntry(at=datetime.fromisoformat(entry["at"]), code=entry["code"], facts=entry["facts"])
            for entry in row.get("timeline", [])
        ),
    )
