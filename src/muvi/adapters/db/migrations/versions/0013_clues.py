"""An order is found without reading whole tables by what a caller may know of it: the booking's number, the
checkout's or a transaction's id at whichever gateway.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0013_clues"
down_revision = "0012_order_cases"
branch_labels = None
depends_on = None


def upgrade() -> None:
    booked, opened = sa.text("booking_id <> ''"), sa.text("checkout_id <> ''")
    op.create_index("ix_orders_booking_id", "orders", ["booking_id"], postgresql_where=booked)
    op.create_index(
        "ix_payment_attempts_checkout_id", "payment_attempts", ["checkout_id"], postgresql_where=opened
    )
    op.create_index("ix_gateway_transactions_transaction_id", "gateway_transactions", ["transaction_id"])


def downgrade() -> None:
    op.drop_index("ix_gateway_transactions_transaction_id")
    op.drop_index("ix_payment_attempts_checkout_id")
    op.drop_index("ix_orders_booking_id")
