"""Orders for display: one statement each."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import RowMapping, Select, bindparam, func, select
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine
from typing_extensions import override

from muvi.adapters.db.engine import reading
from muvi.adapters.db.errors import translating
from muvi.adapters.db.order_rows import line_of, order_of, rows_of
from muvi.adapters.db.show_names import SHOW_NAMES, show_names_of
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

_SHOW = (
    films.c.id.label("film_id"),
    films.c.poster_url,
    *SHOW_NAMES,
    EXPERIENCE_PAIRS.label("experiences"),
    rows_of(order_lines, order_lines.c.position).label("lines"),
    rows_of(tickets, tickets.c.id).label("tickets"),
)
_TIMELINE = rows_of(order_timeline, order_timeline.c.id).label("timeline")


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
            return await view_of(connection, order_id)

    @override
    async def of_owner(self, owner_id: UUID, window: Window) -> Slice[OrderView]:
        mine = orders.c.owner_id == owner_id
        rows = _MANY.where(mine).order_by(orders.c.id.desc()).limit(window.limit).offset(window.offset)
        async with translating(), self._engine.connect() as connection:
            total = (await connection.execute(select(func.count()).where(mine))).scalar_one()
            found = (await connection.execute(rows)).mappings().all()
        return Slice(tuple(map(_view, found)), total)


async def view_of(connection: AsyncConnection, order_id: UUID) -> OrderView | None:
    """One order as it is shown, within whatever the connection has open."""
    row = (await connection.execute(_ONE, {"key": order_id})).mappings().first()
    return _view(row) if row is not None else None


def _view(row: RowMapping) -> OrderView:
    lines = tuple(line_of(fields) for fields in row["lines"])
    return OrderView(
        order=order_of(row, lines, ()),
        show=ShowOfOrder(
            film_id=row["film_id"],
            **show_names_of(row),
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
