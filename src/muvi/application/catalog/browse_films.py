"""Films as guests look for them."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, replace
from datetime import date
from uuid import UUID

from muvi.domain.catalog.errors import FilmNotFound
from muvi.ports.catalog.films import FilmQuery, Films, FilmView
from muvi.ports.clock import Clock
from muvi.ports.listing import Slice, Window
from muvi.ports.showtimes.browse import ShowtimeQuery, Showtimes, ShowtimeView
from muvi.ports.venues.places import CinemaQuery, CinemaView, Places

_ALL = Window(page=1, limit=10_000)
_ONE = Window(page=1, limit=1)


@dataclass(frozen=True, slots=True)
class ListFilms:
    """Anybody: films showing or coming."""

    films: Films
    clock: Clock

    async def __call__(self, query: FilmQuery) -> Slice[FilmView]:
        """Raises `Unavailable`."""
        return await self.films.search(query, now=self.clock.now())


@dataclass(frozen=True, slots=True)
class ReadFilm:
    """Anybody: one film, by id or by its name for addresses."""

    films: Films
    clock: Clock

    async def __call__(self, wanted: UUID | str) -> FilmView:
        """Raises `FilmNotFound`, `Unavailable`."""
        now = self.clock.now()
        if isinstance(wanted, UUID):
            film = await self.films.find(wanted, now=now)
        else:
            film = await self.films.find_by_name(wanted, now=now)
        if film is None:
            raise FilmNotFound
        return film


@dataclass(frozen=True, slots=True)
class FilmShowings:
    """A film with its listed showtimes."""

    film: FilmView
    showtimes: tuple[ShowtimeView, ...]


@dataclass(frozen=True, slots=True)
class ListShowings:
    """Anybody: what is on in a city or cinema, film by film with its showtimes."""

    films: Films
    showtimes: Showtimes
    clock: Clock

    async def __call__(self, query: ShowtimeQuery) -> Slice[FilmShowings]:
        """The window counts films. Without a day and a cinema it is the soonest day that has any: all days
        of a city are more than anybody reads. Raises `Unavailable`.
        """
        now = self.clock.now()
        if query.business_date is None and not query.cinema_ids:
            soonest = await self.showtimes.search(replace(query, window=_ONE), now=now)
            query = replace(query, business_date=next((one.business_date for one in soonest.rows), None))
        found = await self.showtimes.search(replace(query, window=None), now=now)
        by_film: defaultdict[UUID, list[ShowtimeView]] = defaultdict(list)
        for one in found.rows:
            by_film[one.film_id].append(one)
        films = await self.films.of_ids(tuple(by_film), now=now)
        window = query.window or _ALL
        page = films[window.offset : window.offset + window.limit]
        return Slice(tuple(FilmShowings(film, tuple(by_film[film.id])) for film in page), len(films))


@dataclass(frozen=True, slots=True)
class CinemaShowings:
    """A cinema with a film's listed showtimes there."""

    cinema: CinemaView
    showtimes: tuple[ShowtimeView, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class FilmCinemasQuery:
    """Where and when; empty ones do not count."""

    film_id: UUID
    city_id: UUID | None = None
    cinema_ids: tuple[UUID, ...] = ()
    experience_ids: tuple[int, ...] = ()
    business_date: date | None = None
    window: Window


@dataclass(frozen=True, slots=True)
class ListFilmCinemas:
    """Anybody: the cinemas that show a film."""

    films: Films
    places: Places
    showtimes: Showtimes
    clock: Clock

    async def __call__(self, query: FilmCinemasQuery) -> Slice[CinemaShowings]:
        """Raises `FilmNotFound`, `Unavailable`."""
        now = self.clock.now()
        if await self.films.find(query.film_id, now=now) is None:
            raise FilmNotFound
        wanted = ShowtimeQuery(
            film_id=query.film_id,
            city_id=query.city_id,
            cinema_ids=query.cinema_ids,
            experience_ids=query.experience_ids,
            business_date=query.business_date,
            window=None,
        )
        by_cinema: defaultdict[UUID, list[ShowtimeView]] = defaultdict(list)
        for one in (await self.showtimes.search(wanted, now=now)).rows:
            by_cinema[one.cinema_id].append(one)
        if not by_cinema:
            return Slice((), 0)
        there = CinemaQuery(cinema_ids=tuple(by_cinema), window=query.window)
        cinemas = await self.places.cinemas(there, now=now)
        rows = tuple(CinemaShowings(one, tuple(by_cinema[one.id])) for one in cinemas.rows)
        return Slice(rows, cinemas.total)
