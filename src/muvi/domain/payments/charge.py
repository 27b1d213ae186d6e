"""Attempts whose card we charge by its token: nobody but our own one call can pay them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from muvi.domain.payments.attempt import PaymentAttempt
from muvi.domain.payments.front_end import DirectCharge
from muvi.domain.payments.report import Verdict
from muvi.domain.payments.watch import CHARGE_S


def is_charge(attempt: PaymentAttempt) -> bool:
    """Whether we charge a token; false before the intent to do so is whole."""
    return isinstance(attempt.front, DirectCharge)


def is_under_way(attempt: PaymentAttempt) -> bool:
    """Whether this is a charge whose end was not fetched yet: it may take money, whatever the time is."""
    return is_charge(attempt) and attempt.is_open and not _never_arrived(attempt)


def charge_under_way(attempts: Sequence[PaymentAttempt]) -> PaymentAttempt | None:
    """The newest charge under way, of an order's attempts with the oldest first. Every second `pay` meets
    it, so that one call is made.
    """
    return next(filter(is_under_way, reversed(attempts)), None)


def _never_arrived(attempt: PaymentAttempt) -> bool:
    """Whether the gateway, asked late enough, knows nothing of the charge, and never did: its status follows
    its answers and messages late. It is watched all the same.
    """
    if attempt.charge_answered or attempt.payment_ids:
        return False
    asked_at = attempt.checked_at
    late = asked_at is not None and asked_at >= attempt.opened_at + timedelta(seconds=CHARGE_S)
    return late and attempt.last_verdict is Verdict.UNPAID
