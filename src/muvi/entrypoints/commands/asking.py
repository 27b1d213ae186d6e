"""How a command asks the database one thing."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

from sqlalchemy.ext.asyncio import AsyncEngine

T = TypeVar("T")


def ask(question: Callable[[AsyncEngine], Awaitable[T]]) -> T:
    """The answer, over one connection that is closed again."""
    from muvi.adapters.db.engine import make_engine  # noqa: PLC0415
    from muvi.entrypoints.settings import read_settings  # noqa: PLC0415

    async def run() -> T:
        engine = make_engine(read_settings().database_url, application="muvi-cli", pool_size=1)
        try:
            return await question(engine)
        finally:
            await engine.dispose()

    return asyncio.run(run())
