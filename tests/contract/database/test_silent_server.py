"""A database that accepts connections and then says nothing is away after a while, not waited for."""

import asyncio
from collections.abc import AsyncGenerator

import pytest
import sqlalchemy as sa

from muvi.adapters.db.engine import make_engine
from muvi.adapters.db.errors import translating
from muvi.ports.errors import Unavailable

LONG_S = 20.0
"""Only a bound for a test that would hang."""


@pytest.fixture
async def silent_url() -> AsyncGenerator[str]:
    """Somebody who lets everybody in and never speaks, as a server does whose processes are stopped."""
    over = asyncio.Event()

    async def hold(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await over.wait()
        writer.close()

    async with await asyncio.start_server(hold, "127.0.0.1") as server:
        yield f"postgresql+asyncpg://nobody@127.0.0.1:{server.sockets[0].getsockname()[1]}/none?ssl=disable"
        over.set()


async def test_a_silent_server_cannot_be_reached(silent_url: str) -> None:
    engine = make_engine(silent_url, application="tests", connect_timeout_s=0.1)
    with pytest.raises(Unavailable):
        async with asyncio.timeout(LONG_S), translating(), engine.connect() as connection:
            await connection.execute(sa.text("SELECT 1"))
    await engine.dispose()


async def test_without_the_bound_it_is_waited_for(silent_url: str) -> None:
    engine = make_engine(silent_url, application="tests", connect_timeout_s=LONG_S)
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.5), translating(), engine.connect() as connection:
            await connection.execute(sa.text("SELECT 1"))
    await engine.dispose()
