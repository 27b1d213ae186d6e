"""Checkouts that send the buyer to a page of the gateway's own by a signed form."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0011_hosted_forms"
down_revision = "0010_sms_senders"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("payment_attempts", sa.Column("form_url", sa.Text(), server_default="", nullable=False))
    op.add_column("payment_attempts", sa.Column("form_fields", JSONB(), server_default="{}", nullable=False))


def downgrade() -> None:
    op.drop_column("payment_attempts", "form_fields")
    op.drop_column("payment_attempts", "form_url")
