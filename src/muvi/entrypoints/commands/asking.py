"""How a command asks the database one thing."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

import click
from sqlalchemy.ext.asyncio import AsyncEngine

from muvi.ports.errors import PortError

T = TypeVar("T")


def ask(question: Callable[[AsyncEngine], Awaitable[T]]) -> T:
    """The answer, over one connection that is closed again. Raises `ClickException` for faults of settings
    and servers.
    """
    from muvi.adapters.db.engine import make_engine  # noqa: PLC0415
    from muvi.entrypoints.environment import BadSettings  # noqa: PLC0415
    from muvi.entrypoints.settings import read_settings  # noqa: PLC0415

    async def run() -> T:
        engine = make_engine(read_settings().database_url, application="muvi-cli", pool_size=1)
        try:
            return await question(engine)
        finally:
            await engine.dispose()

    try:
        return asyncio.run(run())
    except (BadSettings, PortError) as fault:
        raise click.ClickException(str(fault)) from fault
