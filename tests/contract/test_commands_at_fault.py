"""A command whose database is away, empty or another program's says so in one line, without any traceback."""

from collections.abc import Callable

import pytest
from click.testing import CliRunner, Result
from tests import servers

from muvi.entrypoints.cli import main

NOWHERE = "postgresql://127.0.0.1:1/muvi"
ASKING = (
    ("order", "explain", "W000001"),
    ("sms-sender",),
    ("sms-sender", "auto"),
    ("attention", "list"),
    ("outbox", "list"),
    ("outbox", "retry", "--all"),
    ("demo-content",),
)
OTHER_SCHEMA = "Error: The schema of the database is not that of this program: muvi migrate"
Call = Callable[..., Result]


@pytest.fixture
def call(monkeypatch: pytest.MonkeyPatch) -> Call:
    def run(url: str, *words: str) -> Result:
        monkeypatch.setenv("DATABASE_URL", url)
        monkeypatch.setenv("REDIS_URL", "redis://127.0.0.1:1/0")
        return CliRunner().invoke(main, words)

    return run


def the_line(ended: Result) -> str:
    """What was said, after the table that some print as they go; nothing was left to the interpreter."""
    assert isinstance(ended.exception, SystemExit), ended.exception
    assert ended.exit_code == 1
    return ended.output.splitlines()[-1]


@pytest.mark.parametrize("words", ASKING, ids=" ".join)
def test_a_database_without_our_schema(call: Call, empty_database_url: str, words: tuple[str, ...]) -> None:
    said = the_line(call(empty_database_url, *words))
    assert said.startswith(OTHER_SCHEMA)


def test_a_column_that_is_missing_is_another_schema_too(call: Call, fresh_database_url: str) -> None:
    assert call(fresh_database_url, "outbox", "list").exit_code == 0
    servers.execute(fresh_database_url, "ALTER TABLE outbox DROP COLUMN dead_at")
    assert the_line(call(fresh_database_url, "outbox", "list")).startswith(OTHER_SCHEMA)


@pytest.mark.parametrize("words", [*ASKING, ("migrate",)], ids=" ".join)
def test_no_server(call: Call, words: tuple[str, ...]) -> None:
    assert the_line(call(NOWHERE, *words)).startswith("Error: the database cannot be reached")


@pytest.mark.parametrize("words", [("outbox", "list"), ("migrate",)], ids=" ".join)
def test_a_database_that_does_not_exist(call: Call, empty_database_url: str, words: tuple[str, ...]) -> None:
    nowhere = servers.with_database(empty_database_url, "muvi_of_nobody")
    said = the_line(call(nowhere, *words))
    assert 'the database says: database "muvi_of_nobody" does not exist' in said


def test_a_schema_that_the_program_does_not_know(call: Call, fresh_database_url: str) -> None:
    assert call(fresh_database_url, "migrate").exit_code == 0
    servers.execute(fresh_database_url, "UPDATE alembic_version SET version_num = '0099_future'")
    said = the_line(call(fresh_database_url, "migrate"))
    assert "0099_future" in said
    assert "this program is older than the database" in said


def test_a_migration_that_cannot_be_applied(call: Call, empty_database_url: str) -> None:
    servers.execute(empty_database_url, "CREATE TABLE cities (id int)")
    assert 'the database says: relation "cities" already exists' in the_line(
        call(empty_database_url, "migrate")
    )


def test_a_fault_of_the_program_keeps_its_traceback(call: Call, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(url: str) -> None:
        raise LookupError(url)

    monkeypatch.setattr("muvi.adapters.db.migrate.upgrade", broken)
    assert isinstance(call(NOWHERE, "migrate").exception, LookupError)
