"""Asking a payment gateway: never more often than it likes, and patient with what it does not know yet."""

from __future__ import annotations

from collections.abc import Awaitable
from dataclasses import dataclass
from datetime import datetime, timedelta

from muvi.adapters.kit.http_client import VendorReply
from muvi.ports.errors import OutcomeUnknown, Unavailable
from muvi.ports.payments.gateway import CallBudgets

SYSTEM = "gateway"
CREDENTIALS_RETRY_S = 300.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Patience:
    """Times after which a gateway's "I know of none" is believed: of a payment since its checkout was opened,
    of a refund since it was sent.
    """

    never_paid_after: timedelta = timedelta(minutes=45)
    no_refund_after: timedelta = timedelta(minutes=10)

    def is_over(self, opened_at: datetime, now: datetime) -> bool:
        """Whether nobody is expected to pay this checkout any more."""
        return now - opened_at >= self.never_paid_after

    def is_surely_not_sent(self, sent_at: datetime, now: datetime) -> bool:
        """Whether a refund that is not listed never arrived."""
        return now - sent_at >= self.no_refund_after


@dataclass(frozen=True, slots=True)
class Questions:
    """The call budget of one gateway, shared by all processes. A minute of ours is longer than theirs, since
    we count a call when it leaves and they when it arrives.
    """

    gateway: str
    budgets: CallBudgets
    per_s: int = 65

    async def wait_s(self, key: str, limit: int, per_s: int | None = None) -> float:
        """Take one call of `limit`, of a minute or of so many seconds: 0.0 when granted, else the seconds to
        wait.
        """
        return await self.budgets.take(f"{self.gateway}:{key}", limit=limit, per_s=per_s or self.per_s)


async def answered(call: Awaitable[VendorReply]) -> VendorReply | None:
    """The reply to a question; None when the network fails, which says nothing about what was asked."""
    try:
        return await call
    except (Unavailable, OutcomeUnknown):
        return None


def bad_credentials(code: str) -> Unavailable:
    """The gateway does not know us, says its code: nothing happened there; a corrected setting heals it."""
    message = "the gateway does not accept our credentials"
    return Unavailable(message, system=SYSTEM, reason=code, retry_after_s=CREDENTIALS_RETRY_S)
