"""Two phases that meet at a lock."""

import asyncio

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

WAITING = "SELECT count(*) FROM pg_locks WHERE NOT granted"


async def somebody_waits(engine: AsyncEngine) -> None:
    """Until a statement waits for a lock."""
    async with engine.connect() as connection:
        while not (await connection.execute(text(WAITING))).scalar_one():
            await connection.rollback()
            await asyncio.sleep(0.01)
