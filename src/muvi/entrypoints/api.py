"""The API process: Litestar on granian."""

from __future__ import annotations

from granian.constants import Interfaces, Loops
from granian.server import Server

from muvi.entrypoints.settings import settings_or_exit

BACKLOG = 2048
CONNECTIONS = 16_384
"""Open ones, idle ones included: beyond this nobody new is let in, so it is not a bound on work."""


def main(application: str = "muvi.entrypoints.web:create") -> None:
    """Serve until told to stop."""
    settings = settings_or_exit()
    Server(
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
        workers_kill_timeout=30,
        respawn_failed_workers=True,
    ).serve()


if __name__ == "__main__":
    main()
