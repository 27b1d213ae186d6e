"""What a confirmation says."""

from __future__ import annotations

from abc import abstractmethod
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from uuid import UUID

from muvi.domain.shared.money import Money
from muvi.domain.shared.text import Language, LocalizedText


@dataclass(frozen=True, slots=True, kw_only=True)
class ConfirmationView:
    """A confirmed order, ready to be told. `email` is the one given when paying, else the person's, else
    empty; `starts_at` is aware, `time_zone` the cinema's (`Asia/Riyadh`); `seats` are labels in order.
    """

    order_id: UUID
    code: str
    language: Language
    buyer_name: str
    email: str
    film: LocalizedText
    cinema: LocalizedText
    screen: LocalizedText
    starts_at: datetime
    time_zone: str
    seats: tuple[str, ...]
    total: Money
    ticket_url: str


class ConfirmationViews(Protocol):
    """Reads confirmed orders for telling. Raises `Unavailable`."""

    @abstractmethod
    async def of(self, order_id: UUID) -> ConfirmationView | None:
        """The order, None when there is none or it is not confirmed."""
        raise NotImplementedError
