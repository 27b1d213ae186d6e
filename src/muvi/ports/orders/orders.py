"""Orders, kept with their lines, their box office orders and their timeline."""

from __future__ import annotations

from abc import abstractmethod
from datetime import datetime
from typing import Protocol
from uuid import UUID

from muvi.domain.orders.order import Order
from muvi.domain.shared.errors import Conflict


class OrderHasChanged(Conflict):
    """Somebody else saved the order since it was read."""

    code = "order-busy-elsewhere"
    title = "The order has just changed"
    title_ar = "تغيّر الطلب للتو"


class Orders(Protocol):
    """Orders of one transaction. Raises `Unavailable`."""

    @abstractmethod
    async def add(self, order: Order) -> None:
        """Keep a new order."""
        raise NotImplementedError

    @abstractmethod
    async def get(self, order_id: UUID, *, for_update: bool = False) -> Order | None:
        """Read one whole; `for_update` locks it until the phase ends. Lock the order before its checkout
        and claims.
        """
        raise NotImplementedError

    @abstractmethod
    async def save(self, order: Order) -> None:
        """Write it back, append its new timeline entries; a change raises its version. Raises
        `OrderHasChanged`.
        """
        raise NotImplementedError

    @abstractmethod
    async def prolong(self, order_id: UUID, operation_id: UUID, until: datetime) -> bool:
        """Let the operation in flight lapse no earlier than `until`; False when another one, or none, is.

        Touches nothing else of the order, its version neither.
        """
        raise NotImplementedError
