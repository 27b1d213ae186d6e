"""The API process: Litestar on granian."""

from __future__ import annotations

import os
import signal
import threading
from contextlib import suppress

from granian.constants import Interfaces, Loops
from granian.server.mp import MPServer
from typing_extensions import override

from muvi.entrypoints.leaving import LEAVE
from muvi.entrypoints.settings import settings_or_exit

BACKLOG = 2048
CONNECTIONS = 16_384
"""Open ones, idle ones included: beyond this nobody new is let in, so it is not a bound on work."""
END_S = 30
"""How long requests under way may take to end; what takes longer is cut."""


class DrainingServer(MPServer):
    """Stops in three steps: unready while still answering, so that traffic goes elsewhere; then nobody new is
    let in and what is under way ends; then the process ends. A second signal skips the first step.
    """

    drain_s: float = 0.0
    _leaving = False

    @override
    def signal_handler_interrupt(self, *args: object, **kwargs: object) -> None:
        if self._leaving:
            self._stop()
            return
        self._leaving = True
        for worker in self.wrks:
            with suppress(ProcessLookupError):
                os.kill(worker.inner.pid, LEAVE)
        if self.drain_s:
            wait = threading.Timer(self.drain_s, self._stop)
            wait.daemon = True
            wait.start()
        else:
            self._stop()

    def _stop(self) -> None:
        super().signal_handler_interrupt()  # type: ignore[no-untyped-call]  # granian has no types


def main(application: str = "muvi.entrypoints.web:create") -> None:
    """Serve until told to stop."""
    settings = settings_or_exit()
    signal.signal(LEAVE, signal.SIG_IGN)  # inherited: a worker that only starts is not ended by it
    server = DrainingServer(
        application,
        factory=True,
        interface=Interfaces.ASGI,
        address=settings.host,
        port=settings.port,
        workers=1,
        loop=Loops.uvloop,
        backlog=BACKLOG,
        backpressure=CONNECTIONS,
        log_access=False,
        workers_kill_timeout=END_S,
        respawn_failed_workers=True,
    )
    server.drain_s = settings.drain_s
    server.serve()


if __name__ == "__main__":
    main()
