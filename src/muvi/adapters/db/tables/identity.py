"""People, their sessions, the one-time codes under way, and who sends them."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY

from muvi.adapters.db.tables.base import metadata

TIMESTAMP = sa.DateTime(timezone=True)

users = sa.Table(
    "users",
    metadata,
    sa.Column("id", sa.Uuid, primary_key=True),
    sa.Column("phone", sa.Text, nullable=False, unique=True),
    sa.Column("first_name", sa.Text, nullable=False, server_default=""),
    sa.Column("last_name", sa.Text, nullable=False, server_default=""),
    sa.Column("email", sa.Text, nullable=False, server_default=""),
    sa.Column("avatar", sa.Text, nullable=False, server_default=""),
    sa.Column("created_at", TIMESTAMP, nullable=False),
    sa.Column("registered_at", TIMESTAMP),
)

auth_sessions = sa.Table(
    "auth_sessions",
    metadata,
    sa.Column("id", sa.Uuid, primary_key=True),
    sa.Column("user_id", sa.ForeignKey("users.id", ondelete="CASCADE"), nullable=False, index=True),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("platform", sa.Text, nullable=False),
    sa.Column("generation", sa.Integer, nullable=False),
    sa.Column("created_at", TIMESTAMP, nullable=False),
    sa.Column("rotated_at", TIMESTAMP, nullable=False),
    sa.Column("revoked_at", TIMESTAMP),
    sa.Column("revoked_for", sa.Text),
    sa.CheckConstraint("kind IN ('guest', 'customer')", name="kind"),
    sa.CheckConstraint("generation > 0", name="generation"),
    sa.CheckConstraint("(revoked_at IS NULL) = (revoked_for IS NULL)", name="revoked"),
)

otp_challenges = sa.Table(
    "otp_challenges",
    metadata,
    sa.Column("phone", sa.Text, primary_key=True),
    sa.Column("challenge_id", sa.Uuid),
    sa.Column("purpose", sa.Text),
    sa.Column("state", sa.Text, nullable=False, server_default="none"),
    sa.Column("sender", sa.Text),
    sa.Column("sent_at", TIMESTAMP),
    sa.Column("tries", sa.SmallInteger, nullable=False, server_default="0"),
    sa.Column("failures", ARRAY(TIMESTAMP), nullable=False, server_default="{}"),
    sa.CheckConstraint("state IN ('none', 'sent', 'used', 'void')", name="state"),
    sa.CheckConstraint("tries BETWEEN 0 AND 5", name="tries"),
    sa.CheckConstraint("cardinality(failures) <= 10", name="failures"),
    sa.CheckConstraint("(state = 'none') = (challenge_id IS NULL)", name="challenge"),
)

sms_sender_choices = sa.Table(
    "sms_sender_choices",
    metadata,
    sa.Column("id", sa.BigInteger, sa.Identity(always=True), primary_key=True),
    sa.Column("sender", sa.Text),
    sa.Column("alone", sa.Boolean, nullable=False),
    sa.Column("chosen_by", sa.Text, nullable=False),
    sa.Column("chosen_at", TIMESTAMP, nullable=False),
    sa.CheckConstraint("sender IS NOT NULL OR NOT alone", name="alone"),
)
