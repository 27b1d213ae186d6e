"""Looking at processes from outside."""

import socket
import time
from collections.abc import Callable
from pathlib import Path


def alive(pid: int) -> bool:
    """A zombie counts as dead: it only waits for its parent to look."""
    try:
        return Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rsplit(")", 1)[1].split()[0] != "Z"
    except OSError:
        return False


def owner(pid: int) -> int:
    return Path(f"/proc/{pid}").stat().st_uid


def wait_for(condition: Callable[[], bool], seconds: float = 60) -> bool:
    """Whether the condition came true in time."""
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            return False
        time.sleep(0.02)
    return True


def descendants(pid: int) -> set[int]:
    """All processes below `pid`, itself left out."""
    parents: dict[int, int] = {}
    for place in Path("/proc").iterdir():
        if place.name.isdigit():
            try:
                fields = (place / "stat").read_text(encoding="utf-8").rsplit(")", 1)[1].split()
            except OSError:
                continue
            parents[int(place.name)] = int(fields[1])
    found, fresh = set(), {pid}
    while fresh:
        fresh = {child for child, parent in parents.items() if parent in fresh}
        found |= fresh
    return found


def command_of(pid: int) -> str:
    """Its command line, words parted by spaces."""
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode()
    except OSError:
        return ""


def free_port() -> int:
    """A port that nobody listens on, and that nobody but who is told of it gets until the tests end: it stays
    bound, which keeps the kernel from handing it out again, and does not listen, so that a server may.
    """
    with socket.socket() as bound:
        bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        bound.bind(("127.0.0.1", 0))
        port = int(bound.getsockname()[1])
        bound.detach()
        return port
