"""Payment attempts, kept."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Sequence
from datetime import datetime
from typing import Protocol
from uuid import UUID

from muvi.domain.payments.attempt import PaymentAttempt
from muvi.domain.payments.report import ReportedTransaction
from muvi.domain.shared.errors import Conflict


class AttemptChanged(Conflict):
    """Somebody else saved the attempt since it was read."""

    code = "payment-changed"
    title = "The payment has just changed"
    title_ar = "تغيّرت حالة الدفع للتو"


class PaymentAttempts(Protocol):
    """Attempts with their captures and the gateway's transactions. Raises `Unavailable`."""

    @abstractmethod
    async def add(self, attempt: PaymentAttempt) -> None:
        """Keep a new attempt."""
        raise NotImplementedError

    @abstractmethod
    async def get(self, attempt_id: UUID, *, for_update: bool = False) -> PaymentAttempt | None:
        """Read one; `for_update` locks its row until the phase ends."""
        raise NotImplementedError

    @abstractmethod
    async def by_checkout(self, gateway: str, checkout_id: str) -> UUID | None:
        """The attempt that a gateway knows under this checkout id."""
        raise NotImplementedError

    @abstractmethod
    async def of_order(self, order_id: UUID, *, for_update: bool = False) -> tuple[PaymentAttempt, ...]:
        """Every attempt of an order, oldest first; `for_update` locks their rows in the order of their
        ids.
        """
        raise NotImplementedError

    @abstractmethod
    async def save(self, attempt: PaymentAttempt) -> None:
        """Write it back, its captures included, and raise its version. Raises `AttemptChanged`."""
        raise NotImplementedError

    @abstractmethod
    async def record(
        self, attempt: PaymentAttempt, transactions: Sequence[ReportedTransaction], at: datetime
    ) -> tuple[ReportedTransaction, ...]:
        """Keep the gateway's own rows, one per transaction id, and return those that are the attempt's.

        A row that another attempt already holds stays there and is left out. What was captured never becomes
        less by a later report.
        """
        raise NotImplementedError

    @abstractmethod
    async def claim_due(self, now: datetime, *, limit: int, lease_s: float) -> tuple[UUID, ...]:
        """Lease attempts whose check is due, the longest waiting first. Workers never get the same one."""
        raise NotImplementedError

    @abstractmethod
    async def keep_lease(self, attempt_id: UUID, until: datetime) -> None:
        """Prolong the lease of the worker that is at it."""
        raise NotImplementedError
