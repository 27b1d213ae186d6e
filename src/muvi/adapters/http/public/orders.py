"""Buying: orders of guests and customers."""

from __future__ import annotations

from typing import Any

from dishka.integrations.litestar import FromDishka, inject
from litestar import Controller, Request, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody

from muvi.adapters.http.auth import BUYER, buyer_of
from muvi.adapters.http.idempotency import (
    REFUSED,
    Idempotent,
    IdempotentOperation,
    IdempotentOperationWithOptionalBody,
)
from muvi.adapters.http.problems import BODY, problems
from muvi.adapters.http.public.browsing import WINDOW
from muvi.adapters.http.public.cancel_wire import CancelBody, Cancellability
from muvi.adapters.http.public.order_flow import OrderCounter, PaymentCounter, pay_route, read_route
from muvi.adapters.http.public.order_wire import (
    NewOrder,
    OrderPlaced,
    OrderShown,
    OrderWriter,
    SeatsBody,
)
from muvi.adapters.http.public.pay_wire import PayBody, PaymentOpened
from muvi.adapters.http.public.queries import InvalidParameter
from muvi.adapters.http.public.refusals import CANCEL, CHOOSE, PLACE
from muvi.adapters.http.wire import (
    Page,
    amount,
    id_in_body,
    id_in_path,
    language_of,
    wire_id,
)
from muvi.application.orders.cancel_order import (
    CancelOrder,
    CancelOrderCommand,
    CheckCancel,
    CheckCancelCommand,
)
from muvi.application.orders.choose_seats import ChooseSeats, ChooseSeatsCommand
from muvi.application.orders.place_order import PlaceOrder, PlaceOrderCommand
from muvi.application.orders.read_orders import ListOrders, ListOrdersCommand
from muvi.domain.orders.errors import OrderNotFound
from muvi.ports.identity.tokens import AccessTokens
from muvi.ports.listing import Window

Req = Request[Any, Any, Any]
ORDER = "order"


class Orders(Controller):
    """`/orders`: place, choose, pay, look, cancel."""

    path = "/orders"
    tags = ("orders",)
    security = BUYER

    @post(
        "/",
        operation_id="placeOrder",
        status_code=201,
        middleware=[Idempotent],
        operation_class=IdempotentOperation,
        responses=problems(*BODY, 401, *PLACE, *REFUSED, 503),
    )
    @inject
    async def place(
        self,
        request: Req,
        data: JSONBody[NewOrder],
        tokens: FromDishka[AccessTokens],
        place: FromDishka[PlaceOrder],
    ) -> OrderPlaced:
        """Start an order for a showtime; seats are chosen next."""
        actor = buyer_of(request, tokens)
        command = PlaceOrderCommand(
            actor=actor, showtime_id=data.showtime_id(), language=language_of(request.headers)
        )
        order = await place(command)
        request.scope["state"][ORDER] = wire_id(order.id)
        return OrderPlaced.of(order)

    @get("/", operation_id="listOrders", dependencies=WINDOW, responses=problems(401, InvalidParameter, 503))
    @inject
    async def list_orders(
        self,
        request: Req,
        tokens: FromDishka[AccessTokens],
        read: FromDishka[ListOrders],
        writer: FromDishka[OrderWriter],
        window: NamedDependency[Window],
    ) -> Page[OrderShown]:
        """One's own orders, newest first."""
        actor = buyer_of(request, tokens)
        found = await read(ListOrdersCommand(actor=actor, window=window))
        language = language_of(request.headers)
        shown = [writer.write(view, language) for view in found.rows]
        return Page.of(shown, found.total, window)

    @read_route(operation_id="readOrder")
    @inject
    async def read(
        self, request: Req, order_id: FromPath[str], orders: FromDishka[OrderCounter]
    ) -> OrderShown:
        """The order as it stands, whatever its status."""
        return await orders.show(request, order_id)

    @post(
        "/{order_id:str}/seats",
        operation_id="chooseSeats",
        status_code=200,
        middleware=[Idempotent],
        operation_class=IdempotentOperation,
        responses=problems(*BODY, 401, *CHOOSE, *REFUSED, 502, 503),
    )
    @inject
    async def seats(
        self,
        request: Req,
        order_id: FromPath[str],
        data: JSONBody[SeatsBody],
        tokens: FromDishka[AccessTokens],
        choose: FromDishka[ChooseSeats],
        orders: FromDishka[OrderCounter],
    ) -> OrderShown:
        """Choose seats and tickets; again replaces the choice. 409 `seats-unavailable` names the seats
        lost.
        """
        actor = buyer_of(request, tokens)
        command = ChooseSeatsCommand(
            actor=actor,
            order_id=id_in_path(order_id, OrderNotFound),
            showtime_id=id_in_body(data.session_id, "sessionId"),
            tickets=tuple(ticket.wish() for ticket in data.tickets),
        )
        await choose(command)
        return await orders.show(request, order_id)

    @pay_route(operation_id="payOrder")
    @inject
    async def pay(
        self,
        request: Req,
        order_id: FromPath[str],
        data: JSONBody[PayBody],
        payments: FromDishka[PaymentCounter],
    ) -> PaymentOpened:
        """Begin to pay; a second call meets the payment that is still open."""
        return await payments.open(request, order_id, data)

    @get(
        "/{order_id:str}/check-cancel",
        operation_id="checkCancel",
        responses=problems(401, OrderNotFound, 503),
    )
    @inject
    async def check_cancel(
        self,
        request: Req,
        order_id: FromPath[str],
        tokens: FromDishka[AccessTokens],
        check: FromDishka[CheckCancel],
    ) -> Cancellability:
        """Whether the order can be cancelled right now; an unpaid order gives nothing back."""
        actor = buyer_of(request, tokens)
        found = await check(CheckCancelCommand(actor=actor, order_id=id_in_path(order_id, OrderNotFound)))
        return Cancellability(
            can_cancel=found.allowed,
            refund_amount=amount(0, found.order.currency),
            refund_to="NONE",
            currency=found.order.currency,
        )

    @post(
        "/{order_id:str}/cancel",
        operation_id="cancelOrder",
        status_code=200,
        middleware=[Idempotent],
        operation_class=IdempotentOperationWithOptionalBody,
        responses=problems(*BODY, 401, *CANCEL, *REFUSED, 503),
    )
    @inject
    async def cancel(
        self,
        request: Req,
        order_id: FromPath[str],
        tokens: FromDishka[AccessTokens],
        cancel: FromDishka[CancelOrder],
        orders: FromDishka[OrderCounter],
        data: JSONBody[CancelBody | None] = None,
    ) -> OrderShown:
        """Cancel an unpaid order: its seats are free again. The reason may be left out, the body too."""
        actor = buyer_of(request, tokens)
        key = id_in_path(order_id, OrderNotFound)
        reason = data.reason() if data else None
        await cancel(CancelOrderCommand(actor=actor, order_id=key, reason_id=reason))
        return await orders.show(request, order_id)
