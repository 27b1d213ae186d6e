"""Waiting for the bell that a notification rings."""

from __future__ import annotations

import asyncio


async def rung(bell: asyncio.Event, *, within_s: float) -> None:
    """Wait for the bell, but no longer than that: a ring may get lost."""
    try:
        async with asyncio.timeout(within_s):
            await bell.wait()
    except TimeoutError:
        return
