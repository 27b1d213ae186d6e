"""Rows as plain dicts with the names of the real columns, so that a test can edit them as staff would."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

Row = dict[str, Any]
Rows = dict[Any, Row]


def put(
    table: Rows, key: object, *, born: Mapping[str, Any], wanted: Mapping[str, Any], now: datetime
) -> str:
    """Add or change one row; answers `added`, `changed` or nothing. Columns named in `edited` stay."""
    row = table.get(key)
    if row is None:
        table[key] = {
            **born,
            **wanted,
            "withdrawn_at": None,
            "version": 1,
            "edited": [],
            "published_at": now,
            "created_at": now,
            "updated_at": now,
        }
        return "added"
    fresh = {name: value for name, value in wanted.items() if name not in row["edited"]}
    if row["withdrawn_at"] is None and all(row[name] == value for name, value in fresh.items()):
        return ""
    row.update(fresh, withdrawn_at=None)
    touch(row, now)
    return "changed"


def touch(row: Row, now: datetime) -> None:
    """Count a change."""
    row["version"] += 1
    row["updated_at"] = now


def next_number(table: Rows) -> int:
    """The next number of an identity column."""
    return 1 + max((row["id"] for row in table.values()), default=0)
