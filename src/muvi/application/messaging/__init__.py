"""Moving messages from the outbox to those who act on them."""
