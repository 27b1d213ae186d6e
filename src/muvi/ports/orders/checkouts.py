"""The checkout process of an order: one row, one step at a time."""

from __future__ import annotations

from abc import abstractmethod
from datetime import datetime
from typing import Protocol
from uuid import UUID

from muvi.domain.orders.checkout import Checkout


class CheckoutSignals(Protocol):
    """Lets other capabilities say that something happened which an order's checkout must look at."""

    @abstractmethod
    async def wake(self, order_id: UUID, at: datetime) -> None:
        """Have the checkout looked at, at once, after the present transaction commits."""
        raise NotImplementedError


class Checkouts(CheckoutSignals, Protocol):
    """The process rows. Lock the order first, then its checkout."""

    @abstractmethod
    async def add(self, checkout: Checkout) -> None:
        """Keep the process of a new order."""
        raise NotImplementedError

    @abstractmethod
    async def get(self, order_id: UUID) -> Checkout:
        """Read and lock one. Raises `LookupError` when the order has none, which is a defect."""
        raise NotImplementedError

    @abstractmethod
    async def save(self, checkout: Checkout, *, rest: bool = False) -> None:
        """Write it back and raise its version; `rest` gives the lease back. A bell rings for what is due."""
        raise NotImplementedError

    @abstractmethod
    async def claim_due(self, now: datetime, *, limit: int, lease_s: float) -> tuple[UUID, ...]:
        """Lease processes that are due, the longest waiting first. Workers never get the same one."""
        raise NotImplementedError

    @abstractmethod
    async def keep_lease(self, order_id: UUID, until: datetime) -> None:
        """Prolong the lease of a process that is being worked on."""
        raise NotImplementedError
