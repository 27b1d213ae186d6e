"""What is known of the people behind orders."""

from __future__ import annotations

from abc import abstractmethod
from typing import Protocol
from uuid import UUID

from muvi.domain.orders.order import BuyerDetails


class Buyers(Protocol):
    """Reads people for gateway and box office. Raises `Unavailable`."""

    @abstractmethod
    async def of(self, owner_id: UUID) -> BuyerDetails:
        """The verified phone, name and address where the profile has any; of nobody known, nothing."""
        raise NotImplementedError
