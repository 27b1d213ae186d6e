"""The Litestar application: plain ASGI, the same under every server."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager
from importlib.resources import files
from pathlib import Path

from dishka import AsyncContainer
from litestar import Litestar, Router
from litestar.static_files import create_static_files_router

from muvi.adapters.http.exact_json import ExactJson
from muvi.adapters.http.methods import tell_methods
from muvi.adapters.http.openapi import ASSETS, openapi_config
from muvi.adapters.http.problems import HANDLERS
from muvi.adapters.http.request import EdgeRequest, refuse_nul
from muvi.adapters.http.routes import all_routes
from muvi.adapters.http.scopes import give_scopes

MAX_BODY_BYTES = 1_000_000

Hook = Callable[[], Awaitable[None]]


def create_app(
    container: AsyncContainer, *, on_start: tuple[Hook, ...] = (), on_stop: tuple[Hook, ...] = ()
) -> Litestar:
    """Assemble the application around a container, which the application closes at its end."""

    @asynccontextmanager
    async def lifespan(_: Litestar) -> AsyncGenerator[None]:
        for hook in on_start:
            await hook()
        try:
            yield
        finally:
            for hook in on_stop:
                await hook()
            await container.close()

    app = Litestar(
        route_handlers=[*all_routes(), _swagger_assets()],
        exception_handlers=HANDLERS,
        response_class=ExactJson,
        lifespan=[lifespan],
        openapi_config=openapi_config(),
        request_max_body_size=MAX_BODY_BYTES,
        request_class=EdgeRequest,
        before_request=refuse_nul,
        before_send=[tell_methods],
        logging_config=None,
    )
    give_scopes(app, container)
    return app


def _swagger_assets() -> Router:
    folder = Path(str(files("swagger_ui") / "static"))
    return create_static_files_router(path=ASSETS, directories=[folder], include_in_schema=False)
