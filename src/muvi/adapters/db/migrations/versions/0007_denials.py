"""Which accounts have denied a payment: more of them than may be asked in a minute."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007_denials"
down_revision = "0006_attention"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "payment_attempts", sa.Column("denied_by", sa.ARRAY(sa.Text()), server_default="{}", nullable=False)
    )


def downgrade() -> None:
    op.drop_column("payment_attempts", "denied_by")
