"""`make .venv` on a machine that is not fit for it says what is missing, and touches nothing."""

import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
TOOLS = ("sh", "cat", "cksum", "dirname", "uname", "df", "awk", "rm")


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """What the script reads, and a PATH with the usual tools but without any Python."""
    (tmp_path / "bin").mkdir()
    for tool in TOOLS:
        found = shutil.which(tool)
        assert found is not None
        (tmp_path / "bin" / tool).symlink_to(found)
    for part in ("scripts", "requirements"):
        shutil.copytree(ROOT / part, tmp_path / part)
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    return tmp_path


def put(checkout: Path, name: str, script: str) -> None:
    program = checkout / "bin" / name
    program.write_text(f"#!/bin/sh\n{script}\n", encoding="ascii")
    program.chmod(0o755)


def install(checkout: Path) -> subprocess.CompletedProcess[str]:
    command = ["sh", str(checkout / "scripts" / "install.sh")]
    path = {"PATH": str(checkout / "bin")}
    return subprocess.run(command, env=path, capture_output=True, text=True, timeout=60, check=False)


def test_no_python_is_told(checkout: Path) -> None:
    ended = install(checkout)
    assert ended.returncode == 1
    assert "needs CPython 3.11 or 3.12" in ended.stderr
    assert "no python3" in ended.stderr
    assert not (checkout / ".venv").exists()


def test_an_old_python_and_a_shim_that_leads_nowhere_are_passed_over(checkout: Path) -> None:
    put(checkout, "python3", 'test "$1" = --version && echo "Python 3.9.2" && exit 0; exit 1')
    put(checkout, "python3.12", "echo 'command not found' >&2; exit 127")
    ended = install(checkout)
    assert ended.returncode == 1
    assert "found here: Python 3.9.2" in ended.stderr


def test_a_full_disk_is_told(checkout: Path) -> None:
    put(checkout, "python3.11", "exit 0")
    (checkout / "bin" / "df").unlink()
    put(checkout, "df", "echo head; echo 'disk 9 8 1000 99% /'")
    ended = install(checkout)
    assert ended.returncode == 1
    assert "has 0 MB free" in ended.stderr


def test_another_machine_is_told(checkout: Path) -> None:
    put(checkout, "python3.11", "exit 0")
    (checkout / "bin" / "uname").unlink()
    put(checkout, "uname", 'test "$1" = -s && echo Darwin || echo arm64')
    ended = install(checkout)
    assert ended.returncode == 1
    assert "Linux on x86-64; this is Darwin on arm64" in ended.stderr
