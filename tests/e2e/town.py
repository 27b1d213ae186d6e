"""A town: one chain on real processes of its own, with the sandbox playing its third parties.

    town.start()                     sandbox, API, worker; healthy when it returns
    town.kill("api"); town.run("api")
    await town.rows("SELECT ...")    what we keep
    await town.sandbox.truth("vista")  what really happened at a third party

The database is a clone of one that was migrated, filled and synced once per session, so that a town is up in
seconds. Every process leads its own group, writes to its own log and dies with the tests.
"""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import time
from collections.abc import AsyncGenerator, Awaitable, Callable, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar

import asyncpg
import httpx
from redis.asyncio import Redis
from tests.e2e.processes import free_port
from tests.e2e.third_parties import Sandbox

from muvi.entrypoints.local.processes import Child, spawn

ROOT = Path(__file__).resolve().parents[2]
START_S = 120
PATIENCE_S = 60
"""For what comes by itself: enough for a slow machine with two busy cores."""
POOL = "8"
"""Connections of each process. The towns of a session share one server, and no pool shrinks."""
OWN = ("DATABASE_URL", "REDIS_URL", "DB_WRITE_HOST", "DB_READ_HOST", "REDIS_HOST", "NODE_ENV", "MUVI_ENV")
UNDER_WAY = """
    SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()
    AND backend_type = 'client backend' AND state <> 'idle'
"""
T = TypeVar("T")
API, SECOND_API, WORKER, SECOND_WORKER, SANDBOX = "api", "second-api", "worker", "second-worker", "sandbox"


@dataclass(frozen=True, slots=True)
class Ground:
    """What the towns of a session share: nothing that a test changes."""

    secrets: Mapping[str, str]
    redis_url: str
    database_url: str


@dataclass(slots=True)
class Part:
    """One process of a town; `modules` lists what may stand in for `module`."""

    module: str
    port: int | None = None
    child: Child | None = None
    environment: dict[str, str] = field(default_factory=dict)

    @property
    def running(self) -> bool:
        return self.child is not None and self.child.running()


