"""V2 operations on orders: create, read, set tickets."""

import msgspec

from muvi_sandbox.reply import Reply
from muvi_sandbox.vista.choice import SetTickets, lines_for
from muvi_sandbox.vista.order_wire import order_body
from muvi_sandbox.vista.orders import Order, Orders
from muvi_sandbox.vista.routing import V2, Call, Route
from muvi_sandbox.vista.wire import Refused, ok, v2_body
from muvi_sandbox.vista.world import World


class NewOrder(msgspec.Struct, rename="camel"):
    """Body of `POST orders`."""

    cinema_id: str


class OrdersApi:
    """The camel-case side of an order's life."""

    def __init__(self, world: World, orders: Orders) -> None:
        self._world = world
        self._orders = orders

    def routes(self) -> list[Route]:
        """Return the operations."""
        return [
            Route("POST", "orders", "orders", V2, self.create),
            Route("GET", "orders/{}", "orders/get", V2, self.read),
            Route("POST", "orders/{}/sessions/{}/set-tickets", "set-tickets", V2, self.set_tickets),
        ]

    def create(self, call: Call) -> Reply:
        """Open an order; the server makes its UserSessionId."""
        cinema_id = v2_body(call.body, NewOrder).cinema_id
        if cinema_id not in self._world.chain.cinemas:
            raise Refused(400, "CinemaNotFound", f"Cinema {cinema_id} could not be found")
        return ok(order_body(self._world, self._orders.create(cinema_id, call.client.platform)))

    def read(self, call: Call) -> Reply:
        """Show an order; one that was booked, cancelled or swept is no longer there."""
        return ok(order_body(self._world, self._living(call.args[0])))

    def set_tickets(self, call: Call) -> Reply:
        """Replace the whole ticket list of one session; the order's other sessions stay as they are."""
        usid, session_id = call.args
        order = self._living(usid)
        wanted = v2_body(call.body, SetTickets)
        session = self._world.open_session(order.cinema_id, session_id, call.client.channel)
        if session is None or not session.on_sale:
            raise Refused(400, "SessionNotFound", f"Session with ID {session_id} could not be found")
        lines = lines_for(self._world, order, session, wanted, call.client.channel)
        self._orders.set_tickets(order, session, lines)
        return ok(order_body(self._world, order))

    def _living(self, usid: str) -> Order:
        order = self._orders.get(usid)
        if order is None:
            raise Refused(404, "OrderNotFound", f"Order {usid} could not be found")
        return order
