"""Engines: bounded pools that fail fast, JSON by msgspec, times from our own clock only."""

from __future__ import annotations

import msgspec
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from muvi.adapters.db.direct import DRIVER, DirectEngine, direct


def make_engine(
    url: str,
    *,
    application: str,
    pool_size: int = 20,
    command_timeout_s: float = 5.0,
    lock_timeout_ms: int = 3000,
    connect_timeout_s: float = 5.0,
) -> AsyncEngine:
    """An engine on asyncpg. `application` shows in pg_stat_activity; `command_timeout_s` bounds each
    statement, `connect_timeout_s` the way to a connection: a server that accepts and then is silent is away.
    """
    ordinary = create_async_engine(
        url,
        pool_size=pool_size,
        max_overflow=0,
        pool_timeout=5,
        pool_recycle=1800,
        pool_use_lifo=True,  # few connections stay warm: their plans are made and their caches filled
        hide_parameters=True,  # errors end in logs, and parameters hold phone numbers and tokens
        json_serializer=lambda value: msgspec.json.encode(value).decode(),
        json_deserializer=msgspec.json.decode,
        connect_args={
            "timeout": connect_timeout_s,
            "command_timeout": command_timeout_s,
            "server_settings": {
                "application_name": application,
                "jit": "off",
                "lock_timeout": f"{lock_timeout_ms}ms",
                "idle_in_transaction_session_timeout": "30s",
                "timezone": "UTC",
            },
            **DRIVER,
        },
    )
    return direct(ordinary)


def single(engine: AsyncEngine) -> AsyncEngine:
    """The same pool where one statement is a whole phase: each is its own transaction, and two of three
    round trips, BEGIN and COMMIT, fall away.
    """
    if isinstance(engine, DirectEngine):
        return engine.single()
    return engine.execution_options(isolation_level="AUTOCOMMIT")


def reading(engine: AsyncEngine) -> AsyncEngine:
    """The same pool for single statements that read."""
    return single(engine)
