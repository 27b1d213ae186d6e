"""Keys that clients gave to unsafe calls, with the answers to give again."""

from __future__ import annotations

import sqlalchemy as sa

from muvi.adapters.db.tables.base import metadata

idempotency_keys = sa.Table(
    "idempotency_keys",
    metadata,
    sa.Column("scope", sa.Text, primary_key=True),
    sa.Column("key", sa.Text, primary_key=True),
    sa.Column("fingerprint", sa.Text, nullable=False),
    sa.Column("run", sa.Uuid, nullable=False),
    sa.Column("begun_at", sa.DateTime(timezone=True), nullable=False),
    sa.Column("status", sa.SmallInteger),
    sa.Column("media_type", sa.Text),
    sa.Column("body", sa.LargeBinary),
    sa.CheckConstraint(
        "(status IS NULL) = (body IS NULL) AND (status IS NULL) = (media_type IS NULL)", name="answer"
    ),
    sa.CheckConstraint("status IS NULL OR status BETWEEN 200 AND 499", name="status"),
    sa.Index(None, "begun_at"),
)
