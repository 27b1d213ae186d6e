"""Orders, seat claims, the ledger and tickets, with the database's own guards on what must never happen.

Longer than a module should be: it is one step, told from top to bottom, and a migration that has run is not
split afterwards.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0002_orders"
down_revision = "0001_catalog"
branch_labels = None
depends_on = None

TABLES = (
    "tickets",
    "ledger_entries",
    "ledger_journals",
    "seat_versions",
    "seat_claim_events",
    "seat_claims",
    "checkouts",
    "order_timeline",
    "box_office_orders",
    "order_lines",
    "orders",
)

LEGAL_ORDER_STATUS = """
CREATE FUNCTION order_status_is_legal() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF OLD.status = NEW.status
     OR (OLD.status = 'PENDING' AND NEW.status IN ('CONFIRMED', 'EXPIRED', 'CANCELLED'))
     OR (OLD.status = 'EXPIRED' AND NEW.status = 'CONFIRMED')
     OR (OLD.status = 'CONFIRMED' AND NEW.status IN ('COMPLETED', 'CANCELLED'))
  THEN RETURN NEW; END IF;
  RAISE EXCEPTION 'an order does not go from % to %', OLD.status, NEW.status
    USING ERRCODE = 'check_violation', CONSTRAINT = 'ck_orders_transition';
END $$;
"""

SOLD_STAYS_SOLD = """
CREATE FUNCTION sold_seat_keeps_its_order() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF OLD.state = 'SOLD' AND NEW.order_id <> OLD.order_id THEN
    RAISE EXCEPTION 'seat % of showtime % is sold', OLD.seat_key, OLD.showtime_id
      USING ERRCODE = 'check_violation', CONSTRAINT = 'ck_seat_claims_sold';
  END IF;
  RETURN NEW;
END $$;
"""

APPEND_ONLY = """
CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'rows of % are never changed', TG_TABLE_NAME USING ERRCODE = 'check_violation';
END $$;
"""

BALANCED = """
CREATE FUNCTION journal_balances() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF (SELECT sum(minor) FROM ledger_entries WHERE journal_id = NEW.journal_id) <> 0 THEN
    RAISE EXCEPTION 'journal % does not sum to zero', NEW.journal_id
      USING ERRCODE = 'check_violation', CONSTRAINT = 'ck_ledger_entries_balance';
  END IF;
  RETURN NULL;
