"""What `muvi up` decides before and while it runs, without starting anything."""

import errno
import os
import socket
import stat
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner

from muvi.entrypoints.cli import main
from muvi.entrypoints.local import preflight
from muvi.entrypoints.local.environment import (
    assemble,
    forget_note,
    leave_note,
    names_database,
    names_redis,
    of_running_copy,
)
from muvi.entrypoints.local.errors import CannotStart
from muvi.entrypoints.local.folders import HomeLock, open_home
from muvi.entrypoints.local.parts import LONGEST_DELAY_S, Restarts, ending
from muvi.entrypoints.local.screen import Screen
from muvi.entrypoints.local.secrets import own_secrets
from muvi.entrypoints.local.up import Place, up


@pytest.mark.parametrize("version", [(3, 11), (3, 12)])
def test_the_two_pythons_are_welcome(version: tuple[int, int]) -> None:
    preflight.check_python(version)


@pytest.mark.parametrize("version", [(3, 10), (3, 13)])
def test_another_python_is_told_which_to_take(version: tuple[int, int]) -> None:
    with pytest.raises(CannotStart, match=r"needs CPython 3\.11 or 3\.12, this is 3\.1"):
        preflight.check_python(version)


@pytest.mark.parametrize("name", ["NODE_ENV", "MUVI_ENV"])
def test_production_is_refused(name: str) -> None:
    with pytest.raises(CannotStart, match="production has none of them"):
        preflight.check_not_production({name: "production"})
    preflight.check_not_production({name: "development"})


def test_a_full_disk_is_named_with_its_folder(tmp_path: Path) -> None:
    home = tmp_path / "not" / "there" / "yet"
    preflight.check_disk(home, free_bytes=preflight.NEEDED_BYTES)
    with pytest.raises(CannotStart, match=rf"disk of {home} is full: 299 MB are free"):
        preflight.check_disk(home, free_bytes=preflight.NEEDED_BYTES - 1)


def test_a_taken_port_is_told_with_its_holder() -> None:
    with socket.create_server(("127.0.0.1", 0)) as holder:
        port = holder.getsockname()[1]
        with pytest.raises(
            CannotStart, match=rf"Port {port} on 127.0.0.1 is taken by process \d+ .*SERVER_PORT="
        ):
            preflight.check_port("127.0.0.1", port, "SERVER_PORT")
    preflight.check_port("127.0.0.1", port, "SERVER_PORT")


def test_one_port_for_two_is_refused() -> None:
    with pytest.raises(CannotStart, match="both 3000"):
        preflight.check_ports_differ({"SERVER_PORT": 3000, "SANDBOX_PORT": 3000})
    ports = {"SERVER_PORT": 3000, "SANDBOX_PORT": 3900, "WORKER_METRICS_PORT": 3900}
    with pytest.raises(CannotStart, match="SANDBOX_PORT and WORKER_METRICS_PORT are both 3900"):
        preflight.check_ports_differ(ports)
    preflight.check_ports_differ({"SERVER_PORT": 3000, "SANDBOX_PORT": 3900})


def test_a_home_that_is_no_folder_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="ascii")
    with pytest.raises(CannotStart, match="MUVI_HOME="):
        open_home(tmp_path / "file" / "home")


