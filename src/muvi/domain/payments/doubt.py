"""Attempts that nobody can tell of: asked about for as long as it takes, but not without a person knowing."""

from __future__ import annotations

from datetime import datetime, timedelta

from muvi.domain.payments.attempt import PaymentAttempt
from muvi.domain.payments.report import Verdict

DOUBT_S = 3 * 3600.0
"""How long after the end of its watch an attempt without a clear word is a person's business too."""
UNCLEAR = frozenset({Verdict.PENDING, Verdict.UNKNOWN, Verdict.UNPAID})


def doubted_since(now: datetime) -> datetime:
    """Attempts whose watch ended then or before are in doubt now, if their word is unclear."""
    return now - timedelta(seconds=DOUBT_S)


def in_doubt(attempt: PaymentAttempt, now: datetime) -> bool:
    """Whether a gateway should long have said what became of it, and is still being asked."""
    waits = attempt.next_check_at is not None and not attempt.is_paid
    return waits and attempt.last_verdict in UNCLEAR and attempt.watch_until <= doubted_since(now)
