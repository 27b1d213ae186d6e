"""Ticket images, behind addresses nobody can guess."""

from __future__ import annotations

from dishka.integrations.litestar import FromDishka, inject
from litestar import Controller, Response, get
from litestar.params import FromPath

from muvi.adapters.http.links import TicketLinks
from muvi.adapters.http.problems import problems
from muvi.adapters.http.wire import Lang, language_asked
from muvi.application.tickets.show_ticket_image import ShowTicketImage, TicketsNotIssued

PNG = ".png"


class Tickets(Controller):
    """`/tickets`: outside of the versioned API, since messages link here for years."""

    path = "/tickets"
    tags = ("tickets",)

    @get(
        "/{order_id:str}/{name:str}",
        operation_id="showTicketImage",
        media_type="image/png",
        responses=problems(TicketsNotIssued, 503),
    )
    @inject
    async def image(
        self,
        order_id: FromPath[str],
        name: FromPath[str],
        links: FromDishka[TicketLinks],
        show: FromDishka[ShowTicketImage],
        lang: Lang = None,
    ) -> Response[bytes]:
        """The PNG with every seat of the order, its QR codes and the tax invoice."""
        found = links.order_of(order_id, name.removesuffix(PNG)) if name.endswith(PNG) else None
        if found is None:
            raise TicketsNotIssued
        image = await show(found, language_asked(lang))
        headers = {"cache-control": "private, max-age=86400"}
        return Response(content=image, media_type="image/png", headers=headers)
