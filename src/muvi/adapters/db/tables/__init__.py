"""All tables, one module per capability. Importing this package fills `metadata`."""

from __future__ import annotations

from muvi.adapters.db.tables import (
    catalog,
    content,
    idempotency,
    identity,
    ledger,
    messaging,
    notifications,
    orders,
    payments,
    seating,
    showtimes,
    tickets,
    venues,
)
from muvi.adapters.db.tables.base import metadata

__all__ = [
    "catalog",
    "content",
    "idempotency",
    "identity",
    "ledger",
    "messaging",
    "metadata",
    "notifications",
    "orders",
    "payments",
    "seating",
    "showtimes",
    "tickets",
    "venues",
]
