"""Whether ids exist, in PostgreSQL."""

from __future__ import annotations

from sqlalchemy.ext.asyncio import AsyncEngine
from typing_extensions import override

from muvi.adapters.db.catalog.listed import Reader
from muvi.ports.catalog.references import Named, References

_TYPES = {"cities": "uuid", "cinemas": "uuid", "films": "uuid", "experiences": "bigint"}


class SqlReferences(References):
    """Reads on an engine, which may be a replica's."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._reader = Reader(engine)

    @override
    async def unknown(self, named: Named) -> tuple[str, ...]:
        asked = {table: list(getattr(named, table)) for table in _TYPES if getattr(named, table)}
        if not asked:
            return ()
        parts = [
            f"SELECT '{table}' AS what WHERE EXISTS ("  # noqa: S608  (our own names)
            f"SELECT 1 FROM unnest(CAST(:{table} AS {kind}[])) AS a(id)"
            f" WHERE NOT EXISTS (SELECT 1 FROM {table} t WHERE t.id = a.id))"
            for table, kind in _TYPES.items()
            if table in asked
        ]
        return tuple(row["what"] for row in await self._reader.rows(" UNION ALL ".join(parts), asked))
