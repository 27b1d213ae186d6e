"""Ends what a killed supervisor left running. Started by path, needs nothing but the standard library.

It reads lines: `+PID GRACE` for a process group that has begun, `-PID` for one that has ended. When its input
ends, the supervisor is gone: every group still listed is asked to stop, and killed when its grace is over.
The first line of defence is the death signal that `launch.py` asks for; this one reaches grandchildren too.
"""

import contextlib
import os
import signal
import sys
import time

POLL_S = 0.05
GIVE_UP_S = 5
"""After the last kill; where nobody collects the dead, their groups seem to live for ever."""


def alive(group: int) -> bool:
    try:
        os.killpg(group, 0)
    except OSError:
        return False
    return True


def send(group: int, number: signal.Signals) -> None:
    with contextlib.suppress(OSError):
        os.killpg(group, number)


def watch() -> dict[int, float]:
    """The groups that were still listed when the input ended."""
    groups: dict[int, float] = {}
    for line in sys.stdin:
        pid, _, grace = line[1:].partition(" ")
        if line.startswith("+"):
            groups[int(pid)] = float(grace)
        else:
            groups.pop(int(pid), None)
    return groups


def end(groups: dict[int, float]) -> None:
    for group in groups:
        send(group, signal.SIGTERM)
    waited, longest = 0.0, max(groups.values(), default=0.0) + GIVE_UP_S
    while waited < longest and any(alive(group) for group in groups):
        for group, grace in groups.items():
            if waited >= grace:
                send(group, signal.SIGKILL)
        time.sleep(POLL_S)
        waited += POLL_S


if __name__ == "__main__":
    for ignored in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(ignored, signal.SIG_IGN)
    end(watch())
