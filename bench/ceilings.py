"""What this machine can do at all: load against a constant, commits of the same database, third parties."""

from __future__ import annotations

import asyncio
import sys
import time
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path

import asyncpg

from bench import third_parties
from bench.load import Figures, Load, measure
from bench.place import NotMeasured, child, end, free_port

WRITERS = 20
START_S = 30.0


@asynccontextmanager
async def _serving(folder: Path, module: str, *arguments: str, port: int, **more: str) -> AsyncGenerator[str]:
    """A server of ours in its own process."""
    with (folder / f"{module}.out").open("wb") as out:
        process = child([sys.executable, "-m", module, *arguments], out=out, more=more)
    try:
        until = time.monotonic() + START_S
        while True:
            try:
                _, writer = await asyncio.open_connection("127.0.0.1", port)
                writer.close()
                break
            except OSError:
                if process.poll() is not None or time.monotonic() > until:
                    raise NotMeasured(f"{module} does not start; see {folder}") from None
                await asyncio.sleep(0.05)
        yield f"http://127.0.0.1:{port}"
    finally:
        await asyncio.to_thread(end, process)


async def echo(folder: Path, *, seconds: float, connections: int) -> Figures:
    """Requests a second of the load itself, against the least that a server can do."""
    port = free_port()
    async with _serving(folder, "bench.constant", str(port), port=port) as url:
        return await measure(Load.of(url, "/", seconds=seconds, connections=connections))


async def commits_per_s(database: str, *, seconds: float, writers: int = WRITERS) -> float:
    """Commits a second of one row each, by several connections, beside the tables that are measured."""
    pool = await asyncpg.create_pool(database, min_size=writers, max_size=writers)
    try:
        await pool.execute("CREATE TABLE IF NOT EXISTS bench_commits (id bigserial PRIMARY KEY, note text)")
        counts = [0]
        began = time.perf_counter()
        async with asyncio.TaskGroup() as group:
            for _ in range(writers):
                group.create_task(_write(pool, began + seconds, counts))
        took = time.perf_counter() - began
        await pool.execute("DROP TABLE bench_commits")
        return counts[0] / took
    finally:
        await pool.close()


async def _write(pool: asyncpg.Pool, end_at: float, counts: list[int]) -> None:
    async with pool.acquire() as connection:
        while time.perf_counter() < end_at:
            await connection.execute("INSERT INTO bench_commits (note) VALUES ('one row')")
            counts[0] += 1


async def sandbox_only(folder: Path, *, seconds: float) -> float:
    """Purchases a second that the third parties' side alone allows."""
    port, listener = free_port(), free_port()
    home = folder / "third-parties"
    home.mkdir(exist_ok=True)
    told = {
        "SANDBOX_PORT": str(port),
        "MUVI_HOME": str(home),
        "HYPER_PAY_WEBHOOK_URL": f"http://127.0.0.1:{listener}/",
    }
    async with (
        _serving(folder, "bench.constant", str(listener), port=listener),
        _serving(folder, "muvi_sandbox", port=port, **told) as url,
    ):
        return await third_parties.purchases_per_s(url, seconds)