END $$;
"""

TRIGGERS = (
    (
        "CREATE TRIGGER legal_status BEFORE UPDATE OF status ON orders"
        " FOR EACH ROW EXECUTE FUNCTION order_status_is_legal()"
    ),
    (
        "CREATE TRIGGER sold_stays_sold BEFORE UPDATE ON seat_claims"
        " FOR EACH ROW EXECUTE FUNCTION sold_seat_keeps_its_order()"
    ),
    (
        "CREATE TRIGGER append_only BEFORE UPDATE ON ledger_entries"
        " FOR EACH ROW EXECUTE FUNCTION refuse_change()"
    ),
    (
        "CREATE TRIGGER append_only BEFORE UPDATE ON ledger_journals"
        " FOR EACH ROW EXECUTE FUNCTION refuse_change()"
    ),
    (
        "CREATE TRIGGER append_only BEFORE UPDATE ON seat_claim_events"
        " FOR EACH ROW EXECUTE FUNCTION refuse_change()"
    ),
    (
        "CREATE CONSTRAINT TRIGGER balances AFTER INSERT ON ledger_entries DEFERRABLE INITIALLY DEFERRED"
        " FOR EACH ROW EXECUTE FUNCTION journal_balances()"
    ),
)


def upgrade() -> None:
    _orders()
    _seating()
    _ledger()
    _tickets()
    for statement in (LEGAL_ORDER_STATUS, SOLD_STAYS_SOLD, APPEND_ONLY, BALANCED, *TRIGGERS):
        op.execute(statement)


def downgrade() -> None:
    for table in TABLES:
        op.drop_table(table)
    for function in (
        "order_status_is_legal",
        "sold_seat_keeps_its_order",
        "refuse_change",
        "journal_balances",
    ):
        op.execute(f"DROP FUNCTION {function}")


def _orders() -> None:
    op.create_table(
        "orders",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("owner_id", sa.Uuid(), nullable=False),
        sa.Column("showtime_id", sa.Uuid(), nullable=False),
        sa.Column("cinema_id", sa.Uuid(), nullable=False),
        sa.Column("platform", sa.Text(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("total_minor", sa.BigInteger(), nullable=False),
        sa.Column("vat_minor", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_reason", sa.Text(), server_default="", nullable=False),
        sa.Column("buyer_name", sa.Text(), server_default="", nullable=False),
        sa.Column("buyer_email", sa.Text(), server_default="", nullable=False),
        sa.Column("buyer_phone", sa.Text(), server_default="", nullable=False),
        sa.Column("booking_id", sa.Text(), server_default="", nullable=False),
        sa.Column("booking_number", sa.Text(), server_default="", nullable=False),
        sa.Column("operation_id", sa.Uuid(), nullable=True),
        sa.Column("operation_kind", sa.Text(), nullable=True),
        sa.Column("operation_deadline", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), server_default="0", nullable=False),
        sa.CheckConstraint(
            "status IN ('PENDING','CONFIRMED','COMPLETED','EXPIRED','CANCELLED')",
            name=op.f("ck_orders_status"),
        ),
        sa.CheckConstraint(
            "(operation_id IS NULL) = (operation_deadline IS NULL)", name=op.f("ck_orders_operation")
        ),
        sa.CheckConstraint("total_minor >= 0", name=op.f("ck_orders_total")),
        sa.CheckConstraint("vat_minor BETWEEN 0 AND total_minor", name=op.f("ck_orders_vat")),
        sa.ForeignKeyConstraint(["cinema_id"], ["cinemas.id"], name=op.f("fk_orders_cinema_id")),
        sa.ForeignKeyConstraint(["showtime_id"], ["showtimes.id"], name=op.f("fk_orders_showtime_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_orders")),
    )
    op.create_index(op.f("ix_orders_owner_id_id"), "orders", ["owner_id", "id"], unique=False)
    op.create_index(op.f("ix_orders_showtime_id"), "orders", ["showtime_id"], unique=False)
    op.create_table(
        "box_office_orders",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("order_id", sa.Uuid(), nullable=False),
        sa.Column("ref", sa.Text(), nullable=False),
        sa.Column("cinema_ref", sa.Text(), nullable=False),
        sa.Column("showtime_ref", sa.Text(), nullable=False),
        sa.Column("platform", sa.Text(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("total_minor", sa.BigInteger(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["order_id"], ["orders.id"], name=op.f("fk_box_office_orders_order_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_box_office_orders")),
        sa.UniqueConstraint("ref", name=op.f("uq_box_office_orders_ref")),
    )
    op.create_index(op.f("ix_box_office_orders_order_id"), "box_office_orders", ["order_id"], unique=False)
    op.create_index(
        "uq_box_office_orders_active",
        "box_office_orders",
        ["order_id"],
        unique=True,
        postgresql_where=sa.text("active"),
    )
    op.create_table(
        "checkouts",
        sa.Column("order_id", sa.Uuid(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("next_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("attempts", sa.Integer(), server_default="0", nullable=False),
        sa.Column("target", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), server_default="", nullable=False),
        sa.Column("kept_attempt_id", sa.Uuid(), nullable=True),
        sa.Column("kept_transaction", sa.Text(), server_default="", nullable=False),
        sa.Column("lease_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), server_default="0", nullable=False),
        sa.ForeignKeyConstraint(
            ["order_id"], ["orders.id"], name=op.f("fk_checkouts_order_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("order_id", name=op.f("pk_checkouts")),
    )
    op.create_index(
        "ix_checkouts_due",
        "checkouts",
        ["next_at"],
        unique=False,
        postgresql_where=sa.text("next_at IS NOT NULL"),
    )
    op.create_table(
        "order_lines",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("order_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("name_en", sa.Text(), nullable=False),
        sa.Column("name_ar", sa.Text(), nullable=False),
        sa.Column("seat_key", sa.Text(), nullable=True),
        sa.Column("seat_row", sa.Text(), nullable=True),
        sa.Column("seat_number", sa.Integer(), nullable=True),
        sa.Column("seat_label", sa.Text(), nullable=True),
        sa.Column("seat_area", sa.Text(), nullable=True),
        sa.Column("seat_kind", sa.Text(), nullable=True),
        sa.Column("ticket_type_id", sa.Text(), server_default="", nullable=False),
        sa.Column("ticket_index", sa.Integer(), server_default="0", nullable=False),
        sa.Column("price_minor", sa.BigInteger(), nullable=False),
        sa.Column("fee_minor", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("discount_minor", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("vat_minor", sa.BigInteger(), nullable=False),
        sa.Column("refunded_minor", sa.BigInteger(), server_default="0", nullable=False),
        sa.CheckConstraint(
            "price_minor >= 0 AND fee_minor >= 0 AND discount_minor >= 0", name=op.f("ck_order_lines_amounts")
        ),
        sa.CheckConstraint(
            "refunded_minor BETWEEN 0 AND price_minor + fee_minor - discount_minor",
            name=op.f("ck_order_lines_refunded"),
        ),
        sa.ForeignKeyConstraint(
            ["order_id"], ["orders.id"], name=op.f("fk_order_lines_order_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_order_lines")),
        sa.UniqueConstraint("order_id", "position", name=op.f("uq_order_lines_order_id_position")),
    )
    op.create_index(op.f("ix_order_lines_order_id"), "order_lines", ["order_id"], unique=False)
    op.create_table(
        "order_timeline",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("order_id", sa.Uuid(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("facts", postgresql.JSONB(), nullable=False),
        sa.ForeignKeyConstraint(
            ["order_id"], ["orders.id"], name=op.f("fk_order_timeline_order_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_order_timeline")),
    )
    op.create_index(op.f("ix_order_timeline_order_id"), "order_timeline", ["order_id"], unique=False)


def _seating() -> None:
    op.create_table(
        "seat_claim_events",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("showtime_id", sa.Uuid(), nullable=False),
        sa.Column("seat_key", sa.Text(), nullable=False),
        sa.Column("order_id", sa.Uuid(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_seat_claim_events")),
    )
    op.create_index(
        op.f("ix_seat_claim_events_showtime_id_seat_key_version"),
        "seat_claim_events",
        ["showtime_id", "seat_key", "version"],
        unique=False,
    )
    op.create_table(
        "seat_claims",
        sa.Column("showtime_id", sa.Uuid(), nullable=False),
        sa.Column("seat_key", sa.Text(), nullable=False),
        sa.Column("order_id", sa.Uuid(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "state <> 'HELD' OR expires_at IS NOT NULL", name=op.f("ck_seat_claims_held_expires")
        ),
        sa.CheckConstraint("state IN ('HELD','PAYING','SOLD','RELEASED')", name=op.f("ck_seat_claims_state")),
        sa.PrimaryKeyConstraint("showtime_id", "seat_key", name=op.f("pk_seat_claims")),
    )
    op.create_index(op.f("ix_seat_claims_order_id"), "seat_claims", ["order_id"], unique=False)
    op.create_table(
        "seat_versions",
        sa.Column("showtime_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("showtime_id", name=op.f("pk_seat_versions")),
    )


def _ledger() -> None:
    op.create_table(
        "ledger_journals",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("order_id", sa.Uuid(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ledger_journals")),
        sa.UniqueConstraint("kind", "source", name=op.f("uq_ledger_journals_kind_source")),
    )
    op.create_index(op.f("ix_ledger_journals_order_id"), "ledger_journals", ["order_id"], unique=False)
    op.create_table(
        "ledger_entries",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("journal_id", sa.BigInteger(), nullable=False),
        sa.Column("account", sa.Text(), nullable=False),
        sa.Column("minor", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("minor <> 0", name=op.f("ck_ledger_entries_minor")),
        sa.ForeignKeyConstraint(
            ["journal_id"], ["ledger_journals.id"], name=op.f("fk_ledger_entries_journal_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ledger_entries")),
    )
    op.create_index(op.f("ix_ledger_entries_account"), "ledger_entries", ["account"], unique=False)
    op.create_index(op.f("ix_ledger_entries_journal_id"), "ledger_entries", ["journal_id"], unique=False)


def _tickets() -> None:
    op.create_table(
        "tickets",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("order_id", sa.Uuid(), nullable=False),
        sa.Column("line_id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("seat_label", sa.Text(), nullable=False),
        sa.Column("token", sa.Text(), nullable=False),
        sa.Column("issued_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["order_id"], ["orders.id"], name=op.f("fk_tickets_order_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tickets")),
        sa.UniqueConstraint("code", name=op.f("uq_tickets_code")),
        sa.UniqueConstraint("line_id", name=op.f("uq_tickets_line_id")),
    )
    op.create_index(op.f("ix_tickets_order_id"), "tickets", ["order_id"], unique=False)
