"""This Vista as the shell of the sandbox sees it: one router, knobs, acts."""

import asyncio
import contextlib
from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import parse_qsl

from litestar import Request, Router, route

from muvi_sandbox.config import SandboxConfig
from muvi_sandbox.faults import Faults
from muvi_sandbox.reply import Reply, VendorResponse, answer
from muvi_sandbox.server import RAW_HEADERS
from muvi_sandbox.truth import Truth
from muvi_sandbox.vista import routing
from muvi_sandbox.vista.acts import Acts
from muvi_sandbox.vista.booking_api import BookingApi
from muvi_sandbox.vista.bookings import Bookings
from muvi_sandbox.vista.catalogue_api import CatalogueApi
from muvi_sandbox.vista.clients import Client, Clients
from muvi_sandbox.vista.knobs import VistaKnobs
from muvi_sandbox.vista.lateness import Lateness
from muvi_sandbox.vista.media_api import MediaApi
from muvi_sandbox.vista.orders import Orders
from muvi_sandbox.vista.orders_api import OrdersApi
from muvi_sandbox.vista.replay import Replay
from muvi_sandbox.vista.routing import Call, Route
from muvi_sandbox.vista.ticketing_api import TicketingApi
from muvi_sandbox.vista.wire import Refused, refusal
from muvi_sandbox.vista.world import SYSTEM, World

_NOBODY = Client("", "")
_SWEEP_S = 1.0


class VistaSandbox:
    """A whole Vista: reference data, seat plans, orders, payments, bookings."""

    def __init__(self, config: SandboxConfig, truth: Truth, faults: Faults) -> None:
        self.world = World(config, truth)
        self.orders = Orders(self.world)
        self.bookings = Bookings(self.world)
        self._acts = Acts(self.world, self.orders)
        self._lateness = Lateness(self.world, self.orders, self.bookings, faults)
        self._sweeper: asyncio.Task[None] | None = None
        self._faults = faults
        self._clients = Clients(config.vista_tokens)
        base_url = f"{config.url}/vista/WSVistaWebClient"
        self._routes = routing.Router(
            [
                *CatalogueApi(self.world, base_url).routes(),
                *MediaApi(self.world).routes(),
                *OrdersApi(self.world, self.orders).routes(),
                *TicketingApi(self.world, self.orders, self.bookings, base_url).routes(),
                *BookingApi(self.world, self.bookings).routes(),
            ]
        )
        Replay(self.world, self.orders, self.bookings).run(self.world.recorded())
        self.router = Router(path="/vista", route_handlers=[self._handler()])

    @property
    def knobs(self) -> VistaKnobs:
        """What can be set up differently."""
        return self.world.knobs

    def held_up(self, cinema_id: str) -> int:
        """How many calls wait for a slow cinema now."""
        return self._lateness.held_up[cinema_id]

    def act(self, action: str, facts: Mapping[str, Any]) -> dict[str, Any]:
        """Do something that no client asked for. Raises BadControl."""
        self.orders.sweep()
        return self._acts.perform(action, facts)

    async def stop(self) -> None:
        """End the background work."""
        if self._sweeper is not None:
            self._sweeper.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._sweeper
            self._sweeper = None

    async def serve(self, request: Request[Any, Any, Any]) -> VendorResponse:
        """Answer one request under the rules of the sandbox."""
        if self._sweeper is None:
            self._sweeper = asyncio.get_running_loop().create_task(self._sweep_for_ever())
        path = str(request.path_params["path"])
        found = self._routes.find(request.method, path)
        if found is None:
            return answer(refusal(Refused(404, "NotFound", f"No such resource: {path}")))
        target, args = found
        try:
            client = _NOBODY if target.public else self._clients.recognise(_sent_headers(request))
        except Refused as error:
            return answer(refusal(error))
        query = dict(parse_qsl(request.scope["query_string"].decode(), keep_blank_values=True))
        json_wanted = "application/json" in request.headers.get("accept", "")
        call = Call(client, args, query, await request.body(), json_wanted)
        body = call.body.decode(errors="replace")
        await self._lateness.linger(path, body)
        return await self._faults.apply(
            SYSTEM,
            target.name.format(*args) if "{}" in target.name else target.name,
            lambda: self._perform(target, call),
            key=f"{path} {body}",
            coded=lambda code: routing.coded(target, code),
        )

    async def _sweep_for_ever(self) -> None:
        """End orders on time even while nobody calls: whoever reads the record sees it."""
        while True:
            await asyncio.sleep(_SWEEP_S)
            self.orders.sweep()

    def _perform(self, target: Route, call: Call) -> Reply:
        self.orders.sweep()
        return routing.perform(target, call)

    def _handler(self) -> Any:  # noqa: ANN401 - the decorator's type is the framework's own
        @route("/{path:path}", http_method=["GET", "POST", "DELETE"], status_code=200)
        async def vista(request: Request[Any, Any, Any]) -> VendorResponse:
            return await self.serve(request)

        return vista


def _sent_headers(request: Request[Any, Any, Any]) -> Iterable[tuple[bytes, bytes]]:
    """Return the headers with the spelling of their names, which only the sandbox's own server hands over.

    Other ASGI servers lower-case them; behind those every spelling passes.
    """
    extensions: Mapping[str, Any] = request.scope.get("extensions") or {}
    sent: Iterable[tuple[bytes, bytes]] | None = extensions.get(RAW_HEADERS)
    return request.scope["headers"] if sent is None else sent
