"""Child processes of ours: they have a log, end with everything they started and never outlive us."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

from muvi.entrypoints.local.errors import CannotStart

LAUNCH = Path(__file__).with_name("launch.py")
LOG_LIMIT_BYTES = 10_000_000
TAIL_BYTES = 16_384
POLL_S = 0.02


class Child:
    """One process and the group it leads.

    The group is ended while the leader still waits to be reaped: until then the kernel gives its number to
    nobody else, so a signal of ours never reaches a stranger.
    """

    def __init__(
        self, process: subprocess.Popen[bytes], log: Path, log_from: int, stop_signal: signal.Signals
    ) -> None:
        self.log = log
        self._log_from = log_from
        self._process = process
        self._stop_signal = stop_signal

    @property
    def pid(self) -> int:
        return self._process.pid

    def running(self) -> bool:
        if self._process.returncode is not None:
            return False
        seen = os.waitid(os.P_PID, self.pid, os.WEXITED | os.WNOHANG | os.WNOWAIT)
        return seen is None

    def wait(self, timeout_s: float) -> bool:
        """Whether the process ended within the time; it is not reaped yet."""
        end = time.monotonic() + timeout_s
        while self.running():
            if time.monotonic() >= end:
                return False
            time.sleep(POLL_S)
        return True

    def ask_to_stop(self) -> None:
        if self.running():
            self._process.send_signal(self._stop_signal)

    def finish(self, grace_s: float) -> int:
        """End the process and whatever of its group is left; the exit status, negative for a signal."""
        if self._process.returncode is None:
            self.ask_to_stop()
            self.wait(grace_s)
            try:
                os.killpg(self.pid, signal.SIGKILL)
            except ProcessLookupError:
                pass
            except PermissionError:
                self._process.kill()
        return self._process.wait()

    def tail(self, lines: int = 15) -> str:
        """The end of what it wrote to its log, for the message about its death."""
        try:
            with self.log.open("rb") as stream:
                stream.seek(max(self._log_from, stream.seek(0, os.SEEK_END) - TAIL_BYTES))
                text = stream.read().decode("utf-8", "replace")
        except OSError:
            return ""
        return "\n".join(text.splitlines()[-lines:])


def spawn(
    name: str,
    command: Sequence[str | Path],
    *,
    log: Path,
    env: Mapping[str, str] | None = None,
    stop_signal: signal.Signals = signal.SIGTERM,
    identity: str = "same",
    cwd: Path | None = None,
) -> Child:
    """Start a process that leads its own group, writes to `log` and gets `stop_signal` when we die.

    Call it from the main thread only: the kernel takes the end of the thread that forked for our death.
    Raises CannotStart when the log cannot be written.
    """
    launcher = [sys.executable, "-I", "-S", LAUNCH, os.getpid(), stop_signal.value, identity]
    try:
        _make_room(log)
        with log.open("ab") as stream:
            begun_at = stream.tell()
            process = subprocess.Popen(  # noqa: S603  our own commands; no shell
                [str(part) for part in (*launcher, *command)],
                stdin=subprocess.DEVNULL,
                stdout=stream,
                stderr=subprocess.STDOUT,
                env=None if env is None else dict(env),
                cwd=cwd,
                start_new_session=True,
            )
    except OSError as error:
        raise CannotStart(f"{name} cannot be started: {error}") from error
    return Child(process, log, begun_at, stop_signal)


def _make_room(log: Path) -> None:
    log.parent.mkdir(parents=True, exist_ok=True)
    if log.exists() and log.stat().st_size > LOG_LIMIT_BYTES:
        log.replace(log.with_name(f"{log.name}.1"))
