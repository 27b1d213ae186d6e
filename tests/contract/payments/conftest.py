"""The gateways under test."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from tests.contract.payments.gateways import HyperPayScene, MemoryScene, Scene

from muvi_sandbox.app import create_app
from muvi_sandbox.config import SandboxConfig

MADA = "8ac7a4c79394bdc801939736f2a5091c"
ACCOUNTS = ("entity", "mada-entity", "wallet-entity")


@asynccontextmanager
async def a_scene(config: SandboxConfig) -> AsyncGenerator[HyperPayScene]:
    """HyperPay against a sandbox of this process; it sends no webhooks unless a test turns them on."""
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


@pytest.fixture
async def hyperpay(tmp_path: Path) -> AsyncGenerator[HyperPayScene]:
    """HyperPay with an account for cards and one for a wallet."""
    async with a_scene(SandboxConfig(home=tmp_path)) as scene:
        yield scene


@pytest.fixture
async def hyperpay_with_three_accounts(tmp_path: Path) -> AsyncGenerator[HyperPayScene]:
    """The same with one for mada too."""
    async with a_scene(SandboxConfig(home=tmp_path, hyperpay_mada_entity=MADA)) as scene:
        yield scene


@pytest.fixture(params=["memory", "hyperpay"])
def scene(request: pytest.FixtureRequest) -> Scene:
    """The same port, twice."""
    if request.param == "memory":
        return MemoryScene()
    found: Scene = request.getfixturevalue("hyperpay")
    return found


@pytest.fixture(params=["memory", "hyperpay"])
def three_accounts(request: pytest.FixtureRequest) -> Scene:
    """The same port, twice, with more accounts than may be asked in one minute."""
    if request.param == "memory":
        return MemoryScene(*ACCOUNTS)
    found: Scene = request.getfixturevalue("hyperpay_with_three_accounts")
    return found
