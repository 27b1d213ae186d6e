"""Where gateways send buyers back to."""

from __future__ import annotations

from asyncio import sleep
from dataclasses import replace
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from dishka.integrations.litestar import FromDishka, inject
from litestar import Controller, Request, Response, get

from muvi.adapters.http.problems import problems
from muvi.adapters.http.public.pay_pages import PaymentPages
from muvi.adapters.http.request import refuse_nothing
from muvi.adapters.http.wire import language_asked, language_of
from muvi.application.payments.note_return import NoteReturn, NoteReturnCommand, ReturnNoted
from muvi.application.payments.show_payment_page import PageState, ShowPaymentPage
from muvi.domain.shared.ids import from_wire, to_wire

Req = Request[Any, Any, Any]
HYPERPAY = "hyperpay"
PATIENCE_S, STEP_S = 2.0, 0.2
"""How long a person at a browser waits for news before being sent on, and how often we look."""


class Transactions(Controller):
    """`/transactions`: return visits. They prove nothing and change nothing but that a check is wanted."""

    path = "/transactions"
    tags = ("payments",)

    @get(
        "/hyperPay",
        operation_id="returnFromHyperPay",
        status_code=303,
        before_request=refuse_nothing,
        responses=problems(503),
    )
    @inject
    async def hyperpay(
        self,
        request: Req,
        note: FromDishka[NoteReturn],
        show: FromDishka[ShowPaymentPage],
        pages: FromDishka[PaymentPages],
    ) -> Response[bytes]:
        """Send the buyer on: 303 to the client's address with `orderId`, else to our own page.

        Reads `attemptId` (ours) and `id` (the checkout's); the platform also calls this without cookies or
        parameters. `resourcePath` and everything else is ignored. A browser is kept for up to two seconds, so
        that a declined card ends at the client's address for failures.
        """
        query = request.query_params
        command = NoteReturnCommand(
            gateway=HYPERPAY,
            attempt_id=_id(query.get("attemptId", "")),
            checkout_id=query.get("id", "").replace("\0", "")[:200],
        )
        noted = await note(command)
        if noted is not None and noted.url and "text/html" in request.headers.get("accept", ""):
            noted = await _with_news(noted, show)
        headers = {"location": _onward(request, noted, pages), "cache-control": "no-store"}
        return Response(content=b"", status_code=303, headers=headers, media_type="text/plain")


def _id(text: str) -> Any:  # noqa: ANN401  (a UUID or None)
    try:
        return from_wire(text)
    except ValueError:
        return None


async def _with_news(noted: ReturnNoted, show: ShowPaymentPage) -> ReturnNoted:
    """Wait a little for a check to end: the gateway's word comes a moment after the buyer. Reads only."""
    for _ in range(int(PATIENCE_S / STEP_S)):
        page = await show(noted.attempt_id)
        if page.state is PageState.FAILED:
            return replace(noted, url=page.view.failed_url or noted.url)
        if page.state in (PageState.PAID, PageState.REFUNDED) or not page.view.failed_url:
            break
        await sleep(STEP_S)
    return noted


def _onward(request: Req, noted: ReturnNoted | None, pages: PaymentPages) -> str:
    asked = language_asked(request.query_params.get("lang"))
    if noted is None:
        language = asked or language_of(request.headers)
        return f"{pages.base_url}/pay/back?lang={language.value}"
    if noted.url:
        return with_order(noted.url, to_wire(noted.order_id))
    language = asked or noted.language
    return f"{pages.base_url}/pay/{to_wire(noted.attempt_id)}/done?lang={language.value}"


def with_order(address: str, order_id: str) -> str:
    """The client's address with `orderId` in its query, which otherwise stays as it is."""
    parts = urlsplit(address)
    query = [pair for pair in parse_qsl(parts.query, keep_blank_values=True) if pair[0] != "orderId"]
    return urlunsplit(parts._replace(query=urlencode([*query, ("orderId", order_id)])))
