"""Payment attempts, the gateways' transactions, refunds, webhooks, call budgets, and the guards on money."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0004_payments"
down_revision = "0003_identity"
branch_labels = None
depends_on = None

TIMESTAMP = sa.DateTime(timezone=True)

LEGAL_ATTEMPT_STATUS = """
CREATE FUNCTION payment_status_is_legal() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF OLD.status = NEW.status
     OR (OLD.status = 'INITIATED'
         AND NEW.status IN ('PENDING', 'FAILED', 'CAPTURED'))
     OR (OLD.status = 'PENDING' AND NEW.status IN ('AUTHORIZED', 'CAPTURED', 'FAILED', 'EXPIRED'))
     OR (OLD.status = 'AUTHORIZED' AND NEW.status IN ('CAPTURED', 'VOIDED'))
     OR (OLD.status IN ('FAILED', 'EXPIRED') AND NEW.status = 'CAPTURED')
     OR (OLD.status = 'CAPTURED' AND NEW.status IN ('PARTIALLY_REFUNDED', 'REFUNDED'))
     OR (OLD.status = 'PARTIALLY_REFUNDED' AND NEW.status = 'REFUNDED')
  THEN RETURN NEW; END IF;
  RAISE EXCEPTION 'a payment attempt does not go from % to %', OLD.status, NEW.status
    USING ERRCODE = 'check_violation', CONSTRAINT = 'ck_payment_attempts_transition';
END $$;
"""

LEGAL_REFUND_STATUS = """
CREATE FUNCTION refund_status_is_legal() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF OLD.status = NEW.status
     OR (OLD.status = 'REQUESTED' AND NEW.status IN ('SENT', 'MANUAL'))
     OR (OLD.status = 'SENT' AND NEW.status IN ('DONE', 'MANUAL', 'REQUESTED'))
     OR (OLD.status = 'MANUAL' AND NEW.status = 'DONE')
  THEN RETURN NEW; END IF;
  RAISE EXCEPTION 'a refund does not go from % to %', OLD.status, NEW.status
    USING ERRCODE = 'check_violation', CONSTRAINT = 'ck_refunds_transition';
END $$;
"""

CAPTURED_STAYS_CAPTURED = """
CREATE FUNCTION captured_money_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF OLD.verdict = 'captured'
     AND (NEW.verdict <> 'captured' OR NEW.amount_minor IS DISTINCT FROM OLD.amount_minor
          OR NEW.attempt_id <> OLD.attempt_id OR NEW.refunded_minor < OLD.refunded_minor)
  THEN
    RAISE EXCEPTION 'captured transaction % is never rewritten', OLD.transaction_id
      USING ERRCODE = 'check_violation', CONSTRAINT = 'ck_gateway_transactions_captured';
  END IF;
  RETURN NEW;
