"""A whole copy of Muvi, started as a person starts it."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
from tests.e2e.processes import free_port, wait_for

ROOT = Path(__file__).resolve().parents[2]
OWN = ("DATABASE_URL", "REDIS_URL", "DB_WRITE_HOST", "REDIS_HOST", "NODE_ENV", "MUVI_ENV")


def environment(home: Path, **more: str) -> dict[str, str]:
    """Without real servers, whatever the tests themselves run on."""
    given = {name: value for name, value in os.environ.items() if name not in OWN}
    return {**given, "PYTHONPATH": str(ROOT / "src"), "MUVI_HOME": str(home), **more}


def muvi(home: Path, *arguments: str, **more: str) -> subprocess.CompletedProcess[str]:
    """Run a command of Muvi to its end."""
    command = [sys.executable, "-m", "muvi", *arguments]
    told = environment(home, **more)
    return subprocess.run(command, env=told, capture_output=True, text=True, timeout=120, check=False)


@dataclass
class Copy:
    """A running `muvi up`."""

    process: subprocess.Popen[bytes]
    home: Path
    port: int
    sandbox_port: int

    @property
    def said(self) -> str:
        return (self.home / "up.out").read_text(encoding="utf-8")

    def up(self) -> bool:
        return "Muvi is up" in self.said or self.process.poll() is not None

    def get(self, path: str) -> httpx.Response:
        return httpx.get(f"http://127.0.0.1:{self.port}{path}", trust_env=False)

    def well(self) -> bool:
        try:
            return self.get("/health/ready").is_success
        except httpx.HTTPError:
            return False

    def sandbox(self, path: str) -> httpx.Response:
        return httpx.get(f"http://127.0.0.1:{self.sandbox_port}{path}", trust_env=False)

    def stop(self, number: signal.Signals = signal.SIGTERM) -> int:
        """The exit status."""
        self.process.send_signal(number)
        return self.process.wait(90)


@contextmanager
def a_copy(home: Path, **more: str) -> Iterator[Copy]:
    """Up, with its catalogue; ended afterwards whatever happens."""
    port, sandbox_port = free_port(), free_port()
    told = environment(home, SERVER_PORT=str(port), SANDBOX_PORT=str(sandbox_port), **more)
    home.mkdir(exist_ok=True)
    with (home / "up.out").open("wb") as out:
        process = subprocess.Popen(
            [sys.executable, "-m", "muvi", "up"], env=told, stdout=out, stderr=subprocess.STDOUT
        )
    copy = Copy(process, home, port, sandbox_port)
    try:
        assert wait_for(copy.up, seconds=240), copy.said
        assert process.poll() is None, copy.said
        yield copy
    finally:
        if process.poll() is None:
            copy.stop()
