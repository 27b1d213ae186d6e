"""Showtimes as guests look for them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from uuid import UUID

from muvi.domain.showtimes.errors import ShowtimeNotFound
from muvi.ports.catalog.films import Films, FilmView
from muvi.ports.clock import Clock
from muvi.ports.content.content import Content
from muvi.ports.listing import Slice
from muvi.ports.showtimes.browse import ShowtimeQuery, Showtimes, ShowtimeView
from muvi.ports.venues.places import CinemaView, Places


@dataclass(frozen=True, slots=True)
class ListShowtimes:
    """Anybody: what is on sale and has not begun, soonest first."""

    showtimes: Showtimes
    clock: Clock

    async def __call__(self, query: ShowtimeQuery) -> Slice[ShowtimeView]:
        """Raises `Unavailable`."""
        return await self.showtimes.search(query, now=self.clock.now())


@dataclass(frozen=True, slots=True)
class ListStartingNow:
    """Anybody: what begins within the minutes that staff set."""

    showtimes: Showtimes
    content: Content
    clock: Clock

    async def __call__(self, query: ShowtimeQuery) -> Slice[ShowtimeView]:
        """Raises `Unavailable`."""
        now = self.clock.now()
        settings = await self.content.settings()
        until = now + timedelta(minutes=settings.starting_now_min)
        return await self.showtimes.search(replace(query, until=until), now=now)


@dataclass(frozen=True, slots=True)
class ShowtimeDetail:
    """A showtime with its film and cinema, which are empty when the public no longer sees them."""

    showtime: ShowtimeView
    film: FilmView | None
    cinema: CinemaView | None


@dataclass(frozen=True, slots=True)
class ReadShowtime:
    """Anybody: one showtime, also after it began."""

    showtimes: Showtimes
    films: Films
    places: Places
    clock: Clock

    async def __call__(self, showtime_id: UUID) -> ShowtimeDetail:
        """Raises `ShowtimeNotFound`, `Unavailable`."""
        now = self.clock.now()
        showtime = await self.showtimes.find(showtime_id, now=now)
        if showtime is None:
            raise ShowtimeNotFound
        film = await self.films.find(showtime.film_id, now=now)
        cinema = await self.places.cinema(showtime.cinema_id, now=now)
        return ShowtimeDetail(showtime, film, cinema)
