"""Work that is left to the worker names the request that left it, and that request's span."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0009_causes"
down_revision = "0008_unclear_payments"
branch_labels = None
depends_on = None

TABLES = ("checkouts", "payment_attempts", "refunds", "outbox")
COLUMNS = ("request_id", "traceparent")


def upgrade() -> None:
    for table in TABLES:
        for name in COLUMNS:
            op.add_column(table, sa.Column(name, sa.Text))


def downgrade() -> None:
    for table in TABLES:
        for name in COLUMNS:
            op.drop_column(table, name)
