"""How much work is due, and for how long: one statement over indexes that hold nothing else."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from prometheus_client import Gauge
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from muvi.adapters.db.engine import reading
from muvi.adapters.db.errors import translating
from muvi.ports.clock import Clock

_DUE = text("""
    SELECT 'checkouts' AS list, count(*) AS due, min(next_at) AS since FROM checkouts WHERE next_at <= :now
    UNION ALL SELECT 'attempts', count(*), min(next_check_at) FROM payment_attempts
        WHERE next_check_at <= :now
    UNION ALL SELECT 'refunds', count(*), min(next_at) FROM refunds WHERE next_at <= :now
    UNION ALL SELECT 'outbox', count(*), min(available_at) FROM outbox
        WHERE done_at IS NULL AND dead_at IS NULL AND available_at <= :now
    UNION ALL SELECT 'dead_letters', count(*), min(dead_at) FROM outbox WHERE dead_at IS NOT NULL
""")
CONNECTIONS = Gauge("muvi_db_connections", "Connections of the pool of this process", ["state"])


@dataclass(frozen=True, slots=True)
class Due:
    """What waits in one list: how many, and for how many seconds the oldest of them."""

    count: int
    oldest_s: float


class SqlBacklog:
    """Reads the lists without any lock. Raises `Unavailable`."""

    def __init__(self, engine: AsyncEngine, clock: Clock) -> None:
        self._engine = reading(engine)
        self._clock = clock

    async def __call__(self) -> Mapping[str, Due]:
        """By list; leased work counts as long as it is due."""
        now = self._clock.now()
        async with translating(), self._engine.connect() as connection:
            rows = (await connection.execute(_DUE, {"now": now})).mappings().all()
        return {
            row["list"]: Due(
                row["due"], max(0.0, (now - row["since"]).total_seconds()) if row["due"] else 0.0
            )
            for row in rows
        }


def watch_pool(engine: AsyncEngine) -> None:
    """Have the pool's numbers read whenever somebody scrapes."""
    pool = engine.sync_engine.pool
    CONNECTIONS.labels("used").set_function(getattr(pool, "checkedout", int))
    CONNECTIONS.labels("most").set_function(getattr(pool, "size", int))
