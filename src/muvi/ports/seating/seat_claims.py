"""Seat claims: one row per (showtime, seat), decided by PostgreSQL for every site."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterable
from datetime import datetime
from typing import Protocol
from uuid import UUID

from muvi.domain.seating.seat_plan import SeatKey


class SeatClaims(Protocol):
    """The claims of orders, inside a transaction in which the order's own row is locked.

    Each change appends to the claim's history and raises the showtime's version, which readers of seat maps
    follow.
    """

    @abstractmethod
    async def claim(
        self, showtime_id: UUID, seats: Iterable[SeatKey], *, order_id: UUID, until: datetime, now: datetime
    ) -> tuple[SeatKey, ...]:
        """Claim seats for an order until a moment; those it holds already are prolonged.

        A claim that lapsed is taken over in place. Returns the seats that others hold, sorted: when there
        are any, the caller must roll back or release, for the rest has been taken.
        """
        raise NotImplementedError

    @abstractmethod
    async def taken(
        self, showtime_id: UUID, seats: Iterable[SeatKey], *, order_id: UUID, now: datetime
    ) -> tuple[SeatKey, ...]:
        """The seats that others hold just now. A look, without a lock: only `claim` decides."""
        raise NotImplementedError

    @abstractmethod
    async def pin(self, showtime_id: UUID, *, order_id: UUID, now: datetime) -> tuple[SeatKey, ...]:
        """Keep an order's claims from lapsing while it is being paid; returns the seats so kept."""
        raise NotImplementedError

    @abstractmethod
    async def sell(
        self, showtime_id: UUID, seats: Iterable[SeatKey], *, order_id: UUID, now: datetime
    ) -> int:
        """Mark claimed seats as sold; returns how many of them the order still held."""
        raise NotImplementedError

    @abstractmethod
    async def release(
        self, showtime_id: UUID, *, order_id: UUID, now: datetime, keep: Iterable[SeatKey] = ()
    ) -> tuple[SeatKey, ...]:
        """Give up an order's unsold claims, all but `keep`; returns the seats freed."""
        raise NotImplementedError

    @abstractmethod
    async def held(self, showtime_id: UUID, *, order_id: UUID) -> frozenset[SeatKey]:
        """The seats an order holds or has bought."""
        raise NotImplementedError
