"""One container scope per request.

dishka's own middleware makes a Request and two State objects for it, which no provider of ours asks for; at a
few thousand requests a second that is noticed.
"""

from __future__ import annotations

from dishka import AsyncContainer
from litestar import Litestar
from litestar.enums import ScopeType
from litestar.types import ASGIApp, Receive, Scope, Send


def give_scopes(app: Litestar, container: AsyncContainer) -> None:
    """Open a request's scope around the application, where `@inject` looks for it."""
    inner: ASGIApp = app.asgi_handler

    async def scoped(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != ScopeType.HTTP:
            await inner(scope, receive, send)
            return
        async with container() as request_container:
            scope["state"]["dishka_container"] = request_container
            await inner(scope, receive, send)

    app.asgi_handler = scoped
    app.state.dishka_container = container
