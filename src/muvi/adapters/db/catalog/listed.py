"""Which showtimes the public sees, said once, and reading through an engine."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from sqlalchemy import RowMapping, text
from sqlalchemy.ext.asyncio import AsyncEngine
from typing_extensions import override

from muvi.adapters.db.errors import translating

LISTED = """s.on_sale AND s.withdrawn_at IS NULL AND s.starts_at > :now
    AND c.withdrawn_at IS NULL AND c.published_at <= :now AND c.time_zone IS NOT NULL
    AND f.withdrawn_at IS NULL AND f.published_at <= :now"""
FROM = "showtimes s JOIN cinemas c ON c.id = s.cinema_id JOIN films f ON f.id = s.film_id"


@dataclass(slots=True)
class Conditions:
    """Conditions joined by AND with their parameters; all SQL is ours, all values are bound."""

    sql: list[str] = field(default_factory=list)
    values: dict[str, object] = field(default_factory=dict)

    def add(self, sql: str, **values: object) -> None:
        """One more condition."""
        self.sql.append(sql)
        self.values.update(values)

    @override
    def __str__(self) -> str:
        return " AND ".join(self.sql) or "TRUE"


class Reader:
    """Reads on one engine; nothing of the driver leaves."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    async def rows(self, sql: str, values: Mapping[str, object]) -> Sequence[RowMapping]:
        """Every row. Raises `Unavailable`."""
        async with translating(), self._engine.connect() as connection:
            result = await connection.execute(text(sql), dict(values))
            return result.mappings().all()

    async def count(self, sql: str, values: Mapping[str, object]) -> int:
        """The one number of a count. Raises `Unavailable`."""
        async with translating(), self._engine.connect() as connection:
            return int(await connection.scalar(text(sql), dict(values)) or 0)
