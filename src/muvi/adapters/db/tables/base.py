"""The metadata all tables share. Every constraint has a predictable name, since errors are told apart by
it.
"""

from __future__ import annotations

from sqlalchemy import Column, MetaData, Text

metadata = MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    }
)


def cause_columns() -> tuple[Column[str], Column[str]]:
    """Who caused a piece of work: see `adapters/db/causes.py`."""
    return Column("request_id", Text), Column("traceparent", Text)
