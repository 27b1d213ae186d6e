"""Payment pages read from PostgreSQL."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import RowMapping, and_, exists, func, select
from sqlalchemy.dialects.postgresql import aggregate_order_by
from sqlalchemy.ext.asyncio import AsyncEngine
from typing_extensions import override

from muvi.adapters.db.engine import reading
from muvi.adapters.db.errors import translating
from muvi.adapters.db.front_ends import COLUMNS, front_of
from muvi.adapters.db.payment_attempts import IS_CAPTURE
from muvi.adapters.db.show_names import SHOW_NAMES, show_names_of
from muvi.adapters.db.tables.catalog import films
from muvi.adapters.db.tables.orders import order_lines, orders
from muvi.adapters.db.tables.payments import gateway_transactions, payment_attempts
from muvi.adapters.db.tables.showtimes import showtimes
from muvi.adapters.db.tables.venues import cinemas, screens
from muvi.domain.orders.order import OrderStatus
from muvi.domain.payments.attempt_status import AttemptStatus
from muvi.domain.payments.report import Verdict
from muvi.domain.shared.money import Money
from muvi.domain.shared.text import Language
from muvi.ports.payments.views import PaymentPageView, PaymentViews, ShowPaidFor

_A, _T = payment_attempts.c, gateway_transactions.c
_NEWER = payment_attempts.alias("newer")
_SEATS = (
    select(func.array_agg(aggregate_order_by(order_lines.c.seat_label, order_lines.c.position)))
    .where(order_lines.c.order_id == _A.order_id, order_lines.c.seat_label.is_not(None))
    .correlate(payment_attempts)
    .scalar_subquery()
)
_ANOTHER_CARD = and_(
    orders.c.id.is_not(None),
    orders.c.status == OrderStatus.PENDING,
    orders.c.total_minor == _A.amount_minor,
    ~exists().where(_NEWER.c.order_id == _A.order_id, _NEWER.c.id > _A.id).correlate(payment_attempts),
)
_GOES_BACK = (
    select(func.bool_and(_T.reserved_minor >= _T.amount_minor))
    .where(_T.attempt_id == _A.id, IS_CAPTURE)
    .correlate(payment_attempts)
    .scalar_subquery()
)
_QUERY = (
    select(
        _A.order_id,
        _A.gateway,
        _A.status,
        _A.amount_minor,
        _A.currency,
        _A.pay_by,
        *(_A[name] for name in COLUMNS),
        _A.success_url,
        _A.failed_url,
        _A.language,
        _A.last_verdict,
        _A.next_check_at,
        _A.signals,
        orders.c.status.label("order_status"),
        _ANOTHER_CARD.label("another_card"),
        _GOES_BACK.label("goes_back"),
        *SHOW_NAMES,
        _SEATS.label("seats"),
    )
    .outerjoin(orders, orders.c.id == _A.order_id)
    .outerjoin(showtimes, showtimes.c.id == orders.c.showtime_id)
    .outerjoin(cinemas, cinemas.c.id == showtimes.c.cinema_id)
    .outerjoin(films, films.c.id == showtimes.c.film_id)
    .outerjoin(screens, screens.c.id == showtimes.c.screen_id)
)


class SqlPaymentViews(PaymentViews):
    """One query, no lock."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = reading(engine)

    @override
    async def of(self, attempt_id: UUID) -> PaymentPageView | None:
        async with translating(), self._engine.connect() as connection:
            found = await connection.execute(_QUERY.where(_A.id == attempt_id))
            row = found.mappings().first()
        if row is None:
            return None
        return PaymentPageView(
            attempt_id=attempt_id,
            order_id=row["order_id"],
            gateway=row["gateway"],
            status=AttemptStatus(row["status"]),
            amount=Money(row["amount_minor"], row["currency"]),
            pay_by=row["pay_by"],
            front=front_of(row),
            success_url=row["success_url"],
            failed_url=row["failed_url"],
            language=Language(row["language"]),
            last_verdict=None if row["last_verdict"] is None else Verdict(row["last_verdict"]),
            next_check_at=row["next_check_at"],
            order=None if row["order_status"] is None else OrderStatus(row["order_status"]),
            another_card=row["another_card"],
            was_heard_of=row["signals"] > 0,
            goes_back=bool(row["goes_back"]),
            show=_show(row) if row["starts_at"] is not None else None,
        )


def _show(row: RowMapping) -> ShowPaidFor:
    return ShowPaidFor(
        **show_names_of(row),
        seats=tuple(row["seats"] or ()),
    )
