"""Guests buy under the paths that their clients know; what happens is the same."""

from __future__ import annotations

from typing import Any

from dishka.integrations.litestar import FromDishka, inject
from litestar import Controller, Request, get, post
from litestar.params import FromPath, JSONBody

from muvi.adapters.http.auth import BUYER
from muvi.adapters.http.idempotency import REFUSED, Idempotent, IdempotentOperation
from muvi.adapters.http.problems import BODY, problems
from muvi.adapters.http.public.order_flow import ReturnOrigins, open_payment, show_order
from muvi.adapters.http.public.order_wire import (
    OrderShown,
    OrderWriter,
    PayBody,
    PaymentOpened,
)
from muvi.adapters.http.public.pay_pages import PaymentPages
from muvi.adapters.http.public.refusals import PAY
from muvi.application.orders.read_orders import ReadOrder
from muvi.application.orders.start_payment import StartPayment
from muvi.domain.orders.errors import OrderNotFound
from muvi.ports.identity.tokens import AccessTokens

Req = Request[Any, Any, Any]
ORDER = "order"


class GuestOrders(Controller):
    """`/guest-users/orders`: the same for guests, under the paths that their clients know."""

    path = "/guest-users/orders"
    tags = ("orders",)
    security = BUYER

    @get("/{order_id:str}", operation_id="readGuestOrder", responses=problems(401, OrderNotFound, 503))
    @inject
    async def read(
        self,
        request: Req,
        order_id: FromPath[str],
        tokens: FromDishka[AccessTokens],
        read: FromDishka[ReadOrder],
        writer: FromDishka[OrderWriter],
    ) -> OrderShown:
        """The order as it stands."""
        return await show_order(request, order_id, tokens, read, writer)

    @post(
        "/{order_id:str}/pay",
        operation_id="payGuestOrder",
        status_code=200,
        middleware=[Idempotent],
        operation_class=IdempotentOperation,
        responses=problems(*BODY, 401, *PAY, *REFUSED, 502, 503),
    )
    @inject
    async def pay(
        self,
        request: Req,
        order_id: FromPath[str],
        data: JSONBody[PayBody],
        tokens: FromDishka[AccessTokens],
        start: FromDishka[StartPayment],
        origins: FromDishka[ReturnOrigins],
        pages: FromDishka[PaymentPages],
    ) -> PaymentOpened:
        """Begin to pay."""
        return await open_payment(request, order_id, data, tokens, start, origins, pages)
