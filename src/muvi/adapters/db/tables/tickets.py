"""Issued tickets: one per seat, made once and kept."""

from __future__ import annotations

import sqlalchemy as sa

from muvi.adapters.db.tables.base import metadata
from muvi.adapters.db.tables.orders import TIMESTAMP

tickets = sa.Table(
    "tickets",
    metadata,
    sa.Column("id", sa.Uuid, primary_key=True),
    sa.Column("order_id", sa.ForeignKey("orders.id", ondelete="CASCADE"), nullable=False, index=True),
    sa.Column("line_id", sa.Uuid, nullable=False),
    sa.Column("code", sa.Text, nullable=False),
    sa.Column("seat_label", sa.Text, nullable=False),
    sa.Column("token", sa.Text, nullable=False),
    sa.Column("issued_at", TIMESTAMP, nullable=False),
    sa.UniqueConstraint("code"),
    sa.UniqueConstraint("line_id"),
)
