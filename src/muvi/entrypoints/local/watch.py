"""The supervisor's side of the guardian."""

import contextlib
import subprocess
import sys
from pathlib import Path

GUARDIAN = Path(__file__).with_name("guardian.py")


class Watch:
    """Tells the guardian which process groups must not outlive us."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(  # noqa: S603  our own script; no shell
            [sys.executable, "-I", "-S", str(GUARDIAN)],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            text=True,
            start_new_session=True,
        )

    def over(self, pid: int, grace_s: float) -> None:
        self._say(f"+{pid} {grace_s}\n")

    def no_more(self, pid: int) -> None:
        self._say(f"-{pid}\n")

    def close(self) -> None:
        """The guardian ends what is still listed, then itself."""
        if self._process.stdin is not None:
            with contextlib.suppress(BrokenPipeError):
                self._process.stdin.close()
        self._process.wait()

    def _say(self, line: str) -> None:
        if self._process.stdin is None or self._process.poll() is not None:
            return
        with contextlib.suppress(BrokenPipeError):
            self._process.stdin.write(line)
            self._process.stdin.flush()
