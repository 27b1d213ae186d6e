"""A sandbox in the process of the test, spoken to over HTTP messages without a socket."""

import asyncio
from collections.abc import AsyncGenerator
from datetime import timedelta
from pathlib import Path

import httpx
import pytest
from litestar import Litestar
from tests.builders_vista import CINEMA, Levers, VistaClient
from tests.media_types import once_each
from tests.unit.sandbox.merchant import Merchant

from muvi_sandbox.app import create_app
from muvi_sandbox.chain.schedule import Session
from muvi_sandbox.config import SandboxConfig


@pytest.fixture
def config(tmp_path: Path) -> SandboxConfig:
    return SandboxConfig(home=tmp_path)


@pytest.fixture
async def app(config: SandboxConfig) -> AsyncGenerator[Litestar]:
    """Start and stop in one task, as a server does: the framework's lifespan cannot change tasks."""
    app, ready, done = create_app(config), asyncio.Event(), asyncio.Event()

    async def live() -> None:
        async with app.lifespan():
            ready.set()
            await done.wait()

    living = asyncio.create_task(live())
    await ready.wait()
    yield app
    done.set()
    await living


@pytest.fixture
async def http(app: Litestar) -> AsyncGenerator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(app=app)
    async with httpx.AsyncClient(
        transport=transport, base_url="http://sandbox", event_hooks={"response": [once_each]}
    ) as client:
        yield client


@pytest.fixture
async def merchant(app: Litestar, http: httpx.AsyncClient) -> Merchant:
    """A merchant for whom waiting times of the sandbox are nought."""
    merchant = Merchant(app, http)
    await merchant.knobs(webhook_delay_s=0, webhook_retry_s=[0, 0], webhook_held_s=0, report_lag_s=0)
    return merchant


@pytest.fixture
def vista(http: httpx.AsyncClient) -> VistaClient:
    return VistaClient(http)


@pytest.fixture
def levers(http: httpx.AsyncClient) -> Levers:
    return Levers(http)


@pytest.fixture
def show(app: Litestar) -> str:
    """A coming show in a hall of 300, sold on every channel: the one with most free seats."""
    sessions: list[Session] = list(app.state.vista.world.chain.sessions.values())
    soon = app.state.vista.world.wall_now() + timedelta(days=1)
    fitting = (
        session
        for session in sessions
        if (session.cinema.id, session.screen.number) == (CINEMA, 1)
        and session.starts > soon
        and session.on_sale
        and {"CELL", "WWW"} < set(session.channels.split(";"))
    )
    return str(min(fitting, key=lambda session: session.sold_before).number)
