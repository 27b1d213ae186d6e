"""Films: lists, pages, where and when."""

from __future__ import annotations

from uuid import UUID

from dishka.integrations.litestar import FromDishka, inject
from litestar import Controller, Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath

from muvi.adapters.http.problems import problems, shows
from muvi.adapters.http.public.browsing import NARROWER, WHEN, WHERE, WINDOW, PublicLinks, answer
from muvi.adapters.http.public.queries import (
    InvalidParameter,
    Narrower,
    Req,
    TypeText,
    When,
    Where,
    film_type,
    longest,
    refuse_repeated,
    showtime_query,
)
from muvi.adapters.http.public.shown import (
    CinemaShown,
    CinemaWithShowtimes,
    FilmDetail,
    FilmShown,
    FilmWithShowtimes,
    ShowtimeShown,
    fields_of,
)
from muvi.adapters.http.ready import ReadyAnswers
from muvi.adapters.http.wire import Page, UnknownReference
from muvi.application.catalog.browse_films import (
    CinemaShowings,
    FilmCinemasQuery,
    ListFilmCinemas,
    ListFilms,
    ListShowings,
    ReadFilm,
)
from muvi.application.catalog.check_references import FindUnknownReferences
from muvi.domain.catalog.errors import FilmNotFound
from muvi.domain.shared.ids import from_wire
from muvi.domain.shared.text import Language
from muvi.ports.catalog.films import FilmQuery
from muvi.ports.listing import Window


class Films(Controller):
    """`/films`."""

    path = "/films"
    tags = ("films",)

    @get(
        "/",
        operation_id="listFilms",
        dependencies={**WHERE, **WINDOW},
        responses={200: shows(Page[FilmShown]), **problems(InvalidParameter, UnknownReference, 503)},
    )
    @inject
    async def films(
        self,
        request: Req,
        where: NamedDependency[Where],
        window: NamedDependency[Window],
        find: FromDishka[ListFilms],
        check: FromDishka[FindUnknownReferences],
        ready: FromDishka[ReadyAnswers],
        links: FromDishka[PublicLinks],
        type_: TypeText = None,
    ) -> Response[bytes]:
        """Films showing now or coming soon; with a place or an experience, those that are shown there."""
        refuse_repeated(request, "type")

        async def make(language: Language) -> object:
            kind = film_type(type_)
            await where.check(check)
            found = await find(
                FilmQuery(
                    type=kind,
                    cinema_ids=where.cinema_ids,
                    city_id=where.city_id,
                    experience_ids=where.experience_ids,
                    window=window,
                )
            )
            rows = [FilmShown.of(one, language, links) for one in found.rows]
            return Page.of(rows, found.total, window)

        return await answer(request, ready, make)

    @get(
        "/showtimes",
        operation_id="listFilmsWithShowtimes",
        dependencies={**WHERE, **WHEN, **WINDOW},
        responses={200: shows(Page[FilmWithShowtimes]), **problems(InvalidParameter, UnknownReference, 503)},
    )
    @inject
    async def showings(
        self,
        request: Req,
        where: NamedDependency[Where],
        when: NamedDependency[When],
        window: NamedDependency[Window],
        find: FromDishka[ListShowings],
        check: FromDishka[FindUnknownReferences],
        ready: FromDishka[ReadyAnswers],
        links: FromDishka[PublicLinks],
    ) -> Response[bytes]:
        """What is on in a city or cinema, film by film; the page counts films.

        Without `date` and `cinemaId`: the soonest business date.
        """

        async def make(language: Language) -> object:
            await where.check(check, when.film_id)
            found = await find(showtime_query(where, when, window))
            rows = [
                FilmWithShowtimes(
                    **fields_of(FilmShown.of(one.film, language, links)),  # type: ignore[arg-type]
                    showtimes=[ShowtimeShown.of(showtime, language) for showtime in one.showtimes],
                )
                for one in found.rows
            ]
            return Page.of(rows, found.total, window)

        return await answer(request, ready, make)

    @get(
        "/unique-name/{unique_name:str}",
        operation_id="readFilmByName",
        responses={200: shows(FilmDetail), **problems(FilmNotFound, 503)},
    )
    @inject
    async def film_by_name(
        self,
        request: Req,
        unique_name: FromPath[str],
        read: FromDishka[ReadFilm],
        ready: FromDishka[ReadyAnswers],
        links: FromDishka[PublicLinks],
    ) -> Response[bytes]:
        """One film by its name for addresses."""

        async def make(language: Language) -> object:
            return FilmDetail.whole(await read(unique_name), language, links)

        return await answer(request, ready, make)

    @get(
        "/{film_id:str}",
        operation_id="readFilm",
        responses={200: shows(FilmDetail), **problems(FilmNotFound, 503)},
    )
    @inject
    async def film(
        self,
        request: Req,
        film_id: FromPath[str],
        read: FromDishka[ReadFilm],
        ready: FromDishka[ReadyAnswers],
        links: FromDishka[PublicLinks],
    ) -> Response[bytes]:
        """One film."""
        wanted = _film_id(film_id)

        async def make(language: Language) -> object:
            return FilmDetail.whole(await read(wanted), language, links)

        return await answer(request, ready, make)

    @get(
        "/{film_id:str}/cinemas",
        operation_id="listFilmCinemas",
        dependencies={**WHERE, **NARROWER, **WHEN, **WINDOW},
        responses={
            200: shows(Page[CinemaWithShowtimes]),
            **problems(FilmNotFound, InvalidParameter, UnknownReference, 503),
        },
    )
    @inject
    async def cinemas(  # noqa: PLR0913, PLR0917  (each is one thing the question names)
        self,
        request: Req,
        film_id: FromPath[str],
        where: NamedDependency[Where],
        narrower: NamedDependency[Narrower],
        when: NamedDependency[When],
        window: NamedDependency[Window],
        find: FromDishka[ListFilmCinemas],
        check: FromDishka[FindUnknownReferences],
        ready: FromDishka[ReadyAnswers],
        links: FromDishka[PublicLinks],
    ) -> Response[bytes]:
        """The cinemas that show a film, with its showtimes there."""
        wanted = _film_id(film_id)
        window = longest(request, window) if narrower.more else window

        async def make(language: Language) -> object:
            await where.check(check)
            await narrower.check(check)
            within = narrower.of(where)
            if within is None:
                return Page[CinemaWithShowtimes].of([], 0, window)
            found = await find(
                FilmCinemasQuery(
                    film_id=wanted,
                    city_id=within.city_id,
                    cinema_ids=within.cinema_ids,
                    experience_ids=within.experience_ids,
                    business_date=when.day,
                    window=window,
                )
            )
            rows = [_with_showtimes(one, language, links) for one in found.rows]
            return Page.of(rows, found.total, window)

        return await answer(request, ready, make)


def _with_showtimes(one: CinemaShowings, language: Language, links: PublicLinks) -> CinemaWithShowtimes:
    return CinemaWithShowtimes(
        **fields_of(CinemaShown.of(one.cinema, language, links)),  # type: ignore[arg-type]
        showtimes=[ShowtimeShown.of(showtime, language) for showtime in one.showtimes],
    )


def _film_id(text: str) -> UUID:
    try:
        return from_wire(text)
    except ValueError:
        raise FilmNotFound from None
