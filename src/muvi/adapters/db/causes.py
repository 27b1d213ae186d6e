"""The columns that say who caused a piece of work, on every table that the worker takes work from.

They are written in the statement that is sent anyway. A writer without a request leaves what stands there.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import Text, bindparam, func
from sqlalchemy.sql.expression import ColumnElement

from muvi.adapters.kit.causes import present_cause

REQUEST_ID, TRACEPARENT = "request_id", "traceparent"
CAUSE = (REQUEST_ID, TRACEPARENT)


def cause_row() -> dict[str, str | None]:
    """The columns of a new row."""
    cause = present_cause()
    return {REQUEST_ID: cause.request_id or None, TRACEPARENT: cause.traceparent or None}


def cause_facts() -> dict[str, str | None]:
    """The parameters of `caused`, and of statements that name them like it."""
    return {f"caused_{name}": value for name, value in cause_row().items()}


def caused(columns: Any, *names: str) -> dict[str, ColumnElement[Any]]:  # noqa: ANN401  (a table's columns)
    """Values of an UPDATE: the present cause, else what stands there."""
    return {
        name: func.coalesce(bindparam(f"caused_{name}", type_=Text), columns[name]) for name in names or CAUSE
    }
