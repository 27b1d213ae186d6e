"""The real application on a database of its own; the box office is the sandbox, reached in this process."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from functools import partial
from pathlib import Path

import httpx
import pytest
from dishka import Provider, Scope, provide
from litestar import Litestar
from tests.media_types import once_each

from muvi.adapters.db.notifications import Notifications
from muvi.adapters.http.app import create_app
from muvi.adapters.http.ready import ReadyAnswers, ReadyFirst
from muvi.adapters.kit.http_client import VendorHttp
from muvi.adapters.vista.catalogue_feed import VistaCatalogueFeed
from muvi.adapters.vista.odata import ODataReader
from muvi.application.content.load_demo import LoadDemoContent
from muvi.entrypoints.commands.demo_content import command
from muvi.entrypoints.container import make_container
from muvi.entrypoints.settings import Settings, read_settings
from muvi.ports.catalog.feed import CatalogueFeed
from muvi_sandbox.app import create_app as create_sandbox
from muvi_sandbox.config import SandboxConfig
from muvi_sandbox.vista import VistaSandbox

SCHEDULER = {"authorization": "Bearer sandbox-scheduler-token"}


class SandboxFeed(Provider):
    """The feed through an ASGI transport instead of a socket."""

    scope = Scope.APP

    def __init__(self, sandbox: Litestar) -> None:
        super().__init__()
        self._sandbox = sandbox

    @provide(override=True)
    async def feed(self) -> AsyncGenerator[CatalogueFeed]:
        http = VendorHttp(
            "box-office",
            "http://sandbox/vista/WSVistaWebClient",
            headers=(("connectApiToken", "sandbox-vista-website"),),
            transport=httpx.ASGITransport(self._sandbox),  # type: ignore[arg-type]
        )
        yield VistaCatalogueFeed(ODataReader(http), media_url="http://sandbox/media")
        await http.aclose()


class Shop:
    """A running service without a port."""

    def __init__(
        self, app: Litestar, client: httpx.AsyncClient, ready: ReadyAnswers, vista: VistaSandbox
    ) -> None:
        self.app = app
        self.client = client
        self.ready = ready
        self.vista = vista

    async def get(self, path: str, *, language: str = "en", **query: object) -> httpx.Response:
        params = {key: str(value) for key, value in query.items()} or None
        return await self.client.get(f"/api/v1{path}", params=params, headers={"accept-language": language})

    async def sync(self, what: str, **headers: str) -> httpx.Response:
        return await self.client.post(f"/api/v1/cms/{what}/cron-sync", headers=headers or SCHEDULER)


@asynccontextmanager
async def alive(app: Litestar) -> AsyncGenerator[None]:
    """Start and stop in one task, as under a server: the framework's lifespan cannot change tasks."""
    ready, done = asyncio.Event(), asyncio.Event()

    async def live() -> None:
        async with app.lifespan():
            ready.set()
            await done.wait()

    living = asyncio.create_task(live())
    await ready.wait()
    try:
        yield
    finally:
        done.set()
        await living


def settings_for(url: str, home: Path) -> Settings:
    return read_settings(
        {
            "DATABASE_URL": url,
            "REDIS_URL": "redis://127.0.0.1:1/0",
            "MUVI_HOME": str(home),
            "SERVER_PORT": "3000",
        }
    )


@asynccontextmanager
async def _running(url: str, home: Path) -> AsyncGenerator[Shop]:
    sandbox = create_sandbox(SandboxConfig(home=home))
    container = make_container(settings_for(url, home), SandboxFeed(sandbox))

    async def listen() -> None:
        await container.get(ReadyAnswers)
        await (await container.get(Notifications)).start()

    async def fall_silent() -> None:
        await (await container.get(Notifications)).stop()

    app = create_app(container, on_start=(listen,), on_stop=(fall_silent,))
    async with alive(sandbox), alive(app):
        async with container() as scope:
            await (await scope.get(LoadDemoContent))(command())
        ready = await container.get(ReadyAnswers)
        front = ReadyFirst(app, partial(container.get, ReadyAnswers))
        transport = httpx.ASGITransport(front)  # type: ignore[arg-type]
        async with httpx.AsyncClient(
            transport=transport, base_url="http://shop", event_hooks={"response": [once_each]}
        ) as client:
            yield Shop(app, client, ready, sandbox.state["vista"])


@pytest.fixture
def running(tmp_path: Path) -> partial[AbstractAsyncContextManager[Shop]]:
    """Call with the address of a database."""
    return partial(_running, home=tmp_path)


@pytest.fixture
async def shop(
    fresh_database_url: str, running: partial[AbstractAsyncContextManager[Shop]]
) -> AsyncGenerator[Shop]:
    """A shop with demo content, its catalogue copied once."""
    async with running(fresh_database_url) as made:
        for what in ("genres", "people", "cinemas", "films", "sessions"):
            assert (await made.sync(what)).status_code == 200
        yield made
