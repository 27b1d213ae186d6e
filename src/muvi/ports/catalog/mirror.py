"""The copy of the box office's catalogue that we keep."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Collection, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol
from uuid import UUID

from muvi.domain.catalog.kinds import Kind
from muvi.domain.shared.text import LocalizedText
from muvi.ports.catalog.feed import FeedCinema, FeedExperience, FeedFilm, FeedGenre, FeedPerson


@dataclass(frozen=True, slots=True)
class Named:
    """The id and the name for addresses that a record of the feed gets if it is new."""

    id: UUID
    unique_name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NewCity:
    """A city that a cinema's record names. Ignored when its key is known."""

    id: UUID
    key: str
    name: str
    latitude: float | None
    longitude: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class MirroredShowtime:
    """A showtime with its start as a moment; `new_id` is used when it is not known yet."""

    new_id: UUID
    box_office_id: str
    number: str
    cinema_id: str
    film_id: str
    screen_number: int
    starts_at: datetime
    business_date: date
    seats_available: int
    sold_out: bool
    on_sale: bool
    price_from_minor: int | None
    experience_codes: tuple[str, ...]
    area_codes: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class NewScreen:
    """A room that a showtime names; its name follows the box office unless a person edited it."""

    id: UUID
    cinema_id: str
    number: int
    name: LocalizedText


@dataclass(frozen=True, slots=True)
class Changes:
    """Rows a step added, changed and withdrew."""

    added: int = 0
    changed: int = 0
    withdrawn: int = 0

    def __add__(self, other: Changes) -> Changes:
        return Changes(
            self.added + other.added, self.changed + other.changed, self.withdrawn + other.withdrawn
        )

    @property
    def total(self) -> int:
        """Rows touched."""
        return self.added + self.changed + self.withdrawn


@dataclass(frozen=True, slots=True)
class KnownSite:
    """What showtimes need to know of a mirrored cinema; no zone means closed for sale."""

    time_zone: str | None
    standing: int  # showtimes that have not begun and are not withdrawn


NOTHING = Changes()


class CatalogueMirror(Protocol):
    """Writes the mirror, inside a transaction.

    Fields named in a row's `edited` stay as the person left them. A row whose content is the same is not
    touched and not counted. A withdrawn row that comes back is counted as changed. Raises `Unavailable`.
    """

    @abstractmethod
    async def standing(self, kind: Kind, *, now: datetime) -> int:
        """How many rows of this kind are not withdrawn; of showtimes, those that have not begun."""
        raise NotImplementedError

    @abstractmethod
    async def unique_names(self, kind: Kind) -> Mapping[str, str]:
        """Box office id to name for addresses, withdrawn rows included; for kinds that have one."""
        raise NotImplementedError

    @abstractmethod
    async def sites(self, *, now: datetime) -> Mapping[str, KnownSite]:
        """Mirrored cinemas by box office id, withdrawn ones left out."""
        raise NotImplementedError

    @abstractmethod
    async def film_ids(self) -> frozenset[str]:
        """Box office ids of every mirrored film."""
        raise NotImplementedError

    @abstractmethod
    async def put_genres(self, records: Sequence[FeedGenre], *, now: datetime) -> Changes:
        """Add new genres, change those that differ."""
        raise NotImplementedError

    @abstractmethod
    async def put_people(self, records: Sequence[FeedPerson], *, now: datetime) -> Changes:
        """Add new people, change those that differ."""
        raise NotImplementedError

    @abstractmethod
    async def put_experiences(
        self, records: Sequence[tuple[FeedExperience, Named]], *, now: datetime
    ) -> Changes:
        """Add new experiences, change those that differ."""
        raise NotImplementedError

    @abstractmethod
    async def put_cinemas(
        self, records: Sequence[tuple[FeedCinema, Named]], cities: Sequence[NewCity], *, now: datetime
    ) -> Changes:
        """Add new cinemas (and their cities), change those that differ. Only cinemas are counted."""
        raise NotImplementedError

    @abstractmethod
    async def put_films(self, records: Sequence[tuple[FeedFilm, Named]], *, now: datetime) -> Changes:
        """Add new films with ratings, genres and cast, change those that differ.

        Genres and people that are not mirrored yet are left out; a later run links them.
        """
        raise NotImplementedError

    @abstractmethod
    async def put_showtimes(
        self, records: Sequence[MirroredShowtime], screens: Sequence[NewScreen], *, now: datetime
    ) -> Changes:
        """Add new showtimes (and their screens), change those that differ. Only showtimes are counted.

        A showtime whose cinema or film is not mirrored is passed over.
        """
        raise NotImplementedError

    @abstractmethod
    async def withdraw(
        self, kind: Kind, *, keep: Collection[str], spare_sites: Collection[str] = (), now: datetime
    ) -> int:
        """Mark as withdrawn what is not in `keep`; of showtimes only those that have not begun and are not
        at a site in `spare_sites`.
        """
        raise NotImplementedError

    @abstractmethod
    async def announce(self, kind: Kind) -> None:
        """Tell every process, once this is committed, that what they show of the catalogue is stale."""
        raise NotImplementedError


class CatalogueTx(Protocol):
    """What the sync needs of a transaction."""

    @property
    def mirror(self) -> CatalogueMirror:
        """The mirror."""
        raise NotImplementedError


class SyncTurns(Protocol):
    """One sync of a kind at a time, over all processes. A killed holder loses its turn at once."""

    @abstractmethod
    def take(self, kind: Kind) -> AbstractAsyncContextManager[bool]:
        """Hold the turn while the block runs; the value says whether it was free. Raises `Unavailable`."""
        raise NotImplementedError
