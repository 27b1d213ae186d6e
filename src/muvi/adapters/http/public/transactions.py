"""Where gateways send buyers back to."""

from __future__ import annotations

from asyncio import sleep
from dataclasses import dataclass, replace
from typing import Annotated, Any
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from dishka.integrations.litestar import FromDishka, inject
from litestar import Controller, Request, get, post
from litestar.params import QueryParameter
from litestar.response import Redirect

from muvi.adapters.http.bodies import SignedOperation
from muvi.adapters.http.problems import problems
from muvi.adapters.http.public.pay_pages import PaymentPages
from muvi.adapters.http.request import refuse_nothing
from muvi.adapters.http.wire import QUERY_TEXT, language_asked, language_of
from muvi.application.payments.note_return import NoteReturn, NoteReturnCommand, ReturnNoted
from muvi.application.payments.show_payment_page import PageState, ShowPaymentPage
from muvi.domain.shared.errors import Conflict
from muvi.domain.shared.ids import from_wire, to_wire
from muvi.ports.errors import Unavailable

Req = Request[Any, Any, Any]
HYPERPAY, PAYFORT = "hyperpay", "payfort"
PATIENCE_S, STEP_S = 2.0, 0.2
"""How long a person at a browser waits for news before being sent on, and how often we look."""
AttemptId = Annotated[
    str,
    QueryParameter(name="attemptId", description="Ours, as we told the gateway.", schema_extra=QUERY_TEXT),
]
CheckoutId = Annotated[
    str, QueryParameter(name="id", description="The gateway's, of its checkout.", schema_extra=QUERY_TEXT)
]
NOT_NOW = (Unavailable, Conflict)
"""The database is away, or somebody holds the row: no person at a browser is shown that."""


@dataclass(frozen=True, slots=True)
class Returns:
    """Takes a visit and sends the buyer on."""

    note: NoteReturn
    show: ShowPaymentPage
    pages: PaymentPages

    async def take(self, request: Req, command: NoteReturnCommand) -> Redirect:
        """Note who came back; the answer leads to the client's address, or to our own page."""
        noted = await self._noted(request, command)
        if noted is not None and noted.url and "text/html" in request.headers.get("accept", ""):
            noted = replace(noted, url=await _with_news(noted, self.show))
        place = _onward(request, noted, self.pages)
        return Redirect(place, status_code=303, headers={"cache-control": "no-store"})

    async def _noted(self, request: Req, command: NoteReturnCommand) -> ReturnNoted | None:
        try:
            return await self.note(command)
        except NOT_NOW:
            request.scope["state"]["outcome"] = "not-noted"
            return None


class Transactions(Controller):
    """`/transactions`: return visits. They prove nothing and change nothing but that a check is wanted. One
    that cannot be noted leads to our page for visits without a payment: messages and looks at set times find
    the money as well.
    """

    path = "/transactions"
    tags = ("payments",)

    @get(
        "/hyperPay",
        operation_id="returnFromHyperPay",
        status_code=303,
        before_request=refuse_nothing,
        responses=problems(),
    )
    @inject
    async def hyperpay(
        self,
        request: Req,
        returns: FromDishka[Returns],
        attempt_id: AttemptId = "",
        checkout_id: CheckoutId = "",
    ) -> Redirect:
        """Send the buyer on: 303 to the client's address with `orderId`, else to our own page.

        Reads `attemptId` (ours) and `id` (the checkout's); the platform also calls this without cookies or
        parameters. `resourcePath` and everything else is ignored. A browser is kept for up to two seconds, so
        that a declined card ends at the client's address for failures.
        """
        command = NoteReturnCommand(
            gateway=HYPERPAY, attempt_id=_id(attempt_id), checkout_id=checkout_id.replace("\0", "")[:200]
        )
        return await returns.take(request, command)

    @post(
        "/payfort",
        operation_id="returnFromPayFort",
        operation_class=SignedOperation,
        status_code=303,
        before_request=refuse_nothing,
        responses=problems(413),
    )
    @inject
    async def payfort(
        self,
        request: Req,
        returns: FromDishka[Returns],
    ) -> Redirect:
        """Send the buyer on: 303 to the client's address with `orderId`, else to our own page.

        The gateway's page has the browser post signed fields. They name the payment when the signature is
        right; what they say of it is not believed. Anything else leads to our page for visits without a
        payment. A browser is kept for up to two seconds, as with `GET /transactions/hyperPay`.
        """
        command = NoteReturnCommand(gateway=PAYFORT, posted=await request.body())
        return await returns.take(request, command)


def _id(text: str) -> Any:  # noqa: ANN401  (a UUID or None)
    try:
        return from_wire(text)
    except ValueError:
        return None


async def _with_news(noted: ReturnNoted, show: ShowPaymentPage) -> str:
    """Wait a little for a check to end: the gateway's word comes a moment after the buyer. Reads only."""
    for _ in range(int(PATIENCE_S / STEP_S)):
        try:
            page = await show(noted.attempt_id)
        except NOT_NOW:
            break
        good, bad = page.view.success_url or noted.url, page.view.failed_url or noted.url
        if page.state in (PageState.FAILED, PageState.DECLINED) or page.bought_nothing:
            return bad
        if page.state in (PageState.PAID, PageState.RETURNING, PageState.REFUNDED):
            return good
        if not page.view.failed_url:
            break
        await sleep(STEP_S)
    return noted.url


def _onward(request: Req, noted: ReturnNoted | None, pages: PaymentPages) -> str:
    asked = language_asked(request.query_params.get("lang"))
    if noted is None:
        language = asked or language_of(request.headers)
        return f"{pages.base_url}/pay/back?lang={language.value}"
    if noted.url:
        return with_order(noted.url, to_wire(noted.order_id))
    language = asked or noted.language
    return pages.done(noted.attempt_id, language)


def with_order(address: str, order_id: str) -> str:
    """The client's address with `orderId` in its query, which otherwise stays as it is."""
    parts = urlsplit(address)
    query = [pair for pair in parse_qsl(parts.query, keep_blank_values=True) if pair[0] != "orderId"]
    return urlunsplit(parts._replace(query=urlencode([*query, ("orderId", order_id)])))
