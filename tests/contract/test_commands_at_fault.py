"""A command whose database is away, empty or another program's says so in one line, without any traceback."""

import json
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


def examined(call: Call, url: str) -> dict[str, dict[str, str]]:
    """What the doctor finds about the database and the work, by what each is about."""
    checks = json.loads(call(url, "doctor", "--json").stdout)["checks"]
    return {
        one["about"]: one
        for check in checks
        if check["section"] in {"PostgreSQL", "catalogue", "work"}
        for one in check["findings"]
    }


def test_the_doctor_of_a_database_without_our_schema(call: Call, empty_database_url: str) -> None:
    found = examined(call, empty_database_url)
    assert (found["schema"]["said"], found["schema"]["remedy"]) == ("there is none", "muvi migrate")
    assert found["attention"]["said"].startswith("cannot be counted: The schema of the database is not that")
    assert {one["remedy"] for name, one in found.items() if name in {"lists", "attention", "showtimes"}} == {
        "see PostgreSQL"
    }
    assert not [one for one in found.values() if "broke" in one["said"]]


@pytest.mark.parametrize(
    ("revision", "remedy"),
    [("0099_future", "install the program that"), ("0003_identity", "muvi migrate, before")],
)
def test_the_doctor_tells_an_older_schema_from_a_newer_one(
    call: Call, fresh_database_url: str, revision: str, remedy: str
) -> None:
    servers.execute(fresh_database_url, f"UPDATE alembic_version SET version_num = '{revision}'")  # noqa: S608
    found = examined(call, fresh_database_url)["schema"]
    assert (found["level"], found["remedy"][: len(remedy)]) == ("failure", remedy)
    assert ("this program is older than the database" in found["said"]) is (revision == "0099_future")
