"""The house rules of an order, which operators may change while the service runs."""

from __future__ import annotations

from abc import abstractmethod
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderRules:
    """`max_seats` per order; `lifetime_s` from creation to expiry, in seconds."""

    max_seats: int = 10
    lifetime_s: int = 600


class OrderPolicy(Protocol):
    """Reads the rules of this moment. Raises `Unavailable`."""

    @abstractmethod
    async def rules(self) -> OrderRules:
        """The rules now; a few seconds old at most."""
        raise NotImplementedError
