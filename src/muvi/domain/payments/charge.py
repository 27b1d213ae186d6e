"""Attempts whose card we charge by its token: nobody but our own one call can pay them."""

from __future__ import annotations

from datetime import datetime, timedelta

from muvi.domain.payments.attempt import PaymentAttempt
from muvi.domain.payments.front_end import DirectCharge
from muvi.domain.payments.report import Verdict
from muvi.domain.payments.watch import CHARGE_S
from muvi.domain.shared.money import Money


def is_charge(attempt: PaymentAttempt) -> bool:
    """Whether we charge a token; false before the intent to do so is whole."""
    return isinstance(attempt.front, DirectCharge)


def is_met_again(attempt: PaymentAttempt, now: datetime, amount: Money, *, by_token: bool) -> bool:
    """Whether a second `pay` meets this attempt. A charge under way is met by every second call, so that one
    is made; an open form is not met by a token, which would be left out.
    """
    if not attempt.usable(now, amount):
        return False
    return not _never_arrived(attempt) if is_charge(attempt) else not by_token


def _never_arrived(attempt: PaymentAttempt) -> bool:
    """Whether the gateway, asked late enough, knows nothing of the charge. It is watched all the same."""
    asked_at = attempt.checked_at
    late = asked_at is not None and asked_at >= attempt.opened_at + timedelta(seconds=CHARGE_S)
    return late and attempt.last_verdict is Verdict.UNPAID
