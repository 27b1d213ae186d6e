"""An order with what has to be known before it may change: read and locked in one go."""

from __future__ import annotations

from abc import abstractmethod
from dataclasses import dataclass
from typing import Protocol
from uuid import UUID

from muvi.domain.orders.checkout import Checkout
from muvi.domain.orders.order import Order
from muvi.domain.payments.attempt import PaymentAttempt
from muvi.domain.seating.seat_plan import SeatKey


@dataclass(frozen=True, slots=True, kw_only=True)
class LockedCase:
    """As of the moment when the last lock was had. `attempts` are the oldest first; `held` are the seats
    that the order holds.
    """

    order: Order
    attempts: tuple[PaymentAttempt, ...]
    checkout: Checkout
    held: frozenset[SeatKey]


class OrderCases(Protocol):
    """Orders of one transaction with all that is decided together with them. Raises `Unavailable`."""

    @abstractmethod
    async def lock(self, order_id: UUID) -> LockedCase | None:
        """Lock the order, then its attempts by id, then its checkout, until the phase ends; None when there
        is no such order. Each is read after its lock was had. What is written back goes through the ports of
        each.
        """
        raise NotImplementedError
