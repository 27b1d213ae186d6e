"""The house rules of orders from the settings that staff may change."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncEngine
from typing_extensions import override

from muvi.adapters.db.engine import reading
from muvi.adapters.db.errors import translating
from muvi.adapters.db.tables.content import settings
from muvi.ports.orders.rules import OrderPolicy, OrderRules

MAX_SEATS, TIMEOUT_MIN = "max_seats", "checkout_timeout_min"
_RULES = select(settings.c.key, settings.c.value).where(settings.c.key.in_((MAX_SEATS, TIMEOUT_MIN)))


class SqlOrderPolicy(OrderPolicy):
    """Reads the primary each time, since a decision follows. `lifetime_s` stands where no setting does."""

    def __init__(self, engine: AsyncEngine, *, lifetime_s: int) -> None:
        self._engine = reading(engine)
        self._standard = OrderRules(lifetime_s=lifetime_s)

    @override
    async def rules(self) -> OrderRules:
        async with translating(), self._engine.connect() as connection:
            stored = {row.key: row.value for row in await connection.execute(_RULES)}
        return OrderRules(
            max_seats=_number(stored.get(MAX_SEATS), self._standard.max_seats),
            lifetime_s=_number(stored.get(TIMEOUT_MIN), 0) * 60 or self._standard.lifetime_s,
        )


def _number(value: object, default: int) -> int:
    return value if isinstance(value, int) and not isinstance(value, bool) and value > 0 else default
