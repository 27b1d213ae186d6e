"""Processes from outside: who they are, what processor time they used, what memory is theirs."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from pathlib import Path

PROC = Path("/proc")
TICKS_A_SECOND = os.sysconf("SC_CLK_TCK")
PARTS = {
    "API": "muvi.entrypoints.api",
    "worker": "muvi.entrypoints.worker",
    "sandbox": "muvi_sandbox",
    "PostgreSQL": "bin/postgres",
    "Redis": "redis-server",
}
"""What the command line of each part of a copy contains."""


def tree(pid: int) -> tuple[int, ...]:
    """A process and all below it, parents first."""
    children: dict[int, list[int]] = {}
    for place in PROC.iterdir():
        if place.name.isdigit() and (fields := _stat(int(place.name))):
            children.setdefault(int(fields[1]), []).append(int(place.name))
    found = [pid]
    for known in found:
        found += children.get(known, [])
    return tuple(found)


def parts_of(supervisor: int) -> dict[str, int]:
    """The first process of each part that a supervisor runs, by name."""
    found: dict[str, int] = {}
    for pid in tree(supervisor)[1:]:
        command = _command(pid)
        for name, mark in PARTS.items():
            if mark in command:
                found.setdefault(name, pid)
                break
    return found


def cpu_s(pids: Iterable[int]) -> float:
    """Processor seconds that these processes have used, those of children they waited for included."""
    ticks = sum(sum(map(int, fields[11:15])) for pid in pids if (fields := _stat(pid)))
    return ticks / TICKS_A_SECOND


def cpu_by_part(parts: Mapping[str, int]) -> dict[str, float]:
    """Processor seconds of each part with all its children."""
    return {name: cpu_s(tree(pid)) for name, pid in parts.items()}


def pss_mb(pids: Iterable[int]) -> float:
    """Memory in megabytes; a page that several processes share counts a share for each."""
    kilobytes = 0
    for pid in pids:
        try:
            rollup = (PROC / str(pid) / "smaps_rollup").read_text(encoding="ascii")
        except OSError:
            continue
        kilobytes += next(int(line.split()[1]) for line in rollup.splitlines() if line.startswith("Pss:"))
    return kilobytes * 1024 / 1e6  # the kernel says kB and means KiB


def _stat(pid: int) -> list[str]:
    """The fields after the name, the state first; empty when the process is gone."""
    try:
        return (PROC / str(pid) / "stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    except OSError:
        return []


def _command(pid: int) -> str:
    try:
        return (PROC / str(pid) / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
    except OSError:
        return ""
