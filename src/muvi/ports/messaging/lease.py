"""How long a message may be on its way."""

from __future__ import annotations

from datetime import timedelta

LEASE = timedelta(seconds=45)
MAX_LEASE = timedelta(minutes=10)
DELIVERY_LIMIT_S = 30
"""A delivery is cut after this, so that it has ended before its lease lapses."""


def lease_of(attempt: int) -> timedelta:
    """The lease of the n-th attempt. It grows, so that a slow queue alone cannot use up all attempts."""
    return min(LEASE * attempt, MAX_LEASE)
