"""Confirmed orders for telling: one statement."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

from sqlalchemy import RowMapping, bindparam, func, select
from sqlalchemy.dialects.postgresql import aggregate_order_by
from sqlalchemy.ext.asyncio import AsyncEngine
from typing_extensions import override

from muvi.adapters.db.engine import reading
from muvi.adapters.db.errors import translating
from muvi.adapters.db.tables.catalog import films
from muvi.adapters.db.tables.identity import users
from muvi.adapters.db.tables.orders import order_lines, orders
from muvi.adapters.db.tables.showtimes import showtimes
from muvi.adapters.db.tables.venues import cinemas, screens
from muvi.domain.shared.ids import to_wire
from muvi.domain.shared.money import Money
from muvi.domain.shared.text import Language, LocalizedText
from muvi.ports.notifications.confirmations import ConfirmationView, ConfirmationViews

TicketLink = Callable[[UUID, Language], str]
"""The address of an order's tickets."""

CODE_LENGTH = 10
"""Characters of the order's id that people are shown, on tickets too."""

_SEATS = (
    select(func.array_agg(aggregate_order_by(order_lines.c.seat_label, order_lines.c.position)))
    .where(order_lines.c.order_id == orders.c.id, order_lines.c.seat_label.is_not(None))
    .correlate(orders)
    .scalar_subquery()
)
_QUERY = (
    select(
        orders.c.id,
        orders.c.language,
        orders.c.total_minor,
        orders.c.currency,
        func.coalesce(func.nullif(orders.c.buyer_name, ""), users.c.first_name, "").label("name"),
        func.coalesce(func.nullif(orders.c.buyer_email, ""), users.c.email, "").label("email"),
        films.c.title_en,
        films.c.title_ar,
        cinemas.c.name_en.label("cinema_en"),
        cinemas.c.name_ar.label("cinema_ar"),
        func.coalesce(cinemas.c.time_zone, "UTC").label("time_zone"),
        screens.c.name_en.label("screen_en"),
        screens.c.name_ar.label("screen_ar"),
        showtimes.c.starts_at,
        _SEATS.label("seats"),
    )
    .join(showtimes, showtimes.c.id == orders.c.showtime_id)
    .join(cinemas, cinemas.c.id == showtimes.c.cinema_id)
    .join(films, films.c.id == showtimes.c.film_id)
    .join(screens, screens.c.id == showtimes.c.screen_id)
    .outerjoin(users, users.c.id == orders.c.owner_id)
    .where(orders.c.status.in_(("CONFIRMED", "COMPLETED")), orders.c.id == bindparam("key"))
)


class SqlConfirmationViews(ConfirmationViews):
    """Reads on the primary's pool; addresses of tickets are made by `link`."""

    def __init__(self, engine: AsyncEngine, link: TicketLink) -> None:
        self._engine = reading(engine)
        self._link = link

    @override
    async def of(self, order_id: UUID) -> ConfirmationView | None:
        async with translating(), self._engine.connect() as connection:
            row = (await connection.execute(_QUERY, {"key": order_id})).mappings().one_or_none()
        return None if row is None else self._view(row)

    def _view(self, row: RowMapping) -> ConfirmationView:
        language = Language(row["language"])
        return ConfirmationView(
            order_id=row["id"],
            code=to_wire(row["id"])[-CODE_LENGTH:],
            language=language,
            buyer_name=row["name"],
            email=row["email"],
            film=LocalizedText(row["title_en"], row["title_ar"]),
            cinema=LocalizedText(row["cinema_en"], row["cinema_ar"]),
            screen=LocalizedText(row["screen_en"], row["screen_ar"]),
            starts_at=row["starts_at"],
            time_zone=row["time_zone"],
            seats=tuple(row["seats"] or ()),
            total=Money(row["total_minor"], row["currency"]),
            ticket_url=self._link(row["id"], language),
        )
