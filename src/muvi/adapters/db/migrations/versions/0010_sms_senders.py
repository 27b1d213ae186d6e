"""Which sender a code went out by, and which sender a person chose, one row for each choice."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0010_sms_senders"
down_revision = "0009_causes"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("otp_challenges", sa.Column("sender", sa.Text))
    op.create_table(
        "sms_sender_choices",
        sa.Column("id", sa.BigInteger, sa.Identity(always=True), nullable=False),
        sa.Column("sender", sa.Text),
        sa.Column("alone", sa.Boolean, nullable=False),
        sa.Column("chosen_by", sa.Text, nullable=False),
        sa.Column("chosen_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_sms_sender_choices"),
        sa.CheckConstraint("sender IS NOT NULL OR NOT alone", name="alone"),
    )


def downgrade() -> None:
    op.drop_table("sms_sender_choices")
    op.drop_column("otp_challenges", "sender")
