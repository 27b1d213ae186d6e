"""Showtimes: lists and pages. Seats have their own module."""

from __future__ import annotations

from dishka.integrations.litestar import FromDishka, inject
from litestar import Controller, Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath

from muvi.adapters.http.problems import problems, shows
from muvi.adapters.http.public.browsing import WHEN, WHERE, WINDOW, PublicLinks, answer
from muvi.adapters.http.public.queries import InvalidParameter, Req, When, Where, showtime_query
from muvi.adapters.http.public.shown import CinemaShown, FilmShown, ShowtimeDetail, ShowtimeShown, fields_of
from muvi.adapters.http.ready import ReadyAnswers
from muvi.adapters.http.wire import Page, UnknownReference
from muvi.application.catalog.check_references import FindUnknownReferences
from muvi.application.showtimes.browse_showtimes import ListShowtimes, ListStartingNow, ReadShowtime
from muvi.domain.shared.ids import from_wire
from muvi.domain.shared.text import Language
from muvi.domain.showtimes.errors import ShowtimeNotFound
from muvi.ports.listing import Window


class Showtimes(Controller):
    """`/showtimes`."""

    path = "/showtimes"
    tags = ("showtimes",)

    @get(
        "/",
        operation_id="listShowtimes",
        dependencies={**WHERE, **WHEN, **WINDOW},
        responses={200: shows(Page[ShowtimeShown]), **problems(InvalidParameter, UnknownReference, 503)},
    )
    @inject
    async def showtimes(
        self,
        request: Req,
        where: NamedDependency[Where],
        when: NamedDependency[When],
        window: NamedDependency[Window],
        find: FromDishka[ListShowtimes],
        check: FromDishka[FindUnknownReferences],
        ready: FromDishka[ReadyAnswers],
    ) -> Response[bytes]:
        """Showtimes on sale that have not begun, soonest first; with `date`, those of a business date."""

        async def make(language: Language) -> object:
            await where.check(check, when.film_id)
            found = await find(showtime_query(where, when, window))
            rows = [ShowtimeShown.of(one, language) for one in found.rows]
            return Page.of(rows, found.total, window)

        return await answer(request, ready, make)

    @get(
        "/starting-now",
        operation_id="listShowtimesStartingNow",
        dependencies={**WHERE, **WINDOW},
        responses={200: shows(Page[ShowtimeShown]), **problems(InvalidParameter, UnknownReference, 503)},
    )
    @inject
    async def starting_now(
        self,
        request: Req,
        where: NamedDependency[Where],
        window: NamedDependency[Window],
        find: FromDishka[ListStartingNow],
        check: FromDishka[FindUnknownReferences],
        ready: FromDishka[ReadyAnswers],
    ) -> Response[bytes]:
        """Showtimes that begin within the next minutes; how many is a setting."""

        async def make(language: Language) -> object:
            await where.check(check)
            found = await find(showtime_query(where, When(film_id=None, day=None), window))
            rows = [ShowtimeShown.of(one, language) for one in found.rows]
            return Page.of(rows, found.total, window)

        return await answer(request, ready, make)

    @get(
        "/{showtime_id:str}",
        operation_id="readShowtime",
        responses={200: shows(ShowtimeDetail), **problems(ShowtimeNotFound, 503)},
    )
    @inject
    async def showtime(
        self,
        request: Req,
        showtime_id: FromPath[str],
        read: FromDishka[ReadShowtime],
        ready: FromDishka[ReadyAnswers],
        links: FromDishka[PublicLinks],
    ) -> Response[bytes]:
        """One showtime with its film and cinema, also after it began."""
        try:
            wanted = from_wire(showtime_id)
        except ValueError:
            raise ShowtimeNotFound from None

        async def make(language: Language) -> object:
            found = await read(wanted)
            return ShowtimeDetail(
                **fields_of(ShowtimeShown.of(found.showtime, language)),  # type: ignore[arg-type]
                on_sale=found.showtime.listed,
                film=FilmShown.of(found.film, language, links) if found.film else None,
                cinema=CinemaShown.of(found.cinema, language, links) if found.cinema else None,
            )

        return await answer(request, ready, make)
