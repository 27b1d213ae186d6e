"""Orders, their lines, box office orders, timeline, and the checkout process."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB

from muvi.adapters.db.tables.base import cause_columns, metadata

TIMESTAMP = sa.DateTime(timezone=True)

orders = sa.Table(
    "orders",
    metadata,
    sa.Column("id", sa.Uuid, primary_key=True),
    sa.Column("owner_id", sa.Uuid, nullable=False),
    sa.Column("showtime_id", sa.ForeignKey("showtimes.id"), nullable=False),
    sa.Column("cinema_id", sa.ForeignKey("cinemas.id"), nullable=False),
    sa.Column("platform", sa.Text, nullable=False),
    sa.Column("currency", sa.Text, nullable=False),
    sa.Column("language", sa.Text, nullable=False),
    sa.Column("status", sa.Text, nullable=False),
    sa.Column("total_minor", sa.BigInteger, nullable=False),
    sa.Column("vat_minor", sa.BigInteger, nullable=False),
    sa.Column("created_at", TIMESTAMP, nullable=False),
    sa.Column("expires_at", TIMESTAMP, nullable=False),
    sa.Column("confirmed_at", TIMESTAMP),
    sa.Column("closed_reason", sa.Text, nullable=False, server_default=""),
    sa.Column("buyer_name", sa.Text, nullable=False, server_default=""),
    sa.Column("buyer_email", sa.Text, nullable=False, server_default=""),
    sa.Column("buyer_phone", sa.Text, nullable=False, server_default=""),
    sa.Column("booking_id", sa.Text, nullable=False, server_default=""),
    sa.Column("booking_number", sa.Text, nullable=False, server_default=""),
    sa.Column("operation_id", sa.Uuid),
    sa.Column("operation_kind", sa.Text),
    sa.Column("operation_deadline", TIMESTAMP),
    sa.Column("version", sa.Integer, nullable=False, server_default="0"),
    sa.CheckConstraint("total_minor >= 0", name="total"),
    sa.CheckConstraint("vat_minor BETWEEN 0 AND total_minor", name="vat"),
    sa.CheckConstraint("status IN ('PENDING','CONFIRMED','COMPLETED','EXPIRED','CANCELLED')", name="status"),
    sa.CheckConstraint("(operation_id IS NULL) = (operation_deadline IS NULL)", name="operation"),
    sa.Index(None, "owner_id", "id"),
    sa.Index(None, "showtime_id"),
    sa.Index(None, "booking_id", postgresql_where=sa.text("booking_id <> ''")),
    sa.Index(None, "booking_number", postgresql_where=sa.text("booking_number <> ''")),
)

order_lines = sa.Table(
    "order_lines",
    metadata,
    sa.Column("id", sa.Uuid, primary_key=True),
    sa.Column("order_id", sa.ForeignKey("orders.id", ondelete="CASCADE"), nullable=False, index=True),
    sa.Column("position", sa.Integer, nullable=False),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("name_en", sa.Text, nullable=False),
    sa.Column("name_ar", sa.Text, nullable=False),
    sa.Column("seat_key", sa.Text),
    sa.Column("seat_row", sa.Text),
    sa.Column("seat_number", sa.Integer),
    sa.Column("seat_label", sa.Text),
    sa.Column("seat_area", sa.Text),
    sa.Column("seat_kind", sa.Text),
    sa.Column("ticket_type_id", sa.Text, nullable=False, server_default=""),
    sa.Column("ticket_index", sa.Integer, nullable=False, server_default="0"),
    sa.Column("price_minor", sa.BigInteger, nullable=False),
    sa.Column("fee_minor", sa.BigInteger, nullable=False, server_default="0"),
    sa.Column("discount_minor", sa.BigInteger, nullable=False, server_default="0"),
    sa.Column("vat_minor", sa.BigInteger, nullable=False),
    sa.Column("refunded_minor", sa.BigInteger, nullable=False, server_default="0"),
    sa.UniqueConstraint("order_id", "position"),
    sa.CheckConstraint("price_minor >= 0 AND fee_minor >= 0 AND discount_minor >= 0", name="amounts"),
    sa.CheckConstraint(
        "refunded_minor BETWEEN 0 AND price_minor + fee_minor - discount_minor", name="refunded"
    ),
)

box_office_orders = sa.Table(
    "box_office_orders",
    metadata,
    sa.Column("id", sa.Uuid, primary_key=True),
    sa.Column("order_id", sa.ForeignKey("orders.id", ondelete="CASCADE"), nullable=False, index=True),
    sa.Column("ref", sa.Text, nullable=False),
    sa.Column("cinema_ref", sa.Text, nullable=False),
    sa.Column("showtime_ref", sa.Text, nullable=False),
    sa.Column("platform", sa.Text, nullable=False),
    sa.Column("expires_at", TIMESTAMP, nullable=False),
    sa.Column("total_minor", sa.BigInteger, nullable=False),
    sa.Column("active", sa.Boolean, nullable=False),
    sa.UniqueConstraint("ref"),
    sa.Index("uq_box_office_orders_active", "order_id", unique=True, postgresql_where=sa.text("active")),
)

order_timeline = sa.Table(
    "order_timeline",
    metadata,
    sa.Column("id", sa.BigInteger, sa.Identity(), primary_key=True),
    sa.Column("order_id", sa.ForeignKey("orders.id", ondelete="CASCADE"), nullable=False, index=True),
    sa.Column("at", TIMESTAMP, nullable=False),
    sa.Column("code", sa.Text, nullable=False),
    sa.Column("facts", JSONB, nullable=False),
)

checkouts = sa.Table(
    "checkouts",
    metadata,
    sa.Column("order_id", sa.ForeignKey("orders.id", ondelete="CASCADE"), primary_key=True),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("since", TIMESTAMP, nullable=False),
    sa.Column("next_at", TIMESTAMP),
    sa.Column("attempts", sa.Integer, nullable=False, server_default="0"),
    sa.Column("target", sa.Text, nullable=False),
    sa.Column("reason", sa.Text, nullable=False, server_default=""),
    sa.Column("kept_attempt_id", sa.Uuid),
    sa.Column("kept_transaction", sa.Text, nullable=False, server_default=""),
    sa.Column("lease_until", TIMESTAMP),
    sa.Column("version", sa.Integer, nullable=False, server_default="0"),
    *cause_columns(),
    sa.Index(None, "request_id", postgresql_where=sa.text("request_id IS NOT NULL")),
    sa.Index("ix_checkouts_due", "next_at", postgresql_where=sa.text("next_at IS NOT NULL")),
    sa.Index("ix_checkouts_manual", "since", postgresql_where=sa.text("state = 'manual'")),
)
