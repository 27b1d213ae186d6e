"""The ledger: journals and their entries, append-only, each summing to zero."""

from __future__ import annotations

import sqlalchemy as sa

from muvi.adapters.db.tables.base import metadata
from muvi.adapters.db.tables.orders import TIMESTAMP

ledger_journals = sa.Table(
    "ledger_journals",
    metadata,
    sa.Column("id", sa.BigInteger, sa.Identity(), primary_key=True),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("source", sa.Text, nullable=False),
    sa.Column("order_id", sa.Uuid, nullable=False, index=True),
    sa.Column("currency", sa.Text, nullable=False),
    sa.Column("at", TIMESTAMP, nullable=False),
    sa.UniqueConstraint("kind", "source"),
)

ledger_entries = sa.Table(
    "ledger_entries",
    metadata,
    sa.Column("id", sa.BigInteger, sa.Identity(), primary_key=True),
    sa.Column("journal_id", sa.ForeignKey("ledger_journals.id"), nullable=False, index=True),
    sa.Column("account", sa.Text, nullable=False, index=True),
    sa.Column("minor", sa.BigInteger, nullable=False),
    sa.CheckConstraint("minor <> 0", name="minor"),
)
