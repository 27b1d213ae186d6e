"""Cities, cinemas and experiences to show."""

from __future__ import annotations

from abc import abstractmethod
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from uuid import UUID

from muvi.domain.shared.text import LocalizedText
from muvi.ports.listing import FIRST_PAGE, Slice, Window


@dataclass(frozen=True, slots=True, kw_only=True)
class CityView:
    """A city with at least one cinema. Its place is that of a cinema when nobody entered one."""

    id: UUID
    name: LocalizedText
    latitude: float | None
    longitude: float | None
    cinema_count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ExperienceView:
    """A way to see a film."""

    id: int
    code: str
    unique_name: str
    name: LocalizedText
    description: LocalizedText
    logo_url: str
    cover_url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CinemaView:
    """A cinema. `experiences` are those of its listed showtimes; `open_for_sale` needs a known time zone."""

    id: UUID
    unique_name: str
    name: LocalizedText
    description: LocalizedText
    address: LocalizedText
    city_id: UUID | None
    city_name: LocalizedText
    latitude: float | None
    longitude: float | None
    phone: str
    email: str
    images: tuple[str, ...]
    cover_url: str
    currency: str
    time_zone: str | None
    screen_count: int
    has_concessions: bool
    experiences: tuple[ExperienceView, ...]

    @property
    def open_for_sale(self) -> bool:
        """Whether its showtimes can be sold."""
        return self.time_zone is not None


@dataclass(frozen=True, slots=True, kw_only=True)
class CinemaQuery:
    """Conditions of a list of cinemas."""

    city_id: UUID | None = None
    cinema_ids: tuple[UUID, ...] = ()
    window: Window = FIRST_PAGE


class Places(Protocol):
    """Published places that the box office still has. Every call may raise `Unavailable`."""

    @abstractmethod
    async def cities(self) -> tuple[CityView, ...]:
        """Cities with cinemas, staff's order first, then by name."""
        raise NotImplementedError

    @abstractmethod
    async def cinemas(self, query: CinemaQuery, *, now: datetime) -> Slice[CinemaView]:
        """Cinemas, staff's order first, then by name."""
        raise NotImplementedError

    @abstractmethod
    async def cinema(self, cinema_id: UUID, *, now: datetime) -> CinemaView | None:
        """The cinema of that id."""
        raise NotImplementedError

    @abstractmethod
    async def cinema_by_name(self, unique_name: str, *, now: datetime) -> CinemaView | None:
        """The cinema of that name for addresses."""
        raise NotImplementedError

    @abstractmethod
    async def experiences(
        self, *, city_id: UUID | None = None, cinema_id: UUID | None = None, now: datetime
    ) -> tuple[ExperienceView, ...]:
        """Experiences; with a place, those of its listed showtimes."""
        raise NotImplementedError
