"""The gateways under test."""

import asyncio
from collections.abc import AsyncGenerator
from pathlib import Path

import pytest
from tests.contract.payments.gateways import HyperPayScene, MemoryScene, Scene

from muvi_sandbox.app import create_app
from muvi_sandbox.config import SandboxConfig


@pytest.fixture
async def hyperpay(tmp_path: Path) -> AsyncGenerator[HyperPayScene]:
    """HyperPay against a sandbox of this process; it sends no webhooks unless a test turns them on."""
    config = SandboxConfig(home=tmp_path)
    app, ready, done = create_app(config), asyncio.Event(), asyncio.Event()

    async def live() -> None:
        async with app.lifespan():
            ready.set()
            await done.wait()

    living = asyncio.create_task(live())
    await ready.wait()
    scene = HyperPayScene(app, config)
    await scene.knobs(webhooks_on=False)
    yield scene
    await scene.close()
    done.set()
    await living


@pytest.fixture(params=["memory", "hyperpay"])
def scene(request: pytest.FixtureRequest) -> Scene:
    """The same port, twice."""
    if request.param == "memory":
        return MemoryScene()
    found: Scene = request.getfixturevalue("hyperpay")
    return found
