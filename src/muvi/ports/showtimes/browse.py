"""Showtimes as the public sees them."""

from __future__ import annotations

from abc import abstractmethod
from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol
from uuid import UUID

from muvi.domain.shared.text import LocalizedText
from muvi.ports.listing import FIRST_PAGE, Slice, Window


@dataclass(frozen=True, slots=True)
class ExperienceTag:
    """An experience of a showtime."""

    id: int
    name: LocalizedText


@dataclass(frozen=True, slots=True, kw_only=True)
class ShowtimeView:
    """A showtime. `zone` is its cinema's IANA zone; prices in minor units of `currency`.

    `listed` holds at the moment it was read: on sale, not begun, its film and cinema shown. Seats left are
    the box office's cached count and decide nothing.
    """

    id: UUID
    film_id: UUID
    cinema_id: UUID
    city_id: UUID | None
    screen: LocalizedText
    screen_number: int
    starts_at: datetime
    zone: str
    business_date: date
    experiences: tuple[ExperienceTag, ...]
    seats_available: int
    sold_out: bool
    price_from_minor: int | None
    currency: str
    listed: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ShowtimeQuery:
    """Conditions of a list; empty ones do not count. `until` bounds the start."""

    city_id: UUID | None = None
    cinema_ids: tuple[UUID, ...] = ()
    film_id: UUID | None = None
    experience_ids: tuple[int, ...] = ()
    business_date: date | None = None
    until: datetime | None = None
    window: Window | None = FIRST_PAGE


class Showtimes(Protocol):
    """Listed showtimes: on sale, not begun. Every call may raise `Unavailable`."""

    @abstractmethod
    async def search(self, query: ShowtimeQuery, *, now: datetime) -> Slice[ShowtimeView]:
        """By start, then by id."""
        raise NotImplementedError

    @abstractmethod
    async def find(self, showtime_id: UUID, *, now: datetime) -> ShowtimeView | None:
        """The showtime of that id, begun and withdrawn ones included."""
        raise NotImplementedError