END $$;
"""

TRIGGERS = (
    (
        "CREATE TRIGGER legal_status BEFORE UPDATE OF status ON payment_attempts"
        " FOR EACH ROW EXECUTE FUNCTION payment_status_is_legal()"
    ),
    (
        "CREATE TRIGGER legal_status BEFORE UPDATE OF status ON refunds"
        " FOR EACH ROW EXECUTE FUNCTION refund_status_is_legal()"
    ),
    (
        "CREATE TRIGGER captured_stays BEFORE UPDATE ON gateway_transactions"
        " FOR EACH ROW EXECUTE FUNCTION captured_money_stays()"
    ),
)


def upgrade() -> None:
    _attempts()
    _transactions()
    _refunds()
    _messages()
    for statement in (LEGAL_ATTEMPT_STATUS, LEGAL_REFUND_STATUS, CAPTURED_STAYS_CAPTURED, *TRIGGERS):
        op.execute(statement)


def downgrade() -> None:
    for table in ("call_budgets", "webhook_events", "refunds", "gateway_transactions", "payment_attempts"):
        op.drop_table(table)
    for function in ("payment_status_is_legal", "refund_status_is_legal", "captured_money_stays"):
        op.execute(f"DROP FUNCTION {function}")


def _texts(*names: str) -> list[sa.Column[Any]]:
    return [sa.Column(name, sa.Text, nullable=False) for name in names]


def _moments(*names: str, nullable: bool = False) -> list[sa.Column[Any]]:
    return [sa.Column(name, TIMESTAMP, nullable=nullable) for name in names]


def _counts(*names: str) -> list[sa.Column[Any]]:
    return [sa.Column(name, sa.Integer, nullable=False) for name in names]


def _attempts() -> None:
    op.create_table(
        "payment_attempts",
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("order_id", sa.Uuid, nullable=False),
        *_texts("gateway", "status"),
        sa.Column("amount_minor", sa.BigInteger, nullable=False),
        *_texts("currency"),
        *_moments("opened_at", "pay_by", "watch_until"),
        *_texts("entity", "checkout_id", "script_url", "integrity"),
        sa.Column("brands", sa.ARRAY(sa.Text), nullable=False),
        *_texts("success_url", "failed_url", "language"),
        *_moments("next_check_at", nullable=True),
        *_counts("signals", "ambiguous", "polls"),
        *_moments("lease_until", nullable=True),
        sa.Column("payment_ids", sa.ARRAY(sa.Text), nullable=False),
        *_texts("last_code"),
        sa.Column("last_verdict", sa.Text),
        *_moments("checked_at", nullable=True),
        *_counts("version"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_payment_attempts")),
        sa.CheckConstraint(
            "status IN ('INITIATED','PENDING','AUTHORIZED','CAPTURED','PARTIALLY_REFUNDED','REFUNDED','FAILED',"
            "'EXPIRED','VOIDED')",
            name=op.f("ck_payment_attempts_status"),
        ),
        sa.CheckConstraint("amount_minor > 0", name=op.f("ck_payment_attempts_amount")),
    )
    op.create_index(op.f("ix_payment_attempts_order_id"), "payment_attempts", ["order_id"])
    op.create_index(
        "uq_payment_attempts_checkout",
        "payment_attempts",
        ["gateway", "checkout_id"],
        unique=True,
        postgresql_where=sa.text("checkout_id <> ''"),
    )
    op.create_index(
        "ix_payment_attempts_due",
        "payment_attempts",
        ["next_check_at"],
        postgresql_where=sa.text("next_check_at IS NOT NULL"),
    )


def _transactions() -> None:
    op.create_table(
        "gateway_transactions",
        *_texts("gateway", "transaction_id"),
        sa.Column("attempt_id", sa.Uuid, nullable=False),
        *_texts("entity", "kind", "verdict", "code"),
        sa.Column("amount_minor", sa.BigInteger),
        sa.Column("currency", sa.Text),
        *_texts("reference", "refunds", "brand", "card_masked"),
        *_moments("first_seen_at", "last_seen_at"),
        *_moments("captured_at", nullable=True),
        sa.Column("reserved_minor", sa.BigInteger, nullable=False, server_default="0"),
        sa.Column("refunded_minor", sa.BigInteger, nullable=False, server_default="0"),
        sa.PrimaryKeyConstraint("gateway", "transaction_id", name=op.f("pk_gateway_transactions")),
        sa.ForeignKeyConstraint(
            ["attempt_id"], ["payment_attempts.id"], name=op.f("fk_gateway_transactions_attempt_id")
        ),
        sa.CheckConstraint(
            "0 <= refunded_minor AND refunded_minor <= reserved_minor"
            " AND reserved_minor <= coalesce(amount_minor, 0)",
            name=op.f("ck_gateway_transactions_refunds"),
        ),
    )
    op.create_index(op.f("ix_gateway_transactions_attempt_id"), "gateway_transactions", ["attempt_id"])


def _refunds() -> None:
    op.create_table(
        "refunds",
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("attempt_id", sa.Uuid, nullable=False),
        sa.Column("order_id", sa.Uuid, nullable=False),
        *_texts("gateway", "entity", "payment_id"),
        sa.Column("amount_minor", sa.BigInteger, nullable=False),
        *_texts("currency", "reason", "status", "transaction_id", "last_code"),
        *_counts("sends", "asks"),
        *_moments("captured_at", "requested_at"),
        *_moments("sent_at", "done_at", "next_at", "lease_until", nullable=True),
        *_counts("version"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_refunds")),
        sa.ForeignKeyConstraint(["attempt_id"], ["payment_attempts.id"], name=op.f("fk_refunds_attempt_id")),
        sa.ForeignKeyConstraint(
            ["gateway", "payment_id"],
            ["gateway_transactions.gateway", "gateway_transactions.transaction_id"],
            name="fk_refunds_payment_id",
        ),
        sa.CheckConstraint("status IN ('REQUESTED','SENT','DONE','MANUAL')", name=op.f("ck_refunds_status")),
        sa.CheckConstraint("amount_minor > 0", name=op.f("ck_refunds_amount")),
    )
    op.create_index(op.f("ix_refunds_attempt_id"), "refunds", ["attempt_id"])
    op.create_index(op.f("ix_refunds_order_id"), "refunds", ["order_id"])
    op.create_index("ix_refunds_due", "refunds", ["next_at"], postgresql_where=sa.text("next_at IS NOT NULL"))


def _messages() -> None:
    op.create_table(
        "webhook_events",
        sa.Column("id", sa.Uuid, nullable=False),
        *_texts("gateway", "digest", "kind"),
        *_moments("received_at"),
        *_texts("reference", "checkout_id", "payment_id"),
        sa.Column("attempt_id", sa.Uuid),
        sa.Column("refund_id", sa.Uuid),
        sa.Column("quarantined", sa.Boolean, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_webhook_events")),
        sa.UniqueConstraint("gateway", "digest", name=op.f("uq_webhook_events_gateway_digest")),
    )
    op.create_index(op.f("ix_webhook_events_attempt_id"), "webhook_events", ["attempt_id"])
    op.create_index(
        "ix_webhook_events_quarantined",
        "webhook_events",
        ["received_at"],
        postgresql_where=sa.text("quarantined"),
    )
    op.create_table(
        "call_budgets",
        *_texts("key"),
        sa.Column("taken", sa.ARRAY(TIMESTAMP), nullable=False),
        *_moments("expires_at"),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_call_budgets")),
    )
    op.create_index(op.f("ix_call_budgets_expires_at"), "call_budgets", ["expires_at"])
