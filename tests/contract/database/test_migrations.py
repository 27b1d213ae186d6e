"""Migrations go up, down and up again, and end at the schema that the code knows."""

import asyncio
from collections.abc import Callable
from typing import TypeVar

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, pool, text
from sqlalchemy.ext.asyncio import create_async_engine

from muvi.adapters.db.migrate import config_for, downgrade, upgrade
from muvi.adapters.db.tables import metadata

T = TypeVar("T")
SCHEMA = """
    SELECT 'column', table_name || '.' || column_name,
        data_type || is_nullable || coalesce(column_default, '')
    FROM information_schema.columns WHERE table_schema = 'public' AND table_name <> 'alembic_version'
    UNION ALL SELECT 'constraint', conrelid::regclass || '.' || conname, pg_get_constraintdef(oid)
    FROM pg_constraint WHERE connamespace = 'public'::regnamespace AND conname NOT LIKE 'alembic_version%'
    AND contype <> 'n'
    UNION ALL SELECT 'index', indexname, indexdef FROM pg_indexes
    WHERE schemaname = 'public' AND tablename <> 'alembic_version'
    UNION ALL SELECT 'trigger', tgrelid::regclass || '.' || tgname, pg_get_triggerdef(oid)
    FROM pg_trigger WHERE NOT tgisinternal
    UNION ALL SELECT 'function', proname, prosrc FROM pg_proc WHERE pronamespace = 'public'::regnamespace
    ORDER BY 1, 2, 3
"""


def revisions() -> list[str]:
    """From the first to the last; there is one line of them."""
    script = ScriptDirectory.from_config(config_for("unused"))
    return [found.revision for found in reversed([*script.walk_revisions()])]


def inspect(url: str, question: Callable[[Connection], T]) -> T:
    async def ask() -> T:
        engine = create_async_engine(url, poolclass=pool.NullPool)
        try:
            async with engine.connect() as connection:
                return await connection.run_sync(question)
        finally:
            await engine.dispose()

    return asyncio.run(ask())


def schema(connection: Connection) -> list[tuple[str, ...]]:
    return [tuple(row) for row in connection.execute(text(SCHEMA))]


def differences(connection: Connection) -> list[object]:
    context = MigrationContext.configure(
        connection, opts={"compare_type": True, "compare_server_default": True}
    )
    return list(compare_metadata(context, metadata))


def test_there_is_one_line_of_migrations() -> None:
    script = ScriptDirectory.from_config(config_for("unused"))
    assert len(script.get_heads()) == 1
    assert len(script.get_bases()) == 1


def test_every_migration_goes_up_down_and_up(empty_database_url: str) -> None:
    before = "base"
    assert inspect(empty_database_url, schema) == []
    for revision in revisions():
        start = inspect(empty_database_url, schema)
        upgrade(empty_database_url, revision)
        once = inspect(empty_database_url, schema)
        assert once != start, f"{revision} changes nothing"
        downgrade(empty_database_url, before)
        assert inspect(empty_database_url, schema) == start, f"{revision} leaves something behind"
        upgrade(empty_database_url, revision)
        assert inspect(empty_database_url, schema) == once
        before = revision
    downgrade(empty_database_url, "base")
    assert inspect(empty_database_url, schema) == []


def test_the_migrated_schema_is_the_one_the_code_knows(empty_database_url: str) -> None:
    upgrade(empty_database_url)
    assert inspect(empty_database_url, differences) == []


def test_a_migration_too_few_is_seen(empty_database_url: str) -> None:
    """The twin. The last but one may differ by a function only, which is compared with no table."""
    upgrade(empty_database_url, revisions()[0])
    assert inspect(empty_database_url, differences)


@pytest.mark.parametrize("times", [2])
def test_migrating_again_changes_nothing(empty_database_url: str, times: int) -> None:
    for _ in range(times):
        upgrade(empty_database_url)
    assert inspect(empty_database_url, differences) == []
