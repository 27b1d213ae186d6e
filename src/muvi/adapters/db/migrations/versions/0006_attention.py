"""What waits for a person: found without a scan; a refund among it may be tried again."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006_attention"
down_revision = "0005_idempotency"
branch_labels = None
depends_on = None

LEGAL_REFUND_STATUS = """
CREATE OR REPLACE FUNCTION refund_status_is_legal() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF OLD.status = NEW.status
     OR (OLD.status = 'REQUESTED' AND NEW.status IN ('SENT', 'MANUAL'))
     OR (OLD.status = 'SENT' AND NEW.status IN ('DONE', 'MANUAL', 'REQUESTED'))
     OR (OLD.status = 'MANUAL' AND NEW.status {after_manual})
  THEN RETURN NEW; END IF;
  RAISE EXCEPTION 'a refund does not go from % to %', OLD.status, NEW.status
    USING ERRCODE = 'check_violation', CONSTRAINT = 'ck_refunds_transition';
END $$;
"""


def upgrade() -> None:
    op.execute(LEGAL_REFUND_STATUS.format(after_manual="IN ('DONE', 'SENT', 'REQUESTED')"))
    op.create_index(
        "ix_checkouts_manual", "checkouts", ["since"], postgresql_where=sa.text("state = 'manual'")
    )
    op.create_index(
        "ix_refunds_manual", "refunds", ["requested_at"], postgresql_where=sa.text("status = 'MANUAL'")
    )


def downgrade() -> None:
    op.drop_index("ix_refunds_manual", table_name="refunds")
    op.drop_index("ix_checkouts_manual", table_name="checkouts")
    op.execute(LEGAL_REFUND_STATUS.format(after_manual="= 'DONE'"))
