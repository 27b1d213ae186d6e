"""The catalogue as the box office tells it. Ids are its own, opaque texts with their leading zeros."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import date
from typing import Generic, Protocol, TypeVar

from muvi.domain.shared.text import LocalizedText
from muvi.domain.showtimes.wall_time import WallTime

_Record = TypeVar("_Record", covariant=True)  # noqa: PLC0105  (a type variable's variance, not a name)


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedGenre:
    """A genre."""

    id: str
    name: LocalizedText


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedPerson:
    """Somebody in front of or behind the camera."""

    id: str
    first_name: str
    last_name: str
    image_url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedExperience:
    """A way to see a film that the chain advertises (IMAX, VIP …); `code` is what showtimes name."""

    id: str
    code: str
    name: LocalizedText
    position: int


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedCinema:
    """A site. `time_zone` is its IANA zone, empty when `source_zone` is not known to us."""

    id: str
    name: LocalizedText
    description: LocalizedText
    address1: LocalizedText
    address2: LocalizedText
    city: str
    phone: str
    email: str
    latitude: float | None
    longitude: float | None
    currency: str
    has_concessions: bool
    source_zone: str
    time_zone: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedCast:
    """Who takes part in a film, and as what (`ACTOR`, `DIRECTOR` …)."""

    person_id: str
    role: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedFilm:
    """A film. `cast` is in billing order; `runtime_min` is empty when not known."""

    id: str
    head_office_code: str
    title: LocalizedText
    synopsis: LocalizedText
    rating: str
    rating_description: LocalizedText
    runtime_min: int | None
    release_date: date | None
    poster_url: str
    trailer_url: str
    distributor: str
    coming_soon: bool
    genre_ids: tuple[str, ...]
    cast: tuple[FeedCast, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedShowtime:
    """A showtime. `number` is unique inside its cinema; `on_sale` is for our own sales channel."""

    id: str
    number: str
    cinema_id: str
    film_id: str
    screen_number: int
    screen_name: LocalizedText
    starts_at: WallTime
    business_date: date
    seats_available: int
    sold_out: bool
    on_sale: bool
    price_from_minor: int | None
    experience_codes: tuple[str, ...]
    area_codes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class FeedPage(Generic[_Record]):
    """Some records, and the ids of those that could not be read (empty text when not even the id could).

    An unreadable record is still there at the box office: it must not be taken for withdrawn.
    """

    records: tuple[_Record, ...]
    unreadable: tuple[str, ...] = ()


class CatalogueFeed(Protocol):
    """Reads the whole catalogue, page by page.

    Each call may raise `Unavailable` at any page, `Refused` when the box office does not let us read. A feed
    that ends early by itself has to raise too: what was yielded before must not pass for the whole.
    """

    @abstractmethod
    def genres(self) -> AsyncIterator[FeedPage[FeedGenre]]:
        """Every genre."""
        raise NotImplementedError

    @abstractmethod
    def people(self) -> AsyncIterator[FeedPage[FeedPerson]]:
        """Every person."""
        raise NotImplementedError

    @abstractmethod
    def experiences(self) -> AsyncIterator[FeedPage[FeedExperience]]:
        """Every experience that is advertised; languages and promotions are none."""
        raise NotImplementedError

    @abstractmethod
    def cinemas(self) -> AsyncIterator[FeedPage[FeedCinema]]:
        """Every site."""
        raise NotImplementedError

    @abstractmethod
    def films(self) -> AsyncIterator[FeedPage[FeedFilm]]:
        """Every film, with its cast."""
        raise NotImplementedError

    @abstractmethod
    def showtimes(self) -> AsyncIterator[FeedPage[FeedShowtime]]:
        """Every present and future showtime that is public."""
        raise NotImplementedError