class Town:
    """See the module. `extra` goes into the environment of every process."""

    def __init__(
        self,
        ground: Ground,
        home: Path,
        *,
        second_api: bool = False,
        second_worker: bool = False,
        **extra: str,
    ) -> None:
        self.home, self.database_url, self.redis_url = home, ground.database_url, ground.redis_url
        api, sandbox, second, metrics = (free_port() for _ in range(4))
        self.api_url, self.second_url = f"http://127.0.0.1:{api}", f"http://127.0.0.1:{second}"
        self.metrics_url = f"http://127.0.0.1:{metrics}"
        self.sandbox = Sandbox(f"http://127.0.0.1:{sandbox}")
        self.shift_s = 0.0
        self.showtimes: list[dict[str, Any]] = []
        self.page = 0
        given = {name: value for name, value in os.environ.items() if name not in OWN}
        self.environment = {
            **given,
            **ground.secrets,
            "PYTHONPATH": f"{ROOT / 'src'}{os.pathsep}{ROOT}",
            "PYTHONUNBUFFERED": "1",
            "MUVI_HOME": str(home),
            "DATABASE_URL": ground.database_url,
            "REDIS_URL": ground.redis_url,
            "SERVER_PORT": str(api),
            "SANDBOX_PORT": str(sandbox),
            "WORKER_METRICS_PORT": str(metrics),
            "PUBLIC_BASE_URL": self.api_url,
            "JWT_EXPIRES_IN": "2d",
            "DB_POOL_MAX": POOL,
            **extra,
        }
        self.parts = {
            SANDBOX: Part("muvi_sandbox", sandbox),
            API: Part("muvi.entrypoints.api", api),
            WORKER: Part("muvi.entrypoints.worker"),
        }
        if second_api:
            self.parts[SECOND_API] = Part(
                "muvi.entrypoints.api", second, environment={"SERVER_PORT": str(second)}
            )
        if second_worker:
            self.parts[SECOND_WORKER] = Part(
                "muvi.entrypoints.worker", environment={"WORKER_METRICS_PORT": str(free_port())}
            )

    def start(self) -> None:
        """Start every part at once and wait until each is well."""
        for name in self.parts:
            self.run(name, wait=False)
        for name in self.parts:
            self.wait_for(name)

    def run(self, name: str, module: str = "", *, wait: bool = True, **environment: str) -> None:
        """Start a part, as another module for good when one is given."""
        part = self.parts[name]
        part.module = module or part.module
        told = {**self.environment, **part.environment, **environment}
        command = [sys.executable, "-m", part.module]
        part.child = spawn(name, command, log=self._log(name), env=told, cwd=ROOT)
        if wait:
            self.wait_for(name)

    def command(self, *words: str) -> str:
        """Run a command of `muvi` to its end; what it printed."""
        line = [sys.executable, "-m", "muvi", *words]
        ended = subprocess.run(
            line, env=self.environment, cwd=ROOT, capture_output=True, text=True, timeout=180, check=False
        )
        assert ended.returncode == 0, ended.stdout + ended.stderr
        return ended.stdout

    def kill(self, *names: str) -> None:
        """SIGKILL to the part and all its children."""
        for name in names:
            child = self.parts[name].child
            if child is not None and child.running():
                os.killpg(child.pid, signal.SIGKILL)
            if child is not None:
                child.finish(0)

    def stop(self) -> None:
        """End everything, at once: nothing of a town is kept."""
        self.kill(*self.parts)

    @contextmanager
    def frozen(self, name: str) -> Iterator[None]:
        """The part stands still; what has happened meanwhile it finds all at once."""
        child = self.parts[name].child
        assert child is not None
        os.killpg(child.pid, signal.SIGSTOP)
        try:
            yield
        finally:
            os.killpg(child.pid, signal.SIGCONT)

    @asynccontextmanager
    async def still(self, name: str) -> AsyncGenerator[None]:
        """The same, between two transactions: it holds no lock meanwhile, and our rows stay as they are."""
        while True:
            with self.frozen(name):
                if not await self.rows(UNDER_WAY):
                    yield
                    return
            await asyncio.sleep(0.05)

    def wait_for(self, name: str) -> None:
        """Until the part is well."""
        part = self.parts[name]
        end = time.monotonic() + START_S
        while not self._well(name, part):
            assert part.running, f"{name} ended\n{self.said()}"
            assert time.monotonic() < end, f"{name} is not well\n{self.said()}"
            time.sleep(0.03)

    async def wait_for_death(self, name: str, seconds: float = PATIENCE_S) -> bool:
        """Whether the part ended by itself in that time."""
        end = time.monotonic() + seconds
        while self.parts[name].running:
            if time.monotonic() > end:
                return False
            await asyncio.sleep(0.03)
        self.kill(name)  # reaps it, with what is left of its group
        return True

    async def rows(self, query: str, *values: object) -> list[dict[str, Any]]:
        """Rows of our database."""
        async with self._connected() as connection:
            return [dict(row) for row in await connection.fetch(query, *values)]

    async def tables(self, *names: str) -> dict[str, list[dict[str, Any]]]:
        """Whole tables, as they are at one moment."""
        found = {}
        async with self._connected() as connection, connection.transaction(isolation="repeatable_read"):
            for name in names:
                rows = await connection.fetch(f"SELECT * FROM {name} ORDER BY 1, 2")  # noqa: S608
                found[name] = [dict(row) for row in rows]
        return found

    @asynccontextmanager
    async def _connected(self) -> AsyncGenerator[asyncpg.Connection]:
        connection = await asyncpg.connect(self.database_url.replace("+asyncpg", "", 1))
        try:
            yield connection
        finally:
            await connection.close()

    async def flush(self) -> None:
        """Take everything that our processes have in Redis; a server that was given holds more than that."""
        async with Redis.from_url(self.redis_url) as client:
            await client.flushdb()

    def now(self) -> datetime:
        """The time that our processes and the third parties have."""
        return datetime.now(UTC) + timedelta(seconds=self.shift_s)  # noqa: TID251  no clock to ask here

    async def jump(self, seconds: float) -> None:
        """Move our processes and the third parties into the future; needs parts that read MUVI_HOME/shift."""
        self.shift_s += seconds
        draft = self.home / "shift.new"
        draft.write_text(str(self.shift_s), encoding="ascii")
        await self.sandbox.act("clock", "advance", seconds=seconds)
        draft.rename(self.home / "shift")

    def secret(self, name: str) -> str:
        """What every process was told."""
        return self.environment[name]

    def said(self, lines: int = 25) -> str:
        """The end of what every part wrote."""
        tails = [(name, part.child.tail(lines)) for name, part in self.parts.items() if part.child]
        return "\n".join(f"--- {name}\n{tail}" for name, tail in tails)

    def _log(self, name: str) -> Path:
        return self.home / "logs" / f"{name}.log"

    def _well(self, name: str, part: Part) -> bool:
        if part.port is None:
            return "worker ready" in (part.child.tail(400) if part.child else "")
        path = "/health" if name == SANDBOX else "/health/ready"
        with suppress(httpx.HTTPError):
            return httpx.get(f"http://127.0.0.1:{part.port}{path}", trust_env=False).is_success
        return False


async def eventually(what: Callable[[], Awaitable[T]], town: Town, seconds: float = PATIENCE_S) -> T:
    """Ask until the answer is true and give it back."""
    end = time.monotonic() + seconds
    while not (answer := await what()):
        assert time.monotonic() < end, f"it did not come true\n{town.said()}"
        await asyncio.sleep(0.05)
    return answer
