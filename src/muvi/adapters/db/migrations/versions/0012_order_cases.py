"""An order is locked and read with its attempts and its checkout in one trip."""

from __future__ import annotations

from alembic import op

revision = "0012_order_cases"
down_revision = "0011_hosted_forms"
branch_labels = None
depends_on = None

# Volatile, as it has to be: each statement sees what was committed before it began, so what is read at the
# end is what the locks guard.
LOCK_ORDER_CASE = """
CREATE FUNCTION lock_order_case(wanted uuid) RETURNS jsonb LANGUAGE plpgsql VOLATILE AS $$
DECLARE
  whole jsonb;
BEGIN
  PERFORM FROM orders WHERE id = wanted FOR UPDATE;
  IF NOT FOUND THEN RETURN NULL; END IF;
  PERFORM FROM payment_attempts WHERE order_id = wanted ORDER BY id FOR UPDATE;
  PERFORM FROM checkouts WHERE order_id = wanted FOR UPDATE;
  SELECT jsonb_build_object(
    'order', to_jsonb(o),
    'lines', (SELECT coalesce(jsonb_agg(to_jsonb(l) ORDER BY l.position), '[]')
              FROM order_lines l WHERE l.order_id = o.id),
    'records', (SELECT coalesce(jsonb_agg(to_jsonb(b) ORDER BY b.id), '[]')
                FROM box_office_orders b WHERE b.order_id = o.id),
    'attempts', (SELECT coalesce(jsonb_agg(to_jsonb(a) || jsonb_build_object(
                   'captures', (SELECT coalesce(jsonb_agg(to_jsonb(t) ORDER BY t.captured_at, t.transaction_id), '[]')
                                FROM gateway_transactions t
                                WHERE t.attempt_id = a.id AND t.verdict = 'captured'
                                  AND t.kind IN ('debit', 'capture') AND t.amount_minor IS NOT NULL))
                 ORDER BY a.id), '[]')
                 FROM payment_attempts a WHERE a.order_id = o.id),
    'checkout', (SELECT to_jsonb(c) FROM checkouts c WHERE c.order_id = o.id),
    'held', (SELECT coalesce(jsonb_agg(s.seat_key), '[]') FROM seat_claims s
             WHERE s.showtime_id = o.showtime_id AND s.order_id = o.id AND s.state <> 'RELEASED'))
  INTO whole FROM orders o WHERE o.id = wanted;
  RETURN whole;
END $$;
"""


def upgrade() -> None:
    op.execute(LOCK_ORDER_CASE)


def downgrade() -> None:
    op.execute("DROP FUNCTION lock_order_case")
