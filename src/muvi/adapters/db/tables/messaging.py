"""Facts on their way out, and who has already acted on them."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB

from muvi.adapters.db.tables.base import cause_columns, metadata

TIMESTAMP = sa.DateTime(timezone=True)
LIVE = sa.text("done_at IS NULL AND dead_at IS NULL")

outbox = sa.Table(
    "outbox",
    metadata,
    sa.Column("id", sa.Uuid, primary_key=True),
    sa.Column("type", sa.Text, nullable=False),
    sa.Column("payload", JSONB, nullable=False),
    sa.Column("occurred_at", TIMESTAMP, nullable=False),
    sa.Column("available_at", TIMESTAMP, nullable=False),
    sa.Column("attempts", sa.Integer, nullable=False, server_default="0"),
    sa.Column("last_error", sa.Text, nullable=False, server_default=""),
    sa.Column("done_at", TIMESTAMP),
    sa.Column("dead_at", TIMESTAMP),
    *cause_columns(),
    sa.CheckConstraint("done_at IS NULL OR dead_at IS NULL", name="end"),
    sa.Index("ix_outbox_live", "available_at", postgresql_where=LIVE),
    sa.Index("ix_outbox_dead", "dead_at", postgresql_where=sa.text("dead_at IS NOT NULL")),
    sa.Index("ix_outbox_done", "done_at", postgresql_where=sa.text("done_at IS NOT NULL")),
)

inbox = sa.Table(
    "inbox",
    metadata,
    sa.Column("consumer", sa.Text, primary_key=True),
    sa.Column("message_id", sa.Uuid, primary_key=True),
    sa.Column("received_at", TIMESTAMP, nullable=False),
    sa.Index(None, "message_id"),
)
