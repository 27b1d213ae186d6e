"""The seat map of a showtime."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial
from typing import Annotated, Any

from dishka.integrations.litestar import FromDishka, inject
from litestar import Controller, Request, Response, get
from litestar.enums import MediaType
from litestar.params import FromPath, QueryParameter
from litestar.response.base import ASGIResponse

from muvi.adapters.http.auth import actor_of, platform_of
from muvi.adapters.http.problems import problems, shows
from muvi.adapters.http.public.seat_map_pages import ReadyAnswer, SeatMapPages
from muvi.adapters.http.public.seat_map_wire import SeatMapShown, seat_map_bytes
from muvi.adapters.http.wire import QUERY_TEXT, id_in_path, language_of
from muvi.application.orders.read_orders import ReadOrder, ReadOrderCommand
from muvi.application.seating.read_seat_map import ReadSeatMap, SeatMapQuery
from muvi.domain.orders.errors import OrderNotFound, ShowtimeClosed
from muvi.domain.orders.order import OrderStatus
from muvi.domain.seating.seat_plan import SeatKey, SeatStatus
from muvi.domain.shared.actor import Platform
from muvi.domain.shared.errors import Unauthenticated
from muvi.domain.shared.ids import from_wire, to_wire
from muvi.domain.shared.text import Language
from muvi.domain.showtimes.errors import ShowtimeNotFound
from muvi.ports.clock import Clock
from muvi.ports.identity.tokens import AccessTokens

OrderId = Annotated[
    str | None,
    QueryParameter(name="orderId", description="An order of the asker's own.", schema_extra=QUERY_TEXT),
]


@dataclass(frozen=True, slots=True)
class OwnSeats:
    """The seats of the asker's own order, and of nobody else's."""

    tokens: AccessTokens
    read: ReadOrder
    clock: Clock

    async def of(
        self, request: Request[Any, Any, Any], order_id: str, showtime_id: str
    ) -> frozenset[SeatKey]:
        """What an unpaid order of the asker holds of this showtime; nothing for whoever is not its owner."""
        try:
            command = ReadOrderCommand(actor=actor_of(request, self.tokens), order_id=from_wire(order_id))
            order = (await self.read(command)).order
        except (ValueError, OrderNotFound, Unauthenticated):
            return frozenset()
        waits = order.status is OrderStatus.PENDING and self.clock.now() < order.expires_at
        here = to_wire(order.showtime_id) == showtime_id.upper()
        return frozenset(map(SeatKey, order.seats)) if waits and here else frozenset()


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
        own: FromDishka[OwnSeats],
        order_id: OrderId = None,
    ) -> Response[SeatMapShown]:
        """Every seat of the hall with its state, areas with their tickets, in the asked language.

        A claim shows within a second. `ETag` and `If-None-Match` save the body of an unchanged map. With the
        `orderId` of an order of the asker's own that still waits to be paid, the seats it holds can be chosen
        again, so they are AVAILABLE; any other `orderId` changes nothing.
        """
        viewer = (platform_of(request), language_of(request.headers))
        if order_id and (mine := await own.of(request, order_id, showtime_id)):
            body = await _bytes(read, showtime_id, *viewer, mine)
            private = {"cache-control": "private, no-store"}
            return ReadyAnswer(ASGIResponse(body=body, media_type=MediaType.JSON, headers=private))
        name = showtime_id.upper()
        page = pages.find(name, viewer)
        if page is None:
            page = await pages.make(name, viewer, partial(_bytes, read, showtime_id, *viewer))
        return page.answer(request.headers.get("if-none-match"))


async def _bytes(
    read: ReadSeatMap,
    showtime_id: str,
    platform: Platform,
    language: Language,
    mine: frozenset[SeatKey] = frozenset(),
) -> bytes:
    query = SeatMapQuery(showtime_id=id_in_path(showtime_id, ShowtimeNotFound), platform=platform)
    view = await read(query)
    freed = {key: SeatStatus.AVAILABLE for key in mine if view.statuses.get(key) is SeatStatus.HELD}
    return seat_map_bytes(replace(view, statuses={**view.statuses, **freed}) if freed else view, language)
