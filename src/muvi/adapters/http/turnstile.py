"""How many requests are worked on at once. The others wait in order, instead of fighting for the database."""

from __future__ import annotations

import asyncio

from litestar.enums import ScopeType
from litestar.types import ASGIApp, Receive, Scope, Send


class Turnstile:
    """Wrap it around the application. Connections are not counted: an idle one costs nobody a place.

    There are more places than database connections, since a request that waits for a third party holds none.
    """

    def __init__(self, app: ASGIApp, places: int) -> None:
        self._app = app
        self._places = asyncio.Semaphore(places)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != ScopeType.HTTP:  # start and stop belong to the process, not to a request
            await self._app(scope, receive, send)
            return
        async with self._places:
            await self._app(scope, receive, send)
