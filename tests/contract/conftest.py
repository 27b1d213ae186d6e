"""The worlds a suite runs in: memory first, then the real thing; vendors are played by the sandbox."""

import asyncio
from collections.abc import AsyncGenerator, Iterator
from pathlib import Path

import pytest
from litestar import Litestar
from sqlalchemy.ext.asyncio import AsyncEngine
from tests.builders_orders import a_showtime_for_sale
from tests.contract.purchase_stores import MemoryStore, PurchaseStore, SqlStore
from tests.contract.worlds import World, memory_world, sql_world

from muvi_sandbox.app import create_app
from muvi_sandbox.config import SandboxConfig


@pytest.fixture(params=["memory", "postgres"])
def world(request: pytest.FixtureRequest) -> World:
    """The same ports, twice."""
    if request.param == "memory":
        return memory_world()
    return sql_world(request.getfixturevalue("clean_database"))


@pytest.fixture
async def sql_store(clean_database: AsyncEngine) -> SqlStore:
    """The rows of purchases on PostgreSQL, with one showtime on sale."""
    made = SqlStore(clean_database)
    await made.put_on_sale(a_showtime_for_sale())
    return made


@pytest.fixture(params=["memory", "postgres"])
def empty_store(request: pytest.FixtureRequest) -> PurchaseStore:
    """The rows of purchases, twice; nothing is on sale."""
    return MemoryStore() if request.param == "memory" else SqlStore(request.getfixturevalue("clean_database"))


@pytest.fixture
async def store(empty_store: PurchaseStore) -> PurchaseStore:
    """The rows of purchases with one showtime on sale."""
    await empty_store.put_on_sale(a_showtime_for_sale())
    return empty_store


@pytest.fixture(scope="session")
def aws_address() -> Iterator[str]:
    """AWS on this machine, one for the session; it is reached by nobody else."""
    from tests.aws import aws  # noqa: PLC0415  heavy, and few tests need it

    with aws() as address:
        yield address


@pytest.fixture
async def sandbox(tmp_path: Path) -> AsyncGenerator[Litestar]:
    """A sandbox in this process, to be reached through an ASGI transport.

    It starts and stops in one task, as under a server: the framework's lifespan cannot change tasks.
    """
    app, ready, done = create_app(SandboxConfig(home=tmp_path)), asyncio.Event(), asyncio.Event()

    async def live() -> None:
        async with app.lifespan():
            ready.set()
            await done.wait()

    living = asyncio.create_task(live())
    await ready.wait()
    yield app
    done.set()
    await living
