"""Which transactions of a payment were fetched as declined: a message about one of them is no news."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0014_declined_transactions"
down_revision = "0013_clues"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "payment_attempts",
        sa.Column("declined_ids", sa.ARRAY(sa.Text()), server_default="{}", nullable=False),
    )


def downgrade() -> None:
    op.drop_column("payment_attempts", "declined_ids")
