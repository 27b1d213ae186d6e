"""Cities, cinemas and experiences as guests look for them."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from muvi.domain.venues.errors import CinemaNotFound, CityNotFound, ExperienceNotFound
from muvi.domain.venues.nearest import Point, nearest
from muvi.ports.clock import Clock
from muvi.ports.listing import Slice
from muvi.ports.venues.places import CinemaQuery, CinemaView, CityView, ExperienceView, Places


@dataclass(frozen=True, slots=True)
class ListCities:
    """Anybody: cities that have a cinema."""

    places: Places

    async def __call__(self) -> tuple[CityView, ...]:
        """Raises `Unavailable`."""
        return await self.places.cities()


@dataclass(frozen=True, slots=True)
class FindNearestCity:
    """Anybody: the city closest to a place."""

    places: Places

    async def __call__(self, place: Point) -> CityView:
        """Raises `CityNotFound` when no city has a place, `Unavailable`."""
        located = [
            (city, Point(city.latitude, city.longitude))
            for city in await self.places.cities()
            if city.latitude is not None and city.longitude is not None
        ]
        city = nearest(place, located)
        if city is None:
            raise CityNotFound
        return city


@dataclass(frozen=True, slots=True)
class ListCinemas:
    """Anybody: cinemas, everywhere or in a city."""

    places: Places
    clock: Clock

    async def __call__(self, query: CinemaQuery) -> Slice[CinemaView]:
        """Raises `Unavailable`."""
        return await self.places.cinemas(query, now=self.clock.now())


@dataclass(frozen=True, slots=True)
class ReadCinema:
    """Anybody: one cinema, by id or by its name for addresses."""

    places: Places
    clock: Clock

    async def __call__(self, wanted: UUID | str) -> CinemaView:
        """Raises `CinemaNotFound`, `Unavailable`."""
        now = self.clock.now()
        if isinstance(wanted, UUID):
            cinema = await self.places.cinema(wanted, now=now)
        else:
            cinema = await self.places.cinema_by_name(wanted, now=now)
        if cinema is None:
            raise CinemaNotFound
        return cinema


@dataclass(frozen=True, slots=True)
class ListExperiences:
    """Anybody: experiences, of the chain or of what a city or cinema shows."""

    places: Places
    clock: Clock

    async def __call__(
        self, *, city_id: UUID | None = None, cinema_id: UUID | None = None
    ) -> tuple[ExperienceView, ...]:
        """Raises `Unavailable`."""
        return await self.places.experiences(city_id=city_id, cinema_id=cinema_id, now=self.clock.now())


@dataclass(frozen=True, slots=True)
class ReadExperience:
    """Anybody: one experience, by id or by its name for addresses."""

    places: Places
    clock: Clock

    async def __call__(self, wanted: int | str) -> ExperienceView:
        """Raises `ExperienceNotFound`, `Unavailable`."""
        for one in await self.places.experiences(now=self.clock.now()):
            if wanted in (one.id, one.unique_name):
                return one
        raise ExperienceNotFound
