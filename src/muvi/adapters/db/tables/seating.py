"""Seat claims: the one place that decides who has a seat."""

from __future__ import annotations

import sqlalchemy as sa

from muvi.adapters.db.tables.base import metadata
from muvi.adapters.db.tables.orders import TIMESTAMP

seat_claims = sa.Table(
    "seat_claims",
    metadata,
    sa.Column("showtime_id", sa.Uuid, primary_key=True),
    sa.Column("seat_key", sa.Text, primary_key=True),
    sa.Column("order_id", sa.Uuid, nullable=False, index=True),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("version", sa.BigInteger, nullable=False),
    sa.Column("expires_at", TIMESTAMP),
    sa.CheckConstraint("state IN ('HELD','PAYING','SOLD','RELEASED')", name="state"),
    sa.CheckConstraint("state <> 'HELD' OR expires_at IS NOT NULL", name="held_expires"),
)

seat_claim_events = sa.Table(
    "seat_claim_events",
    metadata,
    sa.Column("id", sa.BigInteger, sa.Identity(), primary_key=True),
    sa.Column("showtime_id", sa.Uuid, nullable=False),
    sa.Column("seat_key", sa.Text, nullable=False),
    sa.Column("order_id", sa.Uuid, nullable=False),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("version", sa.BigInteger, nullable=False),
    sa.Column("at", TIMESTAMP, nullable=False),
    sa.Index(None, "showtime_id", "seat_key", "version"),
)

seat_versions = sa.Table(
    "seat_versions",
    metadata,
    sa.Column("showtime_id", sa.Uuid, primary_key=True),
    sa.Column("version", sa.BigInteger, nullable=False),
)
