"""Statements that add what is new and change what differs, so many rows at a time.

The rows travel as one JSON text; the database compares. A plain `ON CONFLICT` would burn a number of the
identity column for every known row at every run, so update and insert stand side by side in one statement.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import TextClause, text
from sqlalchemy.ext.asyncio import AsyncConnection

Key = UUID | int
BATCH = 1_000
"""Rows of one statement: a whole chain's showtimes in one would not end in its time on a busy machine."""


@dataclass(frozen=True, slots=True)
class Touched:
    """Ids of the rows that were added and changed."""

    added: frozenset[Key]
    changed: frozenset[Key]


@dataclass(frozen=True, slots=True, kw_only=True)
class Upsert:
    """How a table follows its feed.

    `record` names the members of one JSON row and their types. `followed` are the columns that follow the
    feed (column to SQL over `r`), `at_birth` those that are set once. `guarded` tables have `edited`:
    a followed column named there stays.
    """

    table: str
    record: Mapping[str, str]
    followed: Mapping[str, str]
    at_birth: Mapping[str, str]
    joins: str = ""
    guarded: bool = True
    published: bool = True
    keys: tuple[str, ...] = ("box_office_id",)
    withdrawable: bool = True

    def statement(self) -> TextClause:
        """The statement, with parameters `rows` (JSON) and `now`."""
        born = {**self.at_birth, **self.followed}
        stamps = {"created_at": ":now", "updated_at": ":now"}
        if self.published:
            stamps["published_at"] = ":now"
        source = ", ".join(f"{sql} AS {name}" for name, sql in born.items())
        match = " AND ".join(f"old.{key} = f.{key}" for key in self.keys)
        names = ", ".join(born)
        sql = (
            f"WITH f AS MATERIALIZED (SELECT {source} FROM jsonb_to_recordset(CAST(:rows AS jsonb))"  # noqa: S608  (no part of it comes from outside)
            f" AS r({', '.join(f'{name} {kind}' for name, kind in self.record.items())}) {self.joins}),"
            f" changed AS (UPDATE {self.table} AS old SET {self._sets()} FROM f"
            f" WHERE {match} AND ({self._differs()}) RETURNING old.id),"
            f" added AS (INSERT INTO {self.table} ({names}, {', '.join(stamps)})"
            f" SELECT {names}, {', '.join(f'CAST({sql} AS timestamptz)' for sql in stamps.values())} FROM f"
            f" WHERE NOT EXISTS (SELECT 1 FROM {self.table} AS old WHERE {match})"
            f" ORDER BY {', '.join(f'f.{key}' for key in self.keys)} RETURNING id)"
            " SELECT ARRAY(SELECT id FROM added), ARRAY(SELECT id FROM changed)"
        )
        return text(sql)

    def _sets(self) -> str:
        sets = [f"{name} = {self._wanted(name)}" for name in self.followed]
        if self.withdrawable:
            sets.append("withdrawn_at = NULL")
        return ", ".join([*sets, "version = old.version + 1", "updated_at = :now"])

    def _differs(self) -> str:
        differs = " OR ".join(f"old.{name} IS DISTINCT FROM {self._wanted(name)}" for name in self.followed)
        return f"{differs} OR old.withdrawn_at IS NOT NULL" if self.withdrawable else differs

    def _wanted(self, name: str) -> str:
        if not self.guarded:
            return f"f.{name}"
        return f"CASE WHEN '{name}' = ANY(old.edited) THEN old.{name} ELSE f.{name} END"


async def run(
    connection: AsyncConnection, statement: TextClause, rows: Sequence[Mapping[str, Any]], now: datetime
) -> Touched:
    """Apply one upsert, in as many statements as it takes."""
    added: set[Key] = set()
    changed: set[Key] = set()
    for first in range(0, len(rows), BATCH):
        some = rows[first : first + BATCH]
        result = await connection.execute(statement, {"rows": as_json(some), "now": now})
        for ids, touched in zip((added, changed), result.one(), strict=True):
            ids.update(touched)
    return Touched(frozenset(added), frozenset(changed))


def as_json(rows: Sequence[Mapping[str, Any]]) -> str:
    """Rows as one JSON text."""
    return msgspec.json.encode(rows).decode()
