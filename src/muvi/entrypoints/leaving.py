"""How the API's main process tells the one that serves to be unready, before it stops it."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Callable
from contextlib import suppress

LEAVE = signal.SIGUSR1


def when_leaving(told: Callable[[], None]) -> None:
    """Call something at the signal. Where an application is no process of its own nobody sends it."""
    with suppress(ValueError, RuntimeError, NotImplementedError):
        asyncio.get_running_loop().add_signal_handler(LEAVE, told)
