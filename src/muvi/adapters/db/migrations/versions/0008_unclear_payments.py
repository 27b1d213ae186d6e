"""Payments that their gateway cannot tell of are found without a scan; an ordinary one never enters the index
but for the moments of a 3-D Secure challenge.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008_unclear_payments"
down_revision = "0007_denials"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index(
        "ix_payment_attempts_unclear",
        "payment_attempts",
        ["watch_until"],
        postgresql_where=sa.text(
            "next_check_at IS NOT NULL AND last_verdict IN ('pending', 'unknown', 'unpaid')"
        ),
    )


def downgrade() -> None:
    op.drop_index("ix_payment_attempts_unclear", table_name="payment_attempts")
