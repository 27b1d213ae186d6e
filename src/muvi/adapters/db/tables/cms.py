"""Columns that many tables share: what a person may steer, and what follows the box office."""

from __future__ import annotations

from sqlalchemy import ARRAY, BigInteger, Column, DateTime, Integer, Text


def cms_columns() -> list[Column[object]]:
    """Columns of every table that staff manage.

    `version` counts changes, `position` orders lists, `published_at` is empty while hidden, `edited` names
    the columns a person changed: sync leaves those alone.
    """
    return [
        Column("version", BigInteger, nullable=False, server_default="1"),
        Column("position", Integer, nullable=False, server_default="0"),
        Column("published_at", DateTime(timezone=True)),
        Column("edited", ARRAY(Text), nullable=False, server_default="{}"),
        Column("created_at", DateTime(timezone=True), nullable=False),
        Column("updated_at", DateTime(timezone=True), nullable=False),
    ]


def mirrored_columns() -> list[Column[object]]:
    """Columns of every table that follows the box office: its own id, and since when it is gone there."""
    return [
        Column("box_office_id", Text, nullable=False, unique=True),
        Column("withdrawn_at", DateTime(timezone=True)),
    ]
