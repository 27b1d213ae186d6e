"""Whether the gateway answered a charge by token: what was answered has arrived, whatever its status says."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0016_charge_answers"
down_revision = "0015_charges"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "payment_attempts", sa.Column("charge_answered", sa.Boolean(), server_default="false", nullable=False)
    )


def downgrade() -> None:
    op.drop_column("payment_attempts", "charge_answered")
