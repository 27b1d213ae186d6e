"""What the routes of customers and of guests share."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from litestar import Request

from muvi.adapters.http.auth import buyer_of
from muvi.adapters.http.public.order_wire import (
    NextAction,
    OrderShown,
    OrderWriter,
    PayBody,
    PaymentOpened,
)
from muvi.adapters.http.public.pay_pages import PaymentPages
from muvi.adapters.http.wire import (
    id_in_path,
    language_of,
    wire_id,
)
from muvi.application.orders.read_orders import ReadOrder, ReadOrderCommand
from muvi.application.orders.start_payment import PaymentStarted, StartPayment, StartPaymentCommand
from muvi.domain.orders.errors import OrderNotFound
from muvi.domain.orders.order import BuyerDetails
from muvi.domain.payments.return_address import require_return_address
from muvi.ports.identity.tokens import AccessTokens

Req = Request[Any, Any, Any]
ORDER = "order"


@dataclass(frozen=True, slots=True)
class ReturnOrigins:
    """Where a buyer may be sent back to."""

    allowed: tuple[str, ...]


async def show_order(
    request: Req, order_id: str, tokens: AccessTokens, read: ReadOrder, writer: OrderWriter
) -> OrderShown:
    """The order as its owner sees it now."""
    actor = buyer_of(request, tokens)
    request.scope["state"][ORDER] = order_id
    view = await read(ReadOrderCommand(actor=actor, order_id=id_in_path(order_id, OrderNotFound)))
    return writer.write(view, language_of(request.headers))


async def open_payment(
    request: Req,
    order_id: str,
    data: PayBody,
    tokens: AccessTokens,
    start: StartPayment,
    origins: ReturnOrigins,
    pages: PaymentPages,
) -> PaymentOpened:
    """Begin to pay and say what the client does next."""
    actor = buyer_of(request, tokens)
    request.scope["state"][ORDER] = order_id
    data.require_card()
    name = f"{data.first_name or ''} {data.last_name or ''}".strip()
    started = await start(
        StartPaymentCommand(
            actor=actor,
            order_id=id_in_path(order_id, OrderNotFound),
            language=language_of(request.headers),
            gateway=(data.gateway or "").strip().lower(),
            success_url=require_return_address(
                data.success_web_url or "", origins.allowed, field="successWebUrl"
            ),
            failed_url=require_return_address(
                data.failed_web_url or "", origins.allowed, field="failedWebUrl"
            ),
            buyer=BuyerDetails(name=name, email=(data.email or "").strip()),
            ip=request.client.host if request.client else "",
        )
    )
    return _opened(started, pages)


def _opened(started: PaymentStarted, pages: PaymentPages) -> PaymentOpened:
    attempt = started.attempt
    return PaymentOpened(
        status=started.order.status,
        order_id=wire_id(started.order.id),
        payment_id=wire_id(attempt.id),
        tickets=[],
        next_action=NextAction(
            type="widget",
            url=pages.page(attempt.id, attempt.language),
            checkout_id=attempt.checkout_id or None,
            script_url=attempt.script_url or None,
            result_url=pages.result(attempt.id),
            integrity=attempt.integrity or None,
        ),
    )
