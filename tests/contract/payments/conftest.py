"""The gateways under test."""

import asyncio
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TypeVar

import pytest
from tests.contract.payments.gateways import (
    HyperPayScene,
    MemoryScene,
    PayFortScene,
    SandboxScene,
    Scene,
    TokenScene,
)

from muvi_sandbox.app import create_app
from muvi_sandbox.config import SandboxConfig

MADA = "8ac7a4c79394bdc801939736f2a5091c"
S = TypeVar("S", bound=SandboxScene)
ACCOUNTS = ("entity", "mada-entity", "wallet-entity")


@asynccontextmanager
async def a_scene(config: SandboxConfig, kind: Callable[..., S]) -> AsyncGenerator[S]:
    """A gateway against a sandbox of this process; it sends no webhooks unless a test turns them on."""
    app, ready, done = create_app(config), asyncio.Event(), asyncio.Event()

    async def live() -> None:
        async with app.lifespan():
            ready.set()
            await done.wait()

    living = asyncio.create_task(live())
    await ready.wait()
    scene = kind(app, config)
    await scene.knobs(webhooks_on=False)
    yield scene
    await scene.close()
    done.set()
    await living


@pytest.fixture
async def hyperpay(tmp_path: Path) -> AsyncGenerator[HyperPayScene]:
    """HyperPay with an account for cards and one for a wallet."""
    async with a_scene(SandboxConfig(home=tmp_path), HyperPayScene) as scene:
        yield scene


@pytest.fixture
async def payfort(tmp_path: Path) -> AsyncGenerator[PayFortScene]:
    """PayFort with its one account."""
    async with a_scene(SandboxConfig(home=tmp_path), PayFortScene) as scene:
        yield scene


@pytest.fixture
async def hyperpay_with_three_accounts(tmp_path: Path) -> AsyncGenerator[HyperPayScene]:
    """The same with one for mada too."""
    async with a_scene(SandboxConfig(home=tmp_path, hyperpay_mada_entity=MADA), HyperPayScene) as scene:
        yield scene


@pytest.fixture(params=["memory", "hyperpay", "payfort"])
def scene(request: pytest.FixtureRequest) -> Scene:
    """The same port, once for each gateway."""
    if request.param == "memory":
        return MemoryScene()
    found: Scene = request.getfixturevalue(request.param)
    return found


@pytest.fixture(params=["memory", "payfort"])
def token_scene(request: pytest.FixtureRequest) -> TokenScene:
    """Gateways that charge tokens."""
    if request.param == "memory":
        return MemoryScene()
    found: TokenScene = request.getfixturevalue("payfort")
    return found


@pytest.fixture(params=["memory", "hyperpay"])
def three_accounts(request: pytest.FixtureRequest) -> Scene:
    """The same port, twice, with more accounts than may be asked in one minute."""
    if request.param == "memory":
        return MemoryScene(*ACCOUNTS)
    found: Scene = request.getfixturevalue("hyperpay_with_three_accounts")
    return found
