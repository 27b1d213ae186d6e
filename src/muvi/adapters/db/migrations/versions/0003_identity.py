"""People, sessions, one-time codes; outbox and inbox; notifications."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

revision = "0003_identity"
down_revision = "0002_orders"
branch_labels = None
depends_on = None

TIMESTAMP = sa.DateTime(timezone=True)


def upgrade() -> None:
    _people()
    _codes()
    _messages()
    _notifications()


def downgrade() -> None:
    for table in ("notifications", "inbox", "outbox", "otp_challenges", "auth_sessions", "users"):
        op.drop_table(table)


def _text(name: str) -> sa.Column[str]:
    return sa.Column(name, sa.Text, nullable=False, server_default="")


def _people() -> None:
    op.create_table(
        "users",
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("phone", sa.Text, nullable=False),
        *(_text(name) for name in ("first_name", "last_name", "email", "avatar")),
        sa.Column("created_at", TIMESTAMP, nullable=False),
        sa.Column("registered_at", TIMESTAMP),
        sa.PrimaryKeyConstraint("id", name="pk_users"),
        sa.UniqueConstraint("phone", name="uq_users_phone"),
    )
    op.create_table(
        "auth_sessions",
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("user_id", sa.Uuid, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("platform", sa.Text, nullable=False),
        sa.Column("generation", sa.Integer, nullable=False),
        sa.Column("created_at", TIMESTAMP, nullable=False),
        sa.Column("rotated_at", TIMESTAMP, nullable=False),
        sa.Column("revoked_at", TIMESTAMP),
        sa.Column("revoked_for", sa.Text),
        sa.PrimaryKeyConstraint("id", name="pk_auth_sessions"),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name="fk_auth_sessions_user_id", ondelete="CASCADE"
        ),
        sa.CheckConstraint("kind IN ('guest', 'customer')", name="kind"),
        sa.CheckConstraint("generation > 0", name="generation"),
        sa.CheckConstraint("(revoked_at IS NULL) = (revoked_for IS NULL)", name="revoked"),
    )
    op.create_index("ix_auth_sessions_user_id", "auth_sessions", ["user_id"])


def _codes() -> None:
    op.create_table(
        "otp_challenges",
        sa.Column("phone", sa.Text, nullable=False),
        sa.Column("challenge_id", sa.Uuid),
        sa.Column("purpose", sa.Text),
        sa.Column("state", sa.Text, nullable=False, server_default="none"),
        sa.Column("sent_at", TIMESTAMP),
        sa.Column("tries", sa.SmallInteger, nullable=False, server_default="0"),
        sa.Column("failures", ARRAY(TIMESTAMP), nullable=False, server_default="{}"),
        sa.PrimaryKeyConstraint("phone", name="pk_otp_challenges"),
        sa.CheckConstraint("state IN ('none', 'sent', 'used', 'void')", name="state"),
        sa.CheckConstraint("tries BETWEEN 0 AND 5", name="tries"),
        sa.CheckConstraint("cardinality(failures) <= 10", name="failures"),
        sa.CheckConstraint("(state = 'none') = (challenge_id IS NULL)", name="challenge"),
    )


def _messages() -> None:
    op.create_table(
        "outbox",
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("type", sa.Text, nullable=False),
        sa.Column("payload", JSONB, nullable=False),
        sa.Column("occurred_at", TIMESTAMP, nullable=False),
        sa.Column("available_at", TIMESTAMP, nullable=False),
        sa.Column("attempts", sa.Integer, nullable=False, server_default="0"),
        sa.Column("last_error", sa.Text, nullable=False, server_default=""),
        sa.Column("done_at", TIMESTAMP),
        sa.Column("dead_at", TIMESTAMP),
        sa.PrimaryKeyConstraint("id", name="pk_outbox"),
        sa.CheckConstraint("done_at IS NULL OR dead_at IS NULL", name="end"),
    )
    live = sa.text("done_at IS NULL AND dead_at IS NULL")
    op.create_index("ix_outbox_live", "outbox", ["available_at"], postgresql_where=live)
    for name in ("dead", "done"):
        where = sa.text(f"{name}_at IS NOT NULL")
        op.create_index(f"ix_outbox_{name}", "outbox", [f"{name}_at"], postgresql_where=where)
    op.create_table(
        "inbox",
        sa.Column("consumer", sa.Text, nullable=False),
        sa.Column("message_id", sa.Uuid, nullable=False),
        sa.Column("received_at", TIMESTAMP, nullable=False),
        sa.PrimaryKeyConstraint("consumer", "message_id", name="pk_inbox"),
    )
    op.create_index("ix_inbox_message_id", "inbox", ["message_id"])


def _notifications() -> None:
    op.create_table(
        "notifications",
        sa.Column("subject_id", sa.Uuid, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("channel", sa.Text, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("reason", sa.Text, nullable=False, server_default=""),
        sa.Column("tries", sa.Integer, nullable=False, server_default="0"),
        sa.Column("claimed_until", TIMESTAMP),
        sa.Column("created_at", TIMESTAMP, nullable=False),
        sa.Column("finished_at", TIMESTAMP),
        sa.PrimaryKeyConstraint("subject_id", "kind", "channel", name="pk_notifications"),
        sa.CheckConstraint("state IN ('sending', 'sent', 'skipped', 'failed')", name="state"),
        sa.CheckConstraint("(state = 'sending') = (finished_at IS NULL)", name="finished"),
    )
