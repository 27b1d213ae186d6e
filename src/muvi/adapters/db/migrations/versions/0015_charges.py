"""Charges by token: no front end, or the address of the bank's challenge. Null is no charge."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0015_charges"
down_revision = "0014_declined_transactions"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("payment_attempts", sa.Column("challenge_url", sa.Text()))


def downgrade() -> None:
    op.drop_column("payment_attempts", "challenge_url")
