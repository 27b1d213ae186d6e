"""`muvi outbox` on a real database."""

from uuid import UUID

import pytest
from click.testing import CliRunner
from tests import servers

from muvi.domain.shared.ids import to_wire
from muvi.entrypoints.cli import main

DEAD, LIVE = UUID(int=1), UUID(int=2)
ROW = (
    "INSERT INTO outbox (id, type, payload, occurred_at, available_at, attempts, last_error, dead_at) "
    "VALUES ('{}', 'tea_poured.v1', '{{}}', now(), now(), 12, 'pot: Refused: cold', {})"
)


@pytest.fixture
def run(fresh_database_url: str, monkeypatch: pytest.MonkeyPatch) -> object:
    monkeypatch.setenv("DATABASE_URL", fresh_database_url)
    monkeypatch.setenv("REDIS_URL", "redis://127.0.0.1:1/0")
    servers.execute(fresh_database_url, ROW.format(DEAD, "now()"), ROW.format(LIVE, "NULL"))

    def call(*arguments: str) -> tuple[int, str]:
        result = CliRunner().invoke(main, ["outbox", *arguments])
        return result.exit_code, result.output

    return call


def test_dead_messages_are_listed_with_their_reason(run: object) -> None:
    status, shown = run("list")
    assert status == 0
    assert to_wire(DEAD) in shown
    assert "pot: Refused: cold" in shown
    assert to_wire(LIVE) not in shown


def test_one_is_retried(run: object) -> None:
    assert run("retry", to_wire(DEAD)) == (0, "1 retried.\n")
    assert run("list") == (0, "No dead messages.\n")
    assert run("retry", to_wire(DEAD))[0] == 1


def test_all_are_retried(run: object) -> None:
    assert run("retry", "--all") == (0, "1 retried.\n")
    assert run("retry", "--all") == (0, "0 retried.\n")


def test_one_is_dropped(run: object) -> None:
    assert run("drop", to_wire(DEAD)) == (0, "1 dropped.\n")
    assert run("drop", to_wire(LIVE))[0] == 1


@pytest.mark.parametrize("arguments", [("retry",), ("retry", "--all", to_wire(DEAD)), ("drop", "nonsense")])
def test_what_makes_no_sense_is_refused(run: object, arguments: tuple[str, ...]) -> None:
    assert run(*arguments)[0] == 2
