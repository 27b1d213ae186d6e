"""Call budgets in PostgreSQL: a sliding window per key, shared by every process."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine
from typing_extensions import override

from muvi.adapters.db.engine import single
from muvi.adapters.db.errors import translating
from muvi.ports.clock import Clock
from muvi.ports.payments.gateway import CallBudgets

_TAKE = text(
    """
    INSERT INTO call_budgets AS b (key, taken, expires_at)
    VALUES (:key, ARRAY[CAST(:now AS timestamptz)], :expires)
    ON CONFLICT (key) DO UPDATE
    SET taken = ARRAY(SELECT at FROM unnest(b.taken) AS at WHERE at > :since) || excluded.taken,
        expires_at = greatest(b.expires_at, excluded.expires_at)
    WHERE (SELECT count(*) FROM unnest(b.taken) AS at WHERE at > :since) < :limit
    RETURNING key
    """
)
_RECENT = text(
    "SELECT at FROM call_budgets, unnest(taken) AS at WHERE key = :key AND at > :since ORDER BY at"
)
_TIDY = text(
    "DELETE FROM call_budgets WHERE key IN"
    " (SELECT key FROM call_budgets WHERE expires_at < :now LIMIT 200 FOR UPDATE SKIP LOCKED)"
)
_TIDY_EVERY = 50


class SqlCallBudgets(CallBudgets):
    """Each call is one statement, a transaction of its own, before the foreign call that it allows."""

    def __init__(self, engine: AsyncEngine, clock: Clock) -> None:
        self._engine = single(engine)
        self._clock = clock
        self._takes = 0

    @override
    async def take(self, key: str, *, limit: int, per_s: int) -> float:
        now, window = self._clock.now(), timedelta(seconds=per_s)
        facts = {"key": key, "now": now, "since": now - window, "expires": now + window, "limit": limit}
        async with translating(), self._engine.connect() as connection:
            if (await connection.execute(_TAKE, facts)).first() is None:
                rows = await connection.execute(_RECENT, {"key": key, "since": now - window})
                return _wait_s(list(rows.scalars()), limit, window, now)
            self._takes += 1
            if self._takes % _TIDY_EVERY == 1:
                await connection.execute(_TIDY, {"now": now})
        return 0.0


def _wait_s(recent: list[datetime], limit: int, window: timedelta, now: datetime) -> float:
    """Until enough of the calls in the window have left it."""
    free_at = recent[-limit] + window if len(recent) >= limit else now
    return max(0.05, (free_at - now).total_seconds())
