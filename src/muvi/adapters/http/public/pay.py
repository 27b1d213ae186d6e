"""Our payment page: it shows the amount and the time, and embeds the gateway's own card form."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial
from typing import Annotated, Any

from dishka.integrations.litestar import FromDishka, inject
from litestar import Controller, MediaType, Request, Response, get
from litestar.params import FromPath, QueryParameter

from muvi.adapters.http.bodies import PageOperation
from muvi.adapters.http.problems import on_domain_error, problems
from muvi.adapters.http.public.pay_pages import PaymentPages
from muvi.adapters.http.public.pay_render import not_found_page, payment_page, thank_you_page
from muvi.adapters.http.wire import QUERY_TEXT, Answer, Lang, id_in_path, language_asked, language_of
from muvi.application.payments.show_payment_page import PageState, PaymentNotFound, ShowPaymentPage
from muvi.domain.shared.text import Language

Req = Request[Any, Any, Any]
HTML = MediaType.HTML
Card = Annotated[
    str | None,
    QueryParameter(description="another: send one more card.", schema_extra=QUERY_TEXT),
]


class PaymentState(Answer, frozen=True):
    """`state`: payable, declined, waiting, paid, returning, refunded, failed, over or ended. Tickets are the
    order's.
    """

    state: str


@dataclass(frozen=True, slots=True)
class PaymentScreen:
    """Shows the page of a payment."""

    show: ShowPaymentPage
    pages: PaymentPages

    async def render(
        self, attempt_id: str, asked: Language | None, *, visited: bool = False, another: bool = False
    ) -> Response[bytes]:
        """In the language asked for, else the purchase's; `visited` after the visit to the gateway, `another`
        for a buyer who chose to send another card.
        """
        page = await self.show(id_in_path(attempt_id, PaymentNotFound), another=another)
        if visited and page.state is PageState.PAYABLE:  # the news of it are still to come
            page = replace(page, state=PageState.WAITING)
        return payment_page(page, self.pages, asked or page.view.language, visited=visited)


def _no_page(request: Req, error: PaymentNotFound) -> Response[bytes]:
    """A page for whoever looks at it, in the language of the link; a problem document for a program."""
    told = on_domain_error(request, error)
    if "text/html" not in request.headers.get("accept", ""):
        return told
    return not_found_page(language_asked(request.query_params.get("lang")) or language_of(request.headers))


_page_route = partial(
    get,
    media_type=HTML,
    operation_class=PageOperation,
    responses=problems(PaymentNotFound, 503),
    exception_handlers={PaymentNotFound: _no_page},
)


class Pay(Controller):
    """`/pay`: outside of the versioned API. An attempt's id opens its page, so nothing personal is on it."""

    path = "/pay"
    tags = ("payments",)

    @get("/back", operation_id="paymentBack", media_type=HTML, responses=problems(), sync_to_thread=False)
    def back(self, request: Req, lang: Lang = None) -> Response[bytes]:
        """For a visit that names no payment of ours."""
        return thank_you_page(language_asked(lang) or language_of(request.headers))

    @_page_route("/{attempt_id:str}", operation_id="showPaymentPage")
    @inject
    async def page(
        self,
        attempt_id: FromPath[str],
        screen: FromDishka[PaymentScreen],
        lang: Lang = None,
        card: Card = None,
    ) -> Response[bytes]:
        """The page with the card form; once that makes no sense any more, what became of the payment.

        While the end of a card is open it waits, and offers to take another one all the same (`card`).
        """
        return await screen.render(attempt_id, language_asked(lang), another=card == "another")

    @_page_route("/{attempt_id:str}/done", operation_id="showPaymentResult")
    @inject
    async def done(
        self,
        attempt_id: FromPath[str],
        screen: FromDishka[PaymentScreen],
        lang: Lang = None,
    ) -> Response[bytes]:
        """Where a buyer lands whose client gave no address of its own: waits for the gateway's word."""
        return await screen.render(attempt_id, language_asked(lang), visited=True)

    @get("/{attempt_id:str}/state", operation_id="showPaymentState", responses=problems(PaymentNotFound, 503))
    @inject
    async def state(
        self, attempt_id: FromPath[str], show: FromDishka[ShowPaymentPage]
    ) -> Response[PaymentState]:
        """What the waiting page asks; it never asks a gateway."""
        page = await show(id_in_path(attempt_id, PaymentNotFound))
        return Response(content=PaymentState(state=page.state.value), headers={"cache-control": "no-store"})
