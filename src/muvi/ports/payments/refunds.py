"""Refunds, kept."""

from __future__ import annotations

from abc import abstractmethod
from datetime import datetime
from typing import Protocol
from uuid import UUID

from muvi.domain.payments.refund import Refund
from muvi.domain.shared.errors import Conflict


class RefundChanged(Conflict):
    """Somebody else saved the refund since it was read."""

    code = "refund-changed"
    title = "The refund has just changed"
    title_ar = "تغيّرت حالة الاسترداد للتو"


class Refunds(Protocol):
    """Refunds on their way. The money is reserved in the capture of their attempt. Raises `Unavailable`."""

    @abstractmethod
    async def add(self, refund: Refund) -> None:
        """Keep a new refund; save its attempt in the same phase."""
        raise NotImplementedError

    @abstractmethod
    async def get(self, refund_id: UUID, *, for_update: bool = False) -> Refund | None:
        """Read one; `for_update` locks its row until the phase ends."""
        raise NotImplementedError

    @abstractmethod
    async def of_order(self, order_id: UUID) -> tuple[Refund, ...]:
        """Every refund of an order, oldest first."""
        raise NotImplementedError

    @abstractmethod
    async def save(self, refund: Refund) -> None:
        """Write it back and raise its version. Raises `RefundChanged`."""
        raise NotImplementedError

    @abstractmethod
    async def claim_due(self, now: datetime, *, limit: int, lease_s: float) -> tuple[UUID, ...]:
        """Lease refunds that are due, the longest waiting first. Workers never get the same one."""
        raise NotImplementedError

    @abstractmethod
    async def keep_lease(self, refund_id: UUID, until: datetime) -> None:
        """Prolong the lease of the worker that is at it."""
        raise NotImplementedError
