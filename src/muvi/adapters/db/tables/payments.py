"""Payment attempts, the gateways' own transactions, refunds, webhooks and call budgets."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB

from muvi.adapters.db.tables.base import cause_columns, metadata
from muvi.adapters.db.tables.orders import TIMESTAMP

ATTEMPT_STATUSES = (
    "status IN ('INITIATED','PENDING','AUTHORIZED','CAPTURED','PARTIALLY_REFUNDED','REFUNDED','FAILED',"
    "'EXPIRED','VOIDED')"
)

UNCLEAR = "next_check_at IS NOT NULL AND last_verdict IN ('pending', 'unknown', 'unpaid')"

payment_attempts = sa.Table(
    "payment_attempts",
    metadata,
    sa.Column("id", sa.Uuid, primary_key=True),
    sa.Column("order_id", sa.Uuid, nullable=False, index=True),
    sa.Column("gateway", sa.Text, nullable=False),
    sa.Column("status", sa.Text, nullable=False),
    sa.Column("amount_minor", sa.BigInteger, nullable=False),
    sa.Column("currency", sa.Text, nullable=False),
    sa.Column("opened_at", TIMESTAMP, nullable=False),
    sa.Column("pay_by", TIMESTAMP, nullable=False),
    sa.Column("watch_until", TIMESTAMP, nullable=False),
    sa.Column("entity", sa.Text, nullable=False),
    sa.Column("checkout_id", sa.Text, nullable=False),
    sa.Column("script_url", sa.Text, nullable=False),
    sa.Column("integrity", sa.Text, nullable=False),
    sa.Column("brands", sa.ARRAY(sa.Text), nullable=False),
    sa.Column("form_url", sa.Text, nullable=False, server_default=""),
    sa.Column("form_fields", JSONB, nullable=False, server_default="{}"),
    sa.Column("challenge_url", sa.Text),
    sa.Column("charge_answered", sa.Boolean, nullable=False, server_default="false"),
    sa.Column("success_url", sa.Text, nullable=False),
    sa.Column("failed_url", sa.Text, nullable=False),
    sa.Column("language", sa.Text, nullable=False),
    sa.Column("next_check_at", TIMESTAMP),
    sa.Column("signals", sa.Integer, nullable=False),
    sa.Column("ambiguous", sa.Integer, nullable=False),
    sa.Column("polls", sa.Integer, nullable=False),
    sa.Column("lease_until", TIMESTAMP),
    sa.Column("payment_ids", sa.ARRAY(sa.Text), nullable=False),
    sa.Column("denied_by", sa.ARRAY(sa.Text), nullable=False, server_default="{}"),
    sa.Column("declined_ids", sa.ARRAY(sa.Text), nullable=False, server_default="{}"),
    sa.Column("last_code", sa.Text, nullable=False),
    sa.Column("last_verdict", sa.Text),
    sa.Column("checked_at", TIMESTAMP),
    sa.Column("version", sa.Integer, nullable=False),
    *cause_columns(),
    sa.CheckConstraint(ATTEMPT_STATUSES, name="status"),
    sa.CheckConstraint("amount_minor > 0", name="amount"),
    sa.Index(
        "uq_payment_attempts_checkout",
        "gateway",
        "checkout_id",
        unique=True,
        postgresql_where=sa.text("checkout_id <> ''"),
    ),
    sa.Index(None, "checkout_id", postgresql_where=sa.text("checkout_id <> ''")),
    sa.Index(None, "request_id", postgresql_where=sa.text("request_id IS NOT NULL")),
    sa.Index(
        "ix_payment_attempts_due", "next_check_at", postgresql_where=sa.text("next_check_at IS NOT NULL")
    ),
    sa.Index("ix_payment_attempts_unclear", "watch_until", postgresql_where=sa.text(UNCLEAR)),
)

gateway_transactions = sa.Table(
    "gateway_transactions",
    metadata,
    sa.Column("gateway", sa.Text, primary_key=True),
    sa.Column("transaction_id", sa.Text, primary_key=True, index=True),
    sa.Column("attempt_id", sa.ForeignKey("payment_attempts.id"), nullable=False, index=True),
    sa.Column("entity", sa.Text, nullable=False),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("verdict", sa.Text, nullable=False),
    sa.Column("code", sa.Text, nullable=False),
    sa.Column("amount_minor", sa.BigInteger),
    sa.Column("currency", sa.Text),
    sa.Column("reference", sa.Text, nullable=False),
    sa.Column("refunds", sa.Text, nullable=False),
    sa.Column("brand", sa.Text, nullable=False),
    sa.Column("card_masked", sa.Text, nullable=False),
    sa.Column("first_seen_at", TIMESTAMP, nullable=False),
    sa.Column("last_seen_at", TIMESTAMP, nullable=False),
    sa.Column("captured_at", TIMESTAMP),
    sa.Column("reserved_minor", sa.BigInteger, nullable=False, server_default="0"),
    sa.Column("refunded_minor", sa.BigInteger, nullable=False, server_default="0"),
    sa.CheckConstraint(
        "0 <= refunded_minor AND refunded_minor <= reserved_minor"
        " AND reserved_minor <= coalesce(amount_minor, 0)",
        name="refunds",
    ),
)

refunds = sa.Table(
    "refunds",
    metadata,
    sa.Column("id", sa.Uuid, primary_key=True),
    sa.Column("attempt_id", sa.ForeignKey("payment_attempts.id"), nullable=False, index=True),
    sa.Column("order_id", sa.Uuid, nullable=False, index=True),
    sa.Column("gateway", sa.Text, nullable=False),
    sa.Column("entity", sa.Text, nullable=False),
    sa.Column("payment_id", sa.Text, nullable=False),
    sa.Column("amount_minor", sa.BigInteger, nullable=False),
    sa.Column("currency", sa.Text, nullable=False),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("status", sa.Text, nullable=False),
    sa.Column("transaction_id", sa.Text, nullable=False),
    sa.Column("last_code", sa.Text, nullable=False),
    sa.Column("sends", sa.Integer, nullable=False),
    sa.Column("asks", sa.Integer, nullable=False),
    sa.Column("captured_at", TIMESTAMP, nullable=False),
    sa.Column("requested_at", TIMESTAMP, nullable=False),
    sa.Column("sent_at", TIMESTAMP),
    sa.Column("done_at", TIMESTAMP),
    sa.Column("next_at", TIMESTAMP),
    sa.Column("lease_until", TIMESTAMP),
    sa.Column("version", sa.Integer, nullable=False),
    *cause_columns(),
    sa.ForeignKeyConstraint(
        ["gateway", "payment_id"],
        ["gateway_transactions.gateway", "gateway_transactions.transaction_id"],
        name="fk_refunds_payment_id",
    ),
    sa.CheckConstraint("status IN ('REQUESTED','SENT','DONE','MANUAL')", name="status"),
    sa.CheckConstraint("amount_minor > 0", name="amount"),
    sa.Index("ix_refunds_due", "next_at", postgresql_where=sa.text("next_at IS NOT NULL")),
    sa.Index("ix_refunds_manual", "requested_at", postgresql_where=sa.text("status = 'MANUAL'")),
)

webhook_events = sa.Table(
    "webhook_events",
    metadata,
    sa.Column("id", sa.Uuid, primary_key=True),
    sa.Column("gateway", sa.Text, nullable=False),
    sa.Column("digest", sa.Text, nullable=False),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("received_at", TIMESTAMP, nullable=False),
    sa.Column("reference", sa.Text, nullable=False),
    sa.Column("checkout_id", sa.Text, nullable=False),
    sa.Column("payment_id", sa.Text, nullable=False),
    sa.Column("attempt_id", sa.Uuid, index=True),
    sa.Column("refund_id", sa.Uuid),
    sa.Column("quarantined", sa.Boolean, nullable=False),
    sa.UniqueConstraint("gateway", "digest"),
    sa.Index("ix_webhook_events_quarantined", "received_at", postgresql_where=sa.text("quarantined")),
)

call_budgets = sa.Table(
    "call_budgets",
    metadata,
    sa.Column("key", sa.Text, primary_key=True),
    sa.Column("taken", sa.ARRAY(TIMESTAMP), nullable=False),
    sa.Column("expires_at", TIMESTAMP, nullable=False, index=True),
)
