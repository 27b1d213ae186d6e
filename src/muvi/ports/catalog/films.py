"""Films as the public sees them."""

from __future__ import annotations

from abc import abstractmethod
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Protocol
from uuid import UUID

from muvi.domain.shared.text import LocalizedText
from muvi.ports.listing import FIRST_PAGE, Slice, Window


class FilmType(StrEnum):
    """Showing somewhere from now on, or announced."""

    NOW_SHOWING = "NOW_SHOWING"
    COMING_SOON = "COMING_SOON"


@dataclass(frozen=True, slots=True, kw_only=True)
class GenreView:
    """A genre."""

    id: int
    name: LocalizedText


@dataclass(frozen=True, slots=True, kw_only=True)
class CastView:
    """Somebody's part in a film."""

    id: int
    name: LocalizedText
    role: str
    photo_url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RatingView:
    """Who may see a film."""

    id: int
    code: str
    description: LocalizedText


@dataclass(frozen=True, slots=True, kw_only=True)
class FilmView:
    """A film. `now_showing`: at least one showtime is listed."""

    id: UUID
    unique_name: str
    title: LocalizedText
    synopsis: LocalizedText
    language: LocalizedText
    subtitle: LocalizedText
    poster_url: str
    cover_url: str
    trailer_url: str
    distributor: str
    runtime_min: int | None
    release_date: date | None
    coming_soon: bool
    now_showing: bool
    rating: RatingView | None
    genres: tuple[GenreView, ...]
    cast: tuple[CastView, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class FilmQuery:
    """Conditions of a list. Places and experiences ask for a listed showtime that meets all of them."""

    type: FilmType | None = None
    cinema_ids: tuple[UUID, ...] = ()
    city_id: UUID | None = None
    experience_ids: tuple[int, ...] = ()
    window: Window = FIRST_PAGE

    @property
    def is_placed(self) -> bool:
        """Whether the list is about certain places or experiences."""
        return bool(self.cinema_ids or self.city_id or self.experience_ids)


class Films(Protocol):
    """Published films that the box office still has. Every call may raise `Unavailable`."""

    @abstractmethod
    async def search(self, query: FilmQuery, *, now: datetime) -> Slice[FilmView]:
        """Films showing or coming, staff's order first, then the newest."""
        raise NotImplementedError

    @abstractmethod
    async def find(self, film_id: UUID, *, now: datetime) -> FilmView | None:
        """The film of that id."""
        raise NotImplementedError

    @abstractmethod
    async def find_by_name(self, unique_name: str, *, now: datetime) -> FilmView | None:
        """The film of that name for addresses."""
        raise NotImplementedError

    @abstractmethod
    async def of_ids(self, film_ids: tuple[UUID, ...], *, now: datetime) -> tuple[FilmView, ...]:
        """The films of these ids, in the order of a list."""
        raise NotImplementedError
