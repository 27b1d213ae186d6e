"""What has to be true before anything is started; every refusal says what to do."""

import errno
import shutil
import socket
import sys
from collections import Counter
from collections.abc import Mapping
from pathlib import Path

from muvi.entrypoints.environment import Environment
from muvi.entrypoints.local.environment import names_database, names_redis
from muvi.entrypoints.local.errors import CannotStart

PYTHONS = ((3, 11), (3, 12))
NO_ADDRESS = frozenset({errno.EADDRNOTAVAIL, socket.EAI_NONAME, socket.EAI_AGAIN})
NEEDED_BYTES = 300_000_000
"""A fresh cluster, its log and the catalogue take less than half of this."""


def check_python(version: tuple[int, int]) -> None:
    if version not in PYTHONS:
        raise CannotStart(
            f"Muvi needs CPython 3.11 or 3.12, this is {version[0]}.{version[1]} ({sys.executable}). "
            "Run `make .venv` with one of them on the PATH, or name it: PYTHON=/path/to/python3.12 make up"
        )


def check_not_production(environment: Mapping[str, str]) -> None:
    if Environment(environment).production:
        raise CannotStart(
            "`muvi up` brings its own servers, secrets and a sandbox; production has none of them. There, "
            "run `muvi migrate`, `python -m muvi.entrypoints.api` and `python -m muvi.entrypoints.worker`."
        )


def check_no_loose_parts(environment: Mapping[str, str]) -> None:
    """Raises CannotStart where a part of a server's address is given, but not where that server is."""
    for named, host, parts in (
        (names_database(environment), "DB_WRITE_HOST", ("DB_PORT", "DB_READ_HOST")),
        (names_redis(environment), "REDIS_HOST", ("REDIS_PORT",)),
    ):
        loose = [name for name in parts if environment.get(name)]
        if loose and not named:
            raise CannotStart(
                f"{' and '.join(loose)} would mean nothing without {host}: set that for a server of yours, "
                "or neither, and Muvi brings its own."
            )


def check_disk(folder: Path, free_bytes: int | None = None) -> None:
    """`folder` need not exist yet; `free_bytes` is for tests."""
    place = next(parent for parent in (folder, *folder.parents) if parent.exists())
    free = shutil.disk_usage(place).free if free_bytes is None else free_bytes
    if free < NEEDED_BYTES:
        raise CannotStart(
            f"The disk of {folder} is full: {free // 1_000_000} MB are free, Muvi needs "
            f"{NEEDED_BYTES // 1_000_000} MB. Make room, or choose a folder on another disk: "
            "MUVI_HOME=/some/where make up"
        )


def disk_hint(folder: Path) -> str:
    """A sentence to add to a failure when the disk is the likely reason, else nothing."""
    try:
        check_disk(folder)
    except CannotStart as refusal:
        return f"\n{refusal}"
    return ""


def check_ports_differ(ports: Mapping[str, int]) -> None:
    """`ports` by the names of their settings."""
    for port, times in Counter(ports.values()).items():
        if times > 1:
            names = " and ".join(name for name, one in ports.items() if one == port)
            raise CannotStart(f"{names} are both {port}; each needs its own.")


def check_port(host: str, port: int, variable: str) -> None:
    """Raises CannotStart when the port cannot be listened on, with the name of whoever does."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        socket.create_server((host, port), family=family).close()
    except OSError as error:
        raise CannotStart(_port_refusal(host, port, variable, error)) from error


def _port_refusal(host: str, port: int, variable: str, error: OSError) -> str:
    if error.errno in NO_ADDRESS:
        return (
            f"SERVER_HOST names {host}, which is no address of this machine; leave it out, or take 127.0.0.1"
        )
    other = f"choose another port: {variable}={port + 1} make up"
    if error.errno == errno.EADDRINUSE:
        return f"Port {port} on {host} is taken{_by(port)}. Stop what listens there, or {other}"
    return f"Port {port} on {host} cannot be used ({error.strerror}); {other}"


def _by(port: int) -> str:
    """Who listens on `port`, as far as we may see: ` by process 12 (node)`."""
    inodes = {row[9] for row in _listening() if int(row[1].rsplit(":", 1)[1], 16) == port}
    for process in Path("/proc").iterdir():
        if process.name.isdigit() and inodes & _socket_inodes(process):
            name = (process / "comm").read_text(encoding="utf-8", errors="replace").strip()
            return f" by process {process.name} ({name})"
    return ""


def _listening() -> list[list[str]]:
    rows: list[list[str]] = []
    for table in ("/proc/net/tcp", "/proc/net/tcp6"):
        try:
            lines = Path(table).read_text(encoding="ascii").splitlines()[1:]
        except OSError:
            continue
        rows += [row for row in map(str.split, lines) if row[3] == "0A"]
    return rows


def _socket_inodes(process: Path) -> set[str]:
    found: set[str] = set()
    try:
        for link in (process / "fd").iterdir():
            target = str(link.readlink())
            if target.startswith("socket:["):
                found.add(target[8:-1])
    except OSError:
        pass
    return found
