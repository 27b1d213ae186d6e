"""Guests buy under the paths that their clients know; what happens is the same."""

from __future__ import annotations

from typing import Any

from dishka.integrations.litestar import FromDishka, inject
from litestar import Controller, Request
from litestar.params import FromPath, JSONBody

from muvi.adapters.http.auth import BUYER
from muvi.adapters.http.public.order_flow import OrderCounter, PaymentCounter, pay_route, read_route
from muvi.adapters.http.public.order_wire import OrderShown
from muvi.adapters.http.public.pay_wire import PayBody, PaymentOpened

Req = Request[Any, Any, Any]


class GuestOrders(Controller):
    """`/guest-users/orders`: the same for guests, under the paths that their clients know."""

    path = "/guest-users/orders"
    tags = ("orders",)
    security = BUYER

    @read_route(operation_id="readGuestOrder")
    @inject
    async def read(
        self, request: Req, order_id: FromPath[str], orders: FromDishka[OrderCounter]
    ) -> OrderShown:
        """The order as it stands."""
        return await orders.show(request, order_id)

    @pay_route(operation_id="payGuestOrder")
    @inject
    async def pay(
        self,
        request: Req,
        order_id: FromPath[str],
        data: JSONBody[PayBody],
        payments: FromDishka[PaymentCounter],
    ) -> PaymentOpened:
        """Begin to pay."""
        return await payments.open(request, order_id, data)
