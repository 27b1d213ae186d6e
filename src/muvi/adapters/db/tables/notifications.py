"""What was said to a buyer, once per thing and channel."""

from __future__ import annotations

import sqlalchemy as sa

from muvi.adapters.db.tables.base import metadata

TIMESTAMP = sa.DateTime(timezone=True)

notifications = sa.Table(
    "notifications",
    metadata,
    sa.Column("subject_id", sa.Uuid, primary_key=True),
    sa.Column("kind", sa.Text, primary_key=True),
    sa.Column("channel", sa.Text, primary_key=True),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("reason", sa.Text, nullable=False, server_default=""),
    sa.Column("tries", sa.Integer, nullable=False, server_default="0"),
    sa.Column("claimed_until", TIMESTAMP),
    sa.Column("created_at", TIMESTAMP, nullable=False),
    sa.Column("finished_at", TIMESTAMP),
    sa.CheckConstraint("state IN ('sending', 'sent', 'skipped', 'failed')", name="state"),
    sa.CheckConstraint("(state = 'sending') = (finished_at IS NULL)", name="finished"),
)
