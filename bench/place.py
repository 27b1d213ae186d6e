"""The copy of Muvi that is measured: one of our own, or one that runs already."""

from __future__ import annotations

import contextlib
import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO
from urllib.request import urlopen

import msgspec

from bench.processes import parts_of
from muvi.entrypoints.local import launch
from muvi.entrypoints.local.environment import of_running_copy

ROOT = Path(__file__).resolve().parents[1]
ELSEWHERE = ("DATABASE_URL", "REDIS_URL", "DB_WRITE_HOST", "REDIS_HOST", "NODE_ENV", "MUVI_ENV")
"""Names that would make our own copy use somebody's servers."""
START_S = 300.0
STOP_S = 90.0
SUPERVISOR = re.compile(r"process (\d+)")
STEP = re.compile(r"^ *([A-Z][A-Za-z ]+?) +(\d+\.\d) s$", re.MULTILINE)


class NotMeasured(Exception):
    """A measurement could not be made; the message says why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a copy answers. Without `home` its database and its processes stay unknown."""

    url: str
    sandbox: str
    home: Path | None = None

    def parts(self) -> dict[str, int]:
        """Its processes by part; empty when they are unknown."""
        if self.home is None:
            return {}
        found = SUPERVISOR.search((self.home / "lock").read_text(encoding="utf-8"))
        return parts_of(int(found[1])) if found else {}

    def database(self) -> str | None:
        """The address of its database, as asyncpg takes it; None when it is unknown."""
        if self.home is None:
            return None
        url = of_running_copy({"MUVI_HOME": str(self.home)}).get("DATABASE_URL")
        return url.replace("+asyncpg", "", 1) if url else None


def free_port() -> int:
    """A port nobody listens on just now."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        return int(free.getsockname()[1])


def child(command: list[str], *, out: BinaryIO, more: dict[str, str]) -> subprocess.Popen[bytes]:
    """Start a program that ends when we do, however we end."""
    given = {name: value for name, value in os.environ.items() if name not in ELSEWHERE}
    tied = [sys.executable, "-I", "-S", launch.__file__, str(os.getpid()), str(int(signal.SIGTERM)), "same"]
    return subprocess.Popen(  # noqa: S603  (our own programs; no shell)
        [*tied, *command],
        env={**given, "PYTHONPATH": f"{ROOT / 'src'}{os.pathsep}{ROOT}", **more},
        stdout=out,
        stderr=subprocess.STDOUT,
        cwd=ROOT,
    )


def end(process: subprocess.Popen[bytes]) -> None:
    """Stop it in good order."""
    if process.poll() is None:
        process.terminate()
        try:
            process.wait(STOP_S)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


@dataclass(slots=True)
class OwnCopy:
    """`muvi up` in a folder of its own, on ports of its own. May be started again and again."""

    home: Path
    port: int = field(default_factory=free_port)
    sandbox_port: int = field(default_factory=free_port)
    ready_s: float = 0.0
    _process: subprocess.Popen[bytes] | None = None

    @property
    def place(self) -> Place:
        return Place(
            url=f"http://127.0.0.1:{self.port}",
            sandbox=f"http://127.0.0.1:{self.sandbox_port}",
            home=self.home,
        )

    def start(self) -> None:
        """Wait until the API is ready and shows films; `ready_s` is how long that took. Raises
        `NotMeasured`.
        """
        told = {
            "MUVI_HOME": str(self.home),
            "SERVER_PORT": str(self.port),
            "SANDBOX_PORT": str(self.sandbox_port),
            "SERVER_HOST": "127.0.0.1",
        }
        began = time.monotonic()
        with self._said_file.open("wb") as out:
            self._process = child([sys.executable, "-m", "muvi", "up"], out=out, more=told)
        while not self._shows_films():
            if self._process.poll() is not None or time.monotonic() - began > START_S:
                raise NotMeasured(f"muvi up did not get ready:\n{self.said()[-2000:]}")
            time.sleep(0.02)
        self.ready_s = time.monotonic() - began

    def settle(self) -> None:
        """Wait until the catalogue is up to date, so that a sync does not disturb what is measured next."""
        end_at = time.monotonic() + START_S
        while "Catalogue" not in self.steps() and time.monotonic() < end_at:
            time.sleep(0.2)

    def steps(self) -> dict[str, float]:
        """Seconds of each step of the start, as the screen shows them."""
        return {name: float(seconds) for name, seconds in STEP.findall(self.said())}

    def stop(self) -> None:
        """End everything it started."""
        if self._process is not None:
            end(self._process)
            self._process = None

    def said(self) -> str:
        """What it printed."""
        return self._said_file.read_text(encoding="utf-8", errors="replace")

    @property
    def _said_file(self) -> Path:
        return self.home / "up.out"

    def _shows_films(self) -> bool:
        try:
            with urlopen(f"{self.place.url}/health/ready", timeout=2) as ready:  # noqa: S310  (our own)
                if ready.status != 200:  # noqa: PLR2004
                    return False
            with urlopen(f"{self.place.url}/api/v1/films?limit=1", timeout=5) as films:  # noqa: S310
                return bool(msgspec.json.decode(films.read())["total"])
        except OSError:
            return False


@contextlib.contextmanager
def own_copy(home: Path) -> Iterator[OwnCopy]:
    """Not started yet; stopped at the end whatever happens."""
    home.mkdir(parents=True, exist_ok=True)
    copy = OwnCopy(home)
    try:
        yield copy
    finally:
        copy.stop()
