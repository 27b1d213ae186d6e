"""The house rules of orders from the settings that staff may change."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncEngine
from typing_extensions import override

from muvi.adapters.db.engine import reading
from muvi.adapters.db.errors import translating
from muvi.adapters.db.tables.content import settings
from muvi.adapters.kit.recent import Recent
from muvi.ports.clock import Clock
from muvi.ports.orders.rules import OrderPolicy, OrderRules

FOR_S = 2.0
MAX_SEATS, TIMEOUT_MIN = "max_seats", "checkout_timeout_min"
_RULES = select(settings.c.key, settings.c.value).where(settings.c.key.in_((MAX_SEATS, TIMEOUT_MIN)))


class SqlOrderPolicy(OrderPolicy):
    """Reads the primary. `lifetime_s` stands where no setting does."""

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


class RecentOrderPolicy(OrderPolicy):
    """Rules a person changed count within two seconds."""

    def __init__(self, policy: OrderPolicy, clock: Clock) -> None:
        self._policy = policy
        self._recent = Recent[None, OrderRules](clock, for_s=FOR_S)

    @override
    async def rules(self) -> OrderRules:
        return await self._recent.get(None, self._policy.rules)


def _number(value: object, default: int) -> int:
    return value if isinstance(value, int) and not isinstance(value, bool) and value > 0 else default