@pytest.mark.parametrize(
    ("number", "words"),
    [
        (errno.EACCES, "No right to write in"),
        (errno.EROFS, "No right to write in"),
        (errno.ENOSPC, "The disk of .* is full"),
        (errno.EDQUOT, "The disk of .* is full"),
        (errno.ENOENT, "The folder .* cannot be made"),
    ],
)
def test_a_home_that_cannot_be_made_says_why(
    number: int, words: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(Path, "mkdir", refuse)
    with pytest.raises(CannotStart, match=rf"{words}.*MUVI_HOME="):
        open_home(tmp_path / "home")


def test_a_home_where_no_folder_can_be_made_is_not_called_full(capsys: pytest.CaptureFixture[str]) -> None:
    assert up(os.environ | {"MUVI_HOME": "/proc/muvi", "NODE_ENV": "local"}, Screen()) == 1
    said = capsys.readouterr().out
    assert "The folder /proc/muvi cannot be made" in said
    assert "full" not in said


@pytest.mark.parametrize(
    ("name", "host"),
    [("DB_PORT", "DB_WRITE_HOST"), ("DB_READ_HOST", "DB_WRITE_HOST"), ("REDIS_PORT", "REDIS_HOST")],
)
def test_a_part_of_an_address_without_its_host_is_refused(name: str, host: str) -> None:
    with pytest.raises(CannotStart, match=f"{name} .* {host}"):
        Place.told({name: "5433"})
    servers = {"DB_WRITE_HOST": "db", "REDIS_HOST": "cache"}
    assert Place.told(servers | {name: "5433"})
    addresses = {"DATABASE_URL": "postgresql://db/muvi", "REDIS_URL": "redis://cache"}
    assert Place.told(addresses | {name: "5433"})  # which win


def test_secrets_are_made_once_and_for_their_owner_only(tmp_path: Path) -> None:
    first = own_secrets(tmp_path / "secrets")
    assert own_secrets(tmp_path / "secrets") == first
    assert set(first) == {"JWT_SECRET_KEY", "TICKET_SIGNING_KEY", "SCHEDULER_TOKEN"}
    assert first["JWT_SECRET_KEY"].startswith("-----BEGIN PRIVATE KEY-----")
    for file in (tmp_path / "secrets").iterdir():
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert own_secrets(tmp_path / "others") != first


def test_what_is_given_wins_and_what_is_empty_does_not(tmp_path: Path) -> None:
    folders = open_home(tmp_path)
    given = {
        "SCHEDULER_TOKEN": "mine",
        "JWT_SECRET_KEY": "",
        "DATABASE_URL": "postgresql://given",
        "SERVER_PORT": "80",
    }
    told = assemble(given, folders, {"SERVER_PORT": "3001"}, {"REDIS_URL": "unix://ours"})
    assert told["SCHEDULER_TOKEN"] == "mine"
    assert told["JWT_SECRET_KEY"].startswith("-----BEGIN")
    assert told["DATABASE_URL"] == "postgresql://given"
    assert told["REDIS_URL"] == "unix://ours"
    assert told["SERVER_PORT"] == "3001"
    assert told["MUVI_HOME"] == str(tmp_path)


def test_real_servers_are_recognised() -> None:
    assert names_database({"DATABASE_URL": "postgresql://x"})
    assert names_database({"DB_WRITE_HOST": "db"})
    assert not names_database({"DATABASE_URL": "", "DB_PORT": "5432"})
    assert names_redis({"REDIS_HOST": "cache"})
    assert not names_redis({"REDIS_PORT": "6379"})


@pytest.fixture
def running(tmp_path: Path) -> Iterator[Callable[..., dict[str, str]]]:
    """Leaves the note of a copy that was given something, and says what a command in another shell learns."""
    folders, lock = open_home(tmp_path), HomeLock(tmp_path)
    lock.take("this test")

    def learns(given: dict[str, str], **environment: str) -> dict[str, str]:
        own = {"SCHEDULER_TOKEN": "ours"}
        own |= {} if names_database(given) else {"DATABASE_URL": "postgresql://ours"}
        own |= {} if names_redis(given) else {"REDIS_URL": "redis://ours"}
        leave_note(folders, {**own, **given}, given)
        return of_running_copy({"MUVI_HOME": str(tmp_path), **environment})

    yield learns
    lock.release()


Learns = Callable[..., dict[str, str]]


def test_a_command_in_another_shell_learns_the_running_copy(tmp_path: Path) -> None:
    folders = open_home(tmp_path)
    environment = {"DATABASE_URL": "postgresql://ours", "SERVER_PORT": "3001", "HOME": "/home/me"}
    leave_note(folders, environment, {"HOME": "/home/me", "SERVER_PORT": "3001"})
    note = folders.sockets / "environment.json"
    assert stat.S_IMODE(note.stat().st_mode) == 0o600
    home, told = {"MUVI_HOME": str(tmp_path)}, {"DATABASE_URL": "postgresql://ours", "SERVER_PORT": "3001"}
    assert of_running_copy(home) == {}  # a note of one that was killed
    lock = HomeLock(tmp_path)
    lock.take("this test")
    assert of_running_copy(home) == told
    before = dict(os.environ)
    assert CliRunner().invoke(main, ["migrate", "--help"], env=home).exit_code == 0
    assert dict(os.environ) == before
    forget_note(folders)
    assert of_running_copy(home) == {}
    lock.release()


@pytest.mark.parametrize("name", ["NODE_ENV", "MUVI_ENV"])
@pytest.mark.parametrize(
    ("place", "personal"),
    [
        *[(place, False) for place in ("production", "PROD", "uat", "staging", "mars")],
        *[(place, True) for place in ("local", "development", "test", " ")],
    ],
)
def test_only_a_persons_own_machine_lends_its_copy(
    running: Learns, name: str, place: str, *, personal: bool
) -> None:
    assert bool(running({}, **{name: place})) is personal


def test_the_copy_fills_in_what_the_environment_does_not_say(running: Learns) -> None:
    """A server that is named is taken as it is named, whole: `DB_*` would lose against an address of ours."""
    theirs = {"DATABASE_URL": "postgresql://theirs"}
    assert running({}, **theirs) == {"REDIS_URL": "redis://ours", "SCHEDULER_TOKEN": "ours"}
    assert running({}, DB_WRITE_HOST="theirs") == {"REDIS_URL": "redis://ours", "SCHEDULER_TOKEN": "ours"}
    assert running({}, **theirs, REDIS_HOST="theirs") == {"SCHEDULER_TOKEN": "ours"}
    assert running({}, SCHEDULER_TOKEN="mine").keys() == {"DATABASE_URL", "REDIS_URL"}


def test_a_copy_on_a_server_that_was_given_tells_which(running: Learns) -> None:
    given = {"DB_WRITE_HOST": "db", "DB_PORT": "5433", "HOME": "/home/me"}
    told = {"DB_WRITE_HOST": "db", "DB_PORT": "5433", "REDIS_URL": "redis://ours", "SCHEDULER_TOKEN": "ours"}
    assert running(given) == told
    assert "DB_PORT" not in running(given, DATABASE_URL="postgresql://theirs")


def test_restarts_wait_longer_each_time_and_end() -> None:
    restarts = Restarts()
    delays = [restarts.delay_after(float(second)) for second in range(6)]
    assert delays == [0.5, 1.0, 2.0, 4.0, 8.0, None]
    assert restarts.delay_after(500.0) == 0.5
    assert max(delay for delay in delays if delay) <= LONGEST_DELAY_S


def test_an_ending_is_told_in_words() -> None:
    assert ending(3) == "exit status 3"
    assert ending(-9) == "killed by SIGKILL"


@pytest.mark.parametrize("arguments", [["--help"], ["up", "--help"], ["migrate", "--help"]])
def test_help_helps(arguments: list[str]) -> None:
    said = CliRunner().invoke(main, arguments)
    assert said.exit_code == 0
    assert "Usage:" in said.output


@pytest.mark.parametrize("name", ["SERVER_PORT", "SANDBOX_PORT", "DB_POOL_MAX", "JWT_EXPIRES_IN"])
def test_a_bad_setting_is_one_line_before_anything_is_made(name: str, tmp_path: Path) -> None:
    home = tmp_path / "home"
    said = CliRunner().invoke(main, ["up"], env={name: "http", "MUVI_HOME": str(home)})
    assert said.exit_code == 1
    (line,) = said.output.splitlines()
    assert line.startswith(f"{name} must be ")
    assert not home.exists()


def test_an_option_wins_over_the_environment(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="ascii")
    environment = {"SERVER_PORT": "http", "MUVI_HOME": str(tmp_path / "elsewhere")}
    said = CliRunner().invoke(
        main, ["up", "--port", "3000", "--home", str(tmp_path / "file")], env=environment
    )
    assert said.exit_code == 1
    assert str(tmp_path / "file") in said.output
    assert "SERVER_PORT" not in said.output


def test_an_option_that_is_no_port_is_a_matter_of_usage() -> None:
    said = CliRunner().invoke(main, ["up", "--port", "http"])
    assert said.exit_code == 2
    assert "--port" in said.output


@pytest.mark.parametrize("host", ["192.0.2.1", "no host"])
def test_a_host_that_is_none_of_this_machine_is_told(host: str) -> None:
    with pytest.raises(CannotStart, match=rf"SERVER_HOST names {host}, "):
        preflight.check_port(host, 3000, "SERVER_PORT")
