"""Runs migrations over asyncpg, one transaction each, never waiting long for a lock that buyers hold."""

from __future__ import annotations

import asyncio

from alembic import context
from sqlalchemy import Connection, pool, text
from sqlalchemy.ext.asyncio import create_async_engine

from muvi.adapters.db.tables import metadata

LOCK_TIMEOUT = "5s"


def run(connection: Connection) -> None:
    """Migrate on an open connection."""
    context.configure(connection=connection, target_metadata=metadata, transaction_per_migration=True)
    with context.begin_transaction():
        connection.execute(text(f"SET LOCAL lock_timeout = '{LOCK_TIMEOUT}'"))
        connection.execute(text("SELECT pg_advisory_xact_lock(727169)"))
        context.run_migrations()


async def main() -> None:
    """Connect to the address the caller put into the configuration."""
    engine = create_async_engine(context.config.attributes["url"], poolclass=pool.NullPool)
    try:
        async with engine.connect() as connection:
            await connection.run_sync(run)
            await connection.commit()
    finally:
        await engine.dispose()


asyncio.run(main())
