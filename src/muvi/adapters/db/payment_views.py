"""Payment pages read from PostgreSQL."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncEngine
from typing_extensions import override

from muvi.adapters.db.engine import reading
from muvi.adapters.db.errors import translating
from muvi.adapters.db.tables.payments import payment_attempts
from muvi.domain.payments.attempt_status import AttemptStatus
from muvi.domain.shared.money import Money
from muvi.domain.shared.text import Language
from muvi.ports.payments.views import PaymentPageView, PaymentViews

_A = payment_attempts.c
_QUERY = select(
    _A.order_id,
    _A.gateway,
    _A.status,
    _A.amount_minor,
    _A.currency,
    _A.pay_by,
    _A.script_url,
    _A.integrity,
    _A.brands,
    _A.success_url,
    _A.failed_url,
    _A.language,
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
            script_url=row["script_url"],
            integrity=row["integrity"],
            brands=tuple(row["brands"]),
            success_url=row["success_url"],
            failed_url=row["failed_url"],
            language=Language(row["language"]),
        )
