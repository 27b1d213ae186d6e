"""Orders as they are shown."""

from __future__ import annotations

from abc import abstractmethod
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from uuid import UUID

from muvi.domain.orders.order import Order, TimelineEntry
from muvi.domain.shared.text import LocalizedText
from muvi.ports.listing import Slice, Window


@dataclass(frozen=True, slots=True, kw_only=True)
class IssuedTicket:
    """A ticket as its owner sees it."""

    code: str
    seat_label: str
    token: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ShowOfOrder:
    """What the order is for. `zone` is the cinema's IANA name; `experiences` are those of the showtime."""

    film_id: UUID
    film: LocalizedText
    cinema: LocalizedText
    screen: LocalizedText
    starts_at: datetime
    zone: str
    poster_url: str
    experiences: tuple[LocalizedText, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderView:
    """An order with its show, its tickets and its history. The timeline is empty in lists."""

    order: Order
    show: ShowOfOrder
    tickets: tuple[IssuedTicket, ...]
    timeline: tuple[TimelineEntry, ...]


class OrderViews(Protocol):
    """Reads orders for display, on the primary: a buyer must see what was just done. Raises `Unavailable`."""

    @abstractmethod
    async def find(self, order_id: UUID) -> OrderView | None:
        """One order."""
        raise NotImplementedError

    @abstractmethod
    async def of_owner(self, owner_id: UUID, window: Window) -> Slice[OrderView]:
        """A page of somebody's orders, newest first."""
        raise NotImplementedError
