"""What the routes of customers and of guests share."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import Any

from litestar import Request, get, post

from muvi.adapters.http.auth import buyer_of
from muvi.adapters.http.idempotency import REFUSED, Idempotent, IdempotentOperation
from muvi.adapters.http.problems import BODY, problems
from muvi.adapters.http.public.order_wire import OrderShown, OrderWriter
from muvi.adapters.http.public.pay_pages import PaymentPages
from muvi.adapters.http.public.pay_wire import (
    Action,
    FormAction,
    NoAction,
    PayBody,
    PaymentOpened,
    RedirectAction,
    WidgetAction,
)
from muvi.adapters.http.public.refusals import PAY
from muvi.adapters.http.wire import (
    id_in_path,
    language_of,
    wire_id,
)
from muvi.application.orders.read_orders import ReadOrder, ReadOrderCommand
from muvi.application.orders.start_payment import PaymentStarted, StartPayment, StartPaymentCommand
from muvi.domain.orders.errors import OrderNotFound
from muvi.domain.orders.order import BuyerDetails
from muvi.domain.payments.attempt import PaymentAttempt
from muvi.domain.payments.front_end import CardWidget, DirectCharge, HostedForm
from muvi.domain.payments.return_address import require_return_address
from muvi.ports.identity.tokens import AccessTokens

Req = Request[Any, Any, Any]
ORDER = "order"


@dataclass(frozen=True, slots=True)
class ReturnOrigins:
    """Where a buyer may be sent back to."""

    allowed: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class OrderCounter:
    """Shows a buyer their order."""

    tokens: AccessTokens
    read: ReadOrder
    writer: OrderWriter

    async def show(self, request: Req, order_id: str) -> OrderShown:
        """The order as its owner sees it now."""
        actor = buyer_of(request, self.tokens)
        request.scope["state"][ORDER] = order_id
        view = await self.read(ReadOrderCommand(actor=actor, order_id=id_in_path(order_id, OrderNotFound)))
        return self.writer.write(view, language_of(request.headers))


@dataclass(frozen=True, slots=True)
class PaymentCounter:
    """Opens payments."""

    tokens: AccessTokens
    start: StartPayment
    origins: ReturnOrigins
    pages: PaymentPages

    async def open(self, request: Req, order_id: str, data: PayBody) -> PaymentOpened:
        """Begin to pay and say what the client does next."""
        actor = buyer_of(request, self.tokens)
        request.scope["state"][ORDER] = order_id
        data.require_card()
        name = f"{data.first_name or ''} {data.last_name or ''}".strip()
        started = await self.start(
            StartPaymentCommand(
                actor=actor,
                order_id=id_in_path(order_id, OrderNotFound),
                language=language_of(request.headers),
                gateway=(data.gateway or "").strip().lower(),
                success_url=require_return_address(
                    data.success_web_url or "", self.origins.allowed, field="successWebUrl"
                ),
                failed_url=require_return_address(
                    data.failed_web_url or "", self.origins.allowed, field="failedWebUrl"
                ),
                buyer=BuyerDetails(name=name, email=(data.email or "").strip()),
                ip=request.client.host if request.client else "",
                token=data.card_token(),
            )
        )
        return _opened(started, self.pages)


def _opened(started: PaymentStarted, pages: PaymentPages) -> PaymentOpened:
    attempt = started.attempt
    return PaymentOpened(
        status=started.order.status,
        order_id=wire_id(started.order.id),
        payment_id=wire_id(attempt.id),
        tickets=[],
        next_action=_action(attempt, pages),
    )


def _action(attempt: PaymentAttempt, pages: PaymentPages) -> Action:
    url = pages.page(attempt.id, attempt.language)
    if isinstance(attempt.front, DirectCharge):
        bank = attempt.front.challenge_url if attempt.is_open else ""
        return RedirectAction(url=bank) if bank else NoAction(url=pages.done(attempt.id, attempt.language))
    if isinstance(attempt.front, HostedForm):
        return FormAction(url=url, form_url=attempt.front.url, form_fields=dict(attempt.front.fields))
    widget = attempt.front or CardWidget(script_url="")
    return WidgetAction(
        url=url,
        checkout_id=attempt.checkout_id or None,
        script_url=widget.script_url or None,
        result_url=pages.result(attempt.id),
        integrity=widget.integrity or None,
    )


read_route = partial(get, "/{order_id:str}", responses=problems(401, OrderNotFound, 503))
"""Customers and guests read an order by the same route below their own path, and pay by the same."""
pay_route = partial(
    post,
    "/{order_id:str}/pay",
    status_code=200,
    middleware=[Idempotent],
    operation_class=IdempotentOperation,
    responses=problems(*BODY, 401, *PAY, *REFUSED, 502, 503),
)
