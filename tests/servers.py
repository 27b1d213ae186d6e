"""The servers of a test session: its own PostgreSQL and Redis, or those that DATABASE_URL and REDIS_URL name.

Every xdist worker has its own cluster or, on a server that is given, its own databases; nothing is shared, so
tests need no order. The servers are children of the worker and die with it.
"""

import asyncio
import inspect
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import asyncpg

from muvi.entrypoints.local.folders import open_home
from muvi.entrypoints.local.postgres import EmbeddedPostgres
from muvi.entrypoints.local.redis import EmbeddedRedis


def worker_number() -> int:
    """0 without xdist, else 1 and up."""
    name = os.environ.get("PYTEST_XDIST_WORKER", "")
    return int(name.removeprefix("gw")) + 1 if name else 0


@contextmanager
def temporary_home() -> Iterator[Path]:
    """Short enough for unix sockets, and gone afterwards."""
    home = Path(tempfile.mkdtemp(prefix="muvi-test-"))
    try:
        yield home
    finally:
        shutil.rmtree(home, ignore_errors=True)


@contextmanager
def running_postgres() -> Iterator[str]:
    """The address of a database from which others can be made."""
    given = os.environ.get("DATABASE_URL")
    if given:
        yield "postgresql+asyncpg://" + given.split("://", 1)[1]
        return
    with temporary_home() as home:
        folders = open_home(home)
        log = folders.logs / "postgres.log"
        server = EmbeddedPostgres(folders.postgres, sockets=folders.sockets, log=log, durable=False)
        server.start()
        try:
            yield server.url("postgres")
        finally:
            server.stop()


@contextmanager
def running_redis(shift: int = 0) -> Iterator[str]:
    """The address of an empty Redis database nobody else uses in this session.

    `shift` tells several of one worker apart where REDIS_URL gives one server for all.
    """
    given = os.environ.get("REDIS_URL")
    if given:
        yield urlunsplit(urlsplit(given)._replace(path=f"/{worker_number() + 1 + shift}"))
        return
    with temporary_home() as home:
        folders = open_home(home)
        log = folders.logs / "redis.log"
        server = EmbeddedRedis(folders.redis, sockets=folders.sockets, log=log, durable=False)
        server.start()
        try:
            yield server.url()
        finally:
            server.stop()


def with_database(url: str, database: str) -> str:
    """The same server, another database."""
    head, _, query = url.partition("?")
    return head.rsplit("/", 1)[0] + f"/{database}" + (f"?{query}" if query else "")


def execute(url: str, *statements: str) -> None:
    """Run administrative statements on the server of `url`, each on its own."""

    async def run() -> None:
        connection = await asyncpg.connect(url.replace("+asyncpg", "", 1))
        try:
            for statement in statements:
                await connection.execute(statement)
        finally:
            await connection.close()

    asyncio.run(run())


def migrate(url: str) -> None:
    """Bring the database of `url` to the newest schema with Muvi's own migrations."""
    done = import_module("muvi.adapters.db.migrate").upgrade(url)
    if inspect.iscoroutine(done):
        asyncio.run(done)


@contextmanager
def database(server: str, name: str, template: str | None = None) -> Iterator[str]:
    """A database of that name, dropped afterwards whoever is still connected."""
    source = f" TEMPLATE {template}" if template else ""
    drop = f"DROP DATABASE IF EXISTS {name} WITH (FORCE)"
    execute(server, drop, f"CREATE DATABASE {name}{source}")
    try:
        yield with_database(server, name)
    finally:
        execute(server, drop)
