"""Work lists as leased rows: whoever takes a row holds it until its lease lapses."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import TextClause, text
from sqlalchemy.ext.asyncio import AsyncConnection

from muvi.adapters.kit.causes import lay_out


def claiming(table: str, *, key: str, due: str) -> TextClause:
    """Lease rows whose moment `due` has come, the longest waiting first; those that others hold are passed
    over. Build it once for each table.
    """
    return text(f"""
        UPDATE {table} SET lease_until = :lease
        WHERE {key} IN (
            SELECT {key} FROM {table}
            WHERE {due} <= :now AND (lease_until IS NULL OR lease_until <= :now)
            ORDER BY {due} LIMIT :limit FOR UPDATE SKIP LOCKED)
        RETURNING {key} AS key, request_id, traceparent
    """)  # noqa: S608  (constants only)


async def claimed(
    connection: AsyncConnection, statement: TextClause, now: datetime, *, limit: int, lease_s: float
) -> tuple[UUID, ...]:
    """Run a statement of `claiming`; at most `limit` keys, held for `lease_s` seconds from `now`. Who
    caused each is laid out for the loop that asked.
    """
    facts = {"now": now, "lease": now + timedelta(seconds=lease_s), "limit": limit}
    rows = (await connection.execute(statement, facts)).mappings().all()
    for row in rows:
        lay_out(row["key"], row["request_id"], row["traceparent"])
    return tuple(row["key"] for row in rows)
