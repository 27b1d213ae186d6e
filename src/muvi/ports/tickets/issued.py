"""Issued tickets, kept."""

from __future__ import annotations

from abc import abstractmethod
from typing import Protocol

from muvi.domain.tickets.ticket import Ticket


class IssuedTickets(Protocol):
    """Tickets of one transaction."""

    @abstractmethod
    async def add(self, tickets: tuple[Ticket, ...]) -> None:
        """Keep the tickets of an order; a seat that has one keeps the one it has."""
        raise NotImplementedError
