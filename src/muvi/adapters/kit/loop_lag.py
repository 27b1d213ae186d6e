"""How late the event loop is: what every request and step waits for beside its own work."""

from __future__ import annotations

import asyncio

from prometheus_client import Histogram

EVERY_S = 0.5
LAG = Histogram(
    "muvi_loop_lag_seconds",
    "How late the event loop came back to a timer, seconds",
    buckets=(0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5),
)


async def watch_lag() -> None:
    """Measure until cancelled."""
    loop = asyncio.get_running_loop()
    while True:
        wanted = loop.time() + EVERY_S
        await asyncio.sleep(EVERY_S)
        LAG.observe(max(0.0, loop.time() - wanted))
