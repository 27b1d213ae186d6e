"""Cities, cinemas and experiences."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from dishka.integrations.litestar import FromDishka, inject
from litestar import Controller, Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath, QueryParameter

from muvi.adapters.http.problems import problems, shows
from muvi.adapters.http.public.browsing import WHERE, WINDOW, PublicLinks, answer
from muvi.adapters.http.public.queries import InvalidParameter, Req, Where, refuse_repeated
from muvi.adapters.http.public.shown import CinemaShown, CityShown, ExperienceShown, NearestCity
from muvi.adapters.http.ready import ReadyAnswers
from muvi.adapters.http.wire import QUERY_TEXT, Page, UnknownReference, wire_id
from muvi.application.catalog.check_references import FindUnknownReferences
from muvi.application.venues.browse_places import (
    FindNearestCity,
    ListCinemas,
    ListCities,
    ListExperiences,
    ReadCinema,
    ReadExperience,
)
from muvi.domain.shared.ids import from_wire
from muvi.domain.shared.text import Language
from muvi.domain.venues.errors import CinemaNotFound, CityNotFound, ExperienceNotFound
from muvi.domain.venues.nearest import Point
from muvi.ports.listing import Window
from muvi.ports.venues.places import CinemaQuery

_MOST_DIGITS = 18
Degrees = {**QUERY_TEXT, "type": "number"}
Latitude = Annotated[str | None, QueryParameter(name="lat", description="Degrees.", schema_extra=Degrees)]
Longitude = Annotated[str | None, QueryParameter(name="long", description="Degrees.", schema_extra=Degrees)]


class Cities(Controller):
    """`/cities`."""

    path = "/cities"
    tags = ("places",)

    @get("/", operation_id="listCities", responses={200: shows(list[CityShown]), **problems(503)})
    @inject
    async def cities(
        self, request: Req, find: FromDishka[ListCities], ready: FromDishka[ReadyAnswers]
    ) -> Response[bytes]:
        """Cities that have a cinema."""

        async def make(_: Language) -> object:
            return [CityShown.of(one) for one in await find()]

        return await answer(request, ready, make)

    @get(
        "/cordinates",
        operation_id="findNearestCity",
        responses={200: shows(NearestCity), **problems(CityNotFound, InvalidParameter, 503)},
    )
    @inject
    async def nearest(
        self,
        request: Req,
        find: FromDishka[FindNearestCity],
        ready: FromDishka[ReadyAnswers],
        lat: Latitude = None,
        long: Longitude = None,
    ) -> Response[bytes]:
        """The city closest to a place, as the crow flies."""
        refuse_repeated(request, "lat", "long")
        place = _point(lat, long)

        async def make(language: Language) -> object:
            city = await find(place)
            return NearestCity(
                id=wire_id(city.id), name=city.name.in_(language), lat=city.latitude, lng=city.longitude
            )

        return await answer(request, ready, make)


class Cinemas(Controller):
    """`/cinemas`."""

    path = "/cinemas"
    tags = ("places",)

    @get(
        "/",
        operation_id="listCinemas",
        dependencies={**WHERE, **WINDOW},
        responses={200: shows(Page[CinemaShown]), **problems(InvalidParameter, UnknownReference, 503)},
    )
    @inject
    async def cinemas(
        self,
        request: Req,
        where: NamedDependency[Where],
        window: NamedDependency[Window],
        find: FromDishka[ListCinemas],
        check: FromDishka[FindUnknownReferences],
        ready: FromDishka[ReadyAnswers],
        links: FromDishka[PublicLinks],
    ) -> Response[bytes]:
        """Cinemas, everywhere or in a city."""

        async def make(language: Language) -> object:
            await where.check(check)
            query = CinemaQuery(city_id=where.city_id, cinema_ids=where.cinema_ids, window=window)
            found = await find(query)
            rows = [CinemaShown.of(one, language, links) for one in found.rows]
            return Page.of(rows, found.total, window)

        return await answer(request, ready, make)

    @get(
        "/unique-name/{unique_name:str}",
        operation_id="readCinemaByName",
        responses={200: shows(CinemaShown), **problems(CinemaNotFound, 503)},
    )
    @inject
    async def cinema_by_name(
        self,
        request: Req,
        unique_name: FromPath[str],
        read: FromDishka[ReadCinema],
        ready: FromDishka[ReadyAnswers],
        links: FromDishka[PublicLinks],
    ) -> Response[bytes]:
        """One cinema by its name for addresses."""
        return await _cinema(request, unique_name, read, ready, links)

    @get(
        "/{cinema_id:str}",
        operation_id="readCinema",
        responses={200: shows(CinemaShown), **problems(CinemaNotFound, 503)},
    )
    @inject
    async def cinema(
        self,
        request: Req,
        cinema_id: FromPath[str],
        read: FromDishka[ReadCinema],
        ready: FromDishka[ReadyAnswers],
        links: FromDishka[PublicLinks],
    ) -> Response[bytes]:
        """One cinema."""
        try:
            wanted = from_wire(cinema_id)
        except ValueError:
            raise CinemaNotFound from None
        return await _cinema(request, wanted, read, ready, links)


async def _cinema(
    request: Req, wanted: UUID | str, read: ReadCinema, ready: ReadyAnswers, links: PublicLinks
) -> Response[bytes]:
    async def make(language: Language) -> object:
        return CinemaShown.of(await read(wanted), language, links)

    return await answer(request, ready, make)


class Experiences(Controller):
    """`/experiences`."""

    path = "/experiences"
    tags = ("places",)

    @get(
        "/",
        operation_id="listExperiences",
        dependencies={**WHERE},
        responses={200: shows(list[ExperienceShown]), **problems(InvalidParameter, UnknownReference, 503)},
    )
    @inject
    async def experiences(
        self,
        request: Req,
        where: NamedDependency[Where],
        find: FromDishka[ListExperiences],
        check: FromDishka[FindUnknownReferences],
        ready: FromDishka[ReadyAnswers],
    ) -> Response[bytes]:
        """Ways to see a film; with a city or cinema, those offered there from now on."""

        async def make(language: Language) -> object:
            await where.check(check)
            cinema_id = where.cinema_ids[0] if where.cinema_ids else None
            found = await find(city_id=where.city_id, cinema_id=cinema_id)
            return [ExperienceShown.of(one, language) for one in found]

        return await answer(request, ready, make)

    @get(
        "/unique-name/{unique_name:str}",
        operation_id="readExperienceByName",
        responses={200: shows(ExperienceShown), **problems(ExperienceNotFound, 503)},
    )
    @inject
    async def experience_by_name(
        self,
        request: Req,
        unique_name: FromPath[str],
        read: FromDishka[ReadExperience],
        ready: FromDishka[ReadyAnswers],
    ) -> Response[bytes]:
        """One experience by its name for addresses."""

        async def make(language: Language) -> object:
            return ExperienceShown.of(await read(unique_name), language)

        return await answer(request, ready, make)

    @get(
        "/{experience_id:str}",
        operation_id="readExperience",
        responses={200: shows(ExperienceShown), **problems(ExperienceNotFound, 503)},
    )
    @inject
    async def experience(
        self,
        request: Req,
        experience_id: FromPath[str],
        read: FromDishka[ReadExperience],
        ready: FromDishka[ReadyAnswers],
    ) -> Response[bytes]:
        """One experience."""
        if not (experience_id.isascii() and experience_id.isdecimal() and len(experience_id) <= _MOST_DIGITS):
            raise ExperienceNotFound
        wanted = int(experience_id)

        async def make(language: Language) -> object:
            return ExperienceShown.of(await read(wanted), language)

        return await answer(request, ready, make)


def _point(lat: str | None, long: str | None) -> Point:
    try:
        return Point(float(lat or ""), float(long or ""))
    except ValueError:
        raise InvalidParameter("lat and long are degrees on the globe", field="lat, long") from None
