"""The seat map of a showtime."""

from __future__ import annotations

from functools import partial
from typing import Any

from dishka.integrations.litestar import FromDishka, inject
from litestar import Controller, Request, Response, get
from litestar.params import FromPath

from muvi.adapters.http.auth import platform_of
from muvi.adapters.http.problems import problems, shows
from muvi.adapters.http.public.seat_map_pages import SeatMapPages
from muvi.adapters.http.public.seat_map_wire import SeatMapShown, seat_map_bytes
from muvi.adapters.http.wire import id_in_path, language_of
from muvi.application.seating.read_seat_map import ReadSeatMap, SeatMapQuery
from muvi.domain.orders.errors import ShowtimeClosed
from muvi.domain.shared.actor import Platform
from muvi.domain.shared.text import Language
from muvi.domain.showtimes.errors import ShowtimeNotFound


class Seats(Controller):
    """What a hall looks like now."""

    tags = ("showtimes",)

    @get(
        "/showtimes/{showtime_id:str}/seats",
        operation_id="showtimeSeats",
        responses={200: shows(SeatMapShown), **problems(ShowtimeNotFound, ShowtimeClosed, 503)},
    )
    @inject
    async def seats(
        self,
        request: Request[Any, Any, Any],
        showtime_id: FromPath[str],
        pages: FromDishka[SeatMapPages],
        read: FromDishka[ReadSeatMap],
    ) -> Response[SeatMapShown]:
        """Every seat of the hall with its state, areas with their tickets, in the asked language.

        A claim shows within a second. `ETag` and `If-None-Match` save the body of an unchanged map.
        """
        viewer = (platform_of(request), language_of(request.headers))
        name = showtime_id.upper()
        page = pages.find(name, viewer)
        if page is None:
            page = await pages.make(name, viewer, partial(_bytes, read, showtime_id, *viewer))
        return page.answer(request.headers.get("if-none-match"))


async def _bytes(read: ReadSeatMap, showtime_id: str, platform: Platform, language: Language) -> bytes:
    query = SeatMapQuery(showtime_id=id_in_path(showtime_id, ShowtimeNotFound), platform=platform)
    return seat_map_bytes(await read(query), language)
