"""An order is found by the booking's number and by the id of a request without reading whole tables."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0017_more_clues"
down_revision = "0016_charge_answers"
branch_labels = None
depends_on = None


def upgrade() -> None:
    booked, caused = sa.text("booking_number <> ''"), sa.text("request_id IS NOT NULL")
    op.create_index("ix_orders_booking_number", "orders", ["booking_number"], postgresql_where=booked)
    op.create_index("ix_checkouts_request_id", "checkouts", ["request_id"], postgresql_where=caused)
    op.create_index(
        "ix_payment_attempts_request_id", "payment_attempts", ["request_id"], postgresql_where=caused
    )


def downgrade() -> None:
    op.drop_index("ix_payment_attempts_request_id")
    op.drop_index("ix_checkouts_request_id")
    op.drop_index("ix_orders_booking_number")
