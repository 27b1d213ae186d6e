"""A showtime as the purchase needs to know it."""

from __future__ import annotations

from abc import abstractmethod
from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol
from uuid import UUID

from muvi.domain.shared.text import LocalizedText
from muvi.ports.seating.box_office import ShowtimeRef


@dataclass(frozen=True, slots=True, kw_only=True)
class ShowtimeForSale:
    """What is sold, where and when. `zone` is an IANA name; `on_sale` is the box office's own permission.

    Whether the showtime is open also depends on the present moment: ask `open_at`.
    """

    id: UUID
    cinema_id: UUID
    film_id: UUID
    ref: ShowtimeRef
    starts_at: datetime
    business_date: date
    zone: str
    currency: str
    on_sale: bool
    film_title: LocalizedText
    cinema_name: LocalizedText
    screen_name: LocalizedText
    experiences: tuple[LocalizedText, ...] = ()
    rating: str = ""

    def open_at(self, now: datetime) -> bool:
        """Whether seats may be sold at that moment."""
        return self.on_sale and now < self.starts_at


class ShowtimesForSale(Protocol):
    """Reads showtimes on the primary, since a decision follows."""

    @abstractmethod
    async def find(self, showtime_id: UUID) -> ShowtimeForSale | None:
        """The showtime, withdrawn ones included with `on_sale` false; None when unknown."""
        raise NotImplementedError
