"""Rows as one JSON parameter: however many there are, they are written by the same statement."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Column, TableValuedAlias, bindparam, column, func
from sqlalchemy.dialects.postgresql import JSONB


def recordset(name: str, *columns: Column[Any]) -> TableValuedAlias:
    """The rows of the parameter `name`, which are to have these columns."""
    rows = func.jsonb_to_recordset(bindparam(name, type_=JSONB))
    typed = [column(each.name, each.type) for each in columns]
    return rows.table_valued(*typed, name=name).render_derived(name=name, with_types=True)
