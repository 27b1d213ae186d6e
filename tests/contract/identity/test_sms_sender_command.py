"""`muvi sms-sender` on a real database."""

from collections.abc import Callable

import pytest
from click.testing import CliRunner

from muvi.entrypoints import sms_senders
from muvi.entrypoints.cli import main

Run = Callable[..., tuple[int, str]]


@pytest.fixture
def run(fresh_database_url: str, monkeypatch: pytest.MonkeyPatch) -> Run:
    monkeypatch.setenv("DATABASE_URL", fresh_database_url)
    monkeypatch.setenv("REDIS_URL", "redis://127.0.0.1:1/0")

    def call(*arguments: str) -> tuple[int, str]:
        result = CliRunner().invoke(main, ["sms-sender", *arguments])
        return result.exit_code, result.output

    return call


def test_choices_are_shown_with_who_and_when(run: Run) -> None:
    assert run() == (0, "Nobody has chosen: auto.\n")
    assert run("taqnyat", "--alone", "--by", "nora") == (0, "Codes are sent by taqnyat alone.\n")
    assert run("auto", "--by", "salem") == (0, "Codes are sent by auto.\n")
    status, shown = run()
    lines = [line.split() for line in shown.splitlines()[1:]]
    assert (status, [line[2:] for line in lines]) == (0, [["auto", "salem"], ["taqnyat", "alone", "nora"]])


def test_whoever_sits_at_the_shell_chose(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LOGNAME", "huda")
    run("unifonic")
    assert "huda" in run()[1]


@pytest.mark.parametrize("arguments", [("pigeon",), ("auto", "--alone")])
def test_what_makes_no_sense_is_refused(run: Run, arguments: tuple[str, ...]) -> None:
    assert run(*arguments)[0] == 2
    assert run() == (0, "Nobody has chosen: auto.\n")


@pytest.mark.parametrize("name", sms_senders.SMS_SENDERS)
def test_one_that_is_not_set_up_cannot_be_chosen(
    run: Run, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sms_senders.SMS_SENDERS, name, lambda _: None)  # type: ignore[arg-type]
    assert run(name) == (1, f"Error: {name} cannot send: its settings are not there.\n")
    assert run() == (0, "Nobody has chosen: auto.\n")
