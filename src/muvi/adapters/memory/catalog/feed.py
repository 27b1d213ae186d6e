"""A box office's catalogue that tests arrange as they like."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from typing_extensions import override

from muvi.domain.catalog.kinds import Kind
from muvi.ports.catalog.feed import (
    CatalogueFeed,
    FeedCinema,
    FeedExperience,
    FeedFilm,
    FeedGenre,
    FeedPage,
    FeedPerson,
    FeedShowtime,
)
from muvi.ports.errors import Unavailable

_Record = TypeVar("_Record")


@dataclass(slots=True)
class MemoryCatalogueFeed(CatalogueFeed):
    """Plays lists back in pages. Kinds in `broken` fail after their first page."""

    genre_list: Sequence[FeedGenre] = ()
    people_list: Sequence[FeedPerson] = ()
    experience_list: Sequence[FeedExperience] = ()
    cinema_list: Sequence[FeedCinema] = ()
    film_list: Sequence[FeedFilm] = ()
    showtime_list: Sequence[FeedShowtime] = ()
    unreadable: dict[Kind, tuple[str, ...]] = field(default_factory=dict)
    broken: set[Kind] = field(default_factory=set)
    page_size: int = 100

    @override
    def genres(self) -> AsyncIterator[FeedPage[FeedGenre]]:
        return self._pages(Kind.GENRES, self.genre_list)

    @override
    def people(self) -> AsyncIterator[FeedPage[FeedPerson]]:
        return self._pages(Kind.PEOPLE, self.people_list)

    @override
    def experiences(self) -> AsyncIterator[FeedPage[FeedExperience]]:
        return self._pages(Kind.EXPERIENCES, self.experience_list)

    @override
    def cinemas(self) -> AsyncIterator[FeedPage[FeedCinema]]:
        return self._pages(Kind.CINEMAS, self.cinema_list)

    @override
    def films(self) -> AsyncIterator[FeedPage[FeedFilm]]:
        return self._pages(Kind.FILMS, self.film_list)

    @override
    def showtimes(self) -> AsyncIterator[FeedPage[FeedShowtime]]:
        return self._pages(Kind.SHOWTIMES, self.showtime_list)

    async def _pages(self, kind: Kind, records: Sequence[_Record]) -> AsyncIterator[FeedPage[_Record]]:
        yield FeedPage(tuple(records[: self.page_size]), self.unreadable.get(kind, ()))
        if kind in self.broken:
            raise Unavailable("the feed broke off", system="box-office")
        for start in range(self.page_size, len(records), self.page_size):
            yield FeedPage(tuple(records[start : start + self.page_size]))
