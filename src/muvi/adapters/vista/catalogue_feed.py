"""The catalogue from OData.svc, read with the website's token."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass
from typing import TypeVar

import msgspec
from typing_extensions import override

from muvi.adapters.vista import catalogue_records as records
from muvi.adapters.vista.catalogue_wire import (
    AttributeRow,
    CinemaRow,
    FilmRow,
    GenreRow,
    PersonRow,
    ScheduledFilmRow,
    SessionRow,
)
from muvi.adapters.vista.odata import ODataReader
from muvi.ports.catalog.feed import (
    CatalogueFeed,
    FeedCast,
    FeedCinema,
    FeedExperience,
    FeedFilm,
    FeedGenre,
    FeedPage,
    FeedPerson,
    FeedShowtime,
)

WEBSITE_CHANNEL = "WWW"

_Row = TypeVar("_Row", bound=msgspec.Struct)
_Record = TypeVar("_Record")


class _Identified(msgspec.Struct):
    id: str = msgspec.field(default="", name="ID")


@dataclass(frozen=True, slots=True)
class VistaCatalogueFeed(CatalogueFeed):
    """Reads through `odata`. `media_url` is where head office's pictures are served."""

    odata: ODataReader
    media_url: str
    channel: str = WEBSITE_CHANNEL

    @override
    def genres(self) -> AsyncIterator[FeedPage[FeedGenre]]:
        return self._pages("FilmGenres", GenreRow, records.genre)

    @override
    def people(self) -> AsyncIterator[FeedPage[FeedPerson]]:
        return self._pages("Persons", PersonRow, records.person)

    @override
    def experiences(self) -> AsyncIterator[FeedPage[FeedExperience]]:
        return self._pages(
            "Attributes",
            AttributeRow,
            lambda row: records.experience(row) if records.is_experience(row) else None,
        )

    @override
    def cinemas(self) -> AsyncIterator[FeedPage[FeedCinema]]:
        return self._pages("Cinemas", CinemaRow, records.cinema)

    @override
    async def films(self) -> AsyncIterator[FeedPage[FeedFilm]]:
        cast = await self._cast()
        async for page in self._pages(
            "Films", FilmRow, lambda row: records.film(row, cast.get(row.id, ()), self.media_url)
        ):
            yield page

    @override
    def showtimes(self) -> AsyncIterator[FeedPage[FeedShowtime]]:
        return self._pages(
            "Sessions",
            SessionRow,
            lambda row: records.showtime(row, self.channel) if row.is_public_screening is not False else None,
        )

    async def _cast(self) -> dict[str, tuple[FeedCast, ...]]:
        """Cast by film. ScheduledFilms repeats it per cinema, in billing order; the longest list counts."""
        cast: dict[str, tuple[FeedCast, ...]] = {}
        async for rows in self.odata.rows("ScheduledFilms", select="ID,ScheduledFilmId,Cast"):
            for raw in rows:
                try:
                    row = msgspec.json.decode(raw, type=ScheduledFilmRow)
                except msgspec.MsgspecError:
                    continue
                billed = tuple(
                    FeedCast(person_id=one.id, role=(one.person_type or "ACTOR").strip().upper())
                    for one in row.cast or ()
                )
                if len(billed) > len(cast.get(row.scheduled_film_id, ())):
                    cast[row.scheduled_film_id] = billed
        return cast

    async def _pages(
        self, name: str, shape: type[_Row], read: Callable[[_Row], _Record | None]
    ) -> AsyncIterator[FeedPage[_Record]]:
        async for rows in self.odata.rows(name):
            # In a thread: thousands of rows would hold up everything else that this process does.
            yield await asyncio.to_thread(_page, rows, shape, read)


def _page(
    rows: Sequence[msgspec.Raw], shape: type[_Row], read: Callable[[_Row], _Record | None]
) -> FeedPage[_Record]:
    """Read row by row, so that one bad row costs one row. What `read` answers with None is left out."""
    good: list[_Record] = []
    bad: list[str] = []
    for raw in rows:
        try:
            record = read(msgspec.json.decode(raw, type=shape))
        except (msgspec.MsgspecError, ValueError):
            bad.append(_id_of(raw))
        else:
            if record is not None:
                good.append(record)
    return FeedPage(tuple(good), tuple(bad))


def _id_of(raw: msgspec.Raw) -> str:
    try:
        return msgspec.json.decode(raw, type=_Identified).id
    except msgspec.MsgspecError:
        return ""
