"""The command as an operator runs it: its own process, a real database, a sandbox on a port."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.e2e.processes import free_port, wait_for

SECONDS = 90


def environment(url: str, home: Path, port: int) -> dict[str, str]:
    return {
        **os.environ,
        "DATABASE_URL": url,
        "REDIS_URL": "redis://127.0.0.1:1/0",
        "MUVI_HOME": str(home),
        "SANDBOX_PORT": str(port),
        "PYTHONPATH": os.pathsep.join(path for path in sys.path if path),
        "COLUMNS": "120",
    }


def muvi(env: dict[str, str], *words: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "muvi", *words]
    return subprocess.run(command, env=env, capture_output=True, text=True, timeout=SECONDS, check=False)


@pytest.fixture
def env(fresh_database_url: str, tmp_path: Path) -> Iterator[dict[str, str]]:
    """The environment of a copy whose sandbox runs."""
    port = free_port()
    made = environment(fresh_database_url, tmp_path, port)
    log = (tmp_path / "sandbox.log").open("wb")
    command = [sys.executable, "-m", "muvi_sandbox", "--port", str(port), "--home", str(tmp_path)]
    process = subprocess.Popen(command, env=made, stdout=log, stderr=log)
    try:
        assert wait_for(lambda: b"http://" in (tmp_path / "sandbox.log").read_bytes(), SECONDS)
        yield made
    finally:
        process.terminate()
        process.wait(SECONDS)
        log.close()


def counts(output: str, kind: str) -> list[int]:
    """The numbers of a line of the summary: read, added, changed, withdrawn."""
    line = next(line for line in output.splitlines() if kind in line)
    cells = [cell.strip().replace(",", "") for cell in line.strip("│ ").split("│")]
    return [int(cell) for cell in cells[1:5]]


def test_a_copy_a_second_copy_and_a_box_office_that_is_away(env: dict[str, str]) -> None:
    first = muvi(env, "vista-sync", "-a")
    assert first.returncode == 0, first.stdout + first.stderr
    read, added, changed, withdrawn = counts(first.stdout, "showtimes")
    assert read == added > 5000
    assert (changed, withdrawn) == (0, 0)

    second = muvi(env, "vista-sync", "-a")
    assert second.returncode == 0, second.stdout + second.stderr
    for kind in ("genres", "people", "experiences", "cinemas", "films", "showtimes"):
        assert counts(second.stdout, kind)[1:] == [0, 0, 0]

    away = muvi({**env, "SANDBOX_PORT": str(free_port())}, "vista-sync", "-s", "-f")
    assert away.returncode == 1
    assert away.stdout.count("Nothing of this kind was changed.") == 2


def test_it_helps(fresh_database_url: str, tmp_path: Path) -> None:
    env = environment(fresh_database_url, tmp_path, 1)
    helped = muvi(env, "vista-sync", "--help")
    assert helped.returncode == 0
    for option in ("-a", "-c", "-f", "-g", "-s", "-p", "--accept-drop"):
        assert f"  {option} " in helped.stdout
    assert muvi(env, "vista-sync").returncode == 2
    bad = muvi({**env, "SERVER_PORT": "many"}, "vista-sync", "-a")
    assert bad.returncode == 1
    assert "SERVER_PORT must be a port" in bad.stderr


def test_demo_content_is_idempotent(fresh_database_url: str, tmp_path: Path) -> None:
    env = environment(fresh_database_url, tmp_path, 1)
    assert "20 cities, 3 banners, 5 cancellation reasons" in muvi(env, "demo-content").stdout
    assert "0 cities, 0 banners, 0 cancellation reasons and 0 settings" in muvi(env, "demo-content").stdout
