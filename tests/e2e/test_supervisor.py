"""The supervisor with small programs in place of Muvi's own: it restarts, gives up, leaves nothing behind."""

import os
import signal
import subprocess
import sys
import textwrap
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from io import StringIO
from pathlib import Path

import pytest
from rich.console import Console
from tests import servers
from tests.e2e.processes import alive, wait_for

from muvi.entrypoints.local.errors import CannotStart
from muvi.entrypoints.local.folders import Folders, open_home
from muvi.entrypoints.local.parts import Part
from muvi.entrypoints.local.screen import Screen
from muvi.entrypoints.local.supervisor import Supervisor

SLEEPER = "import time; time.sleep(600)"
STUBBORN = """
import signal, subprocess, sys, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
child = subprocess.Popen([sys.executable, "-c", "import signal, time; signal.signal(15, 1); time.sleep(600)"])
print(child.pid, flush=True)
time.sleep(600)
"""


@pytest.fixture
def folders() -> Iterator[Folders]:
    with servers.temporary_home() as home:
        yield open_home(home)


class Stage:
    """A supervisor and what it said."""

    def __init__(self, folders: Folders) -> None:
        self._said = StringIO()
        self.supervisor = Supervisor(folders, Screen(Console(file=self._said, width=200)))

    @property
    def said(self) -> str:
        return self._said.getvalue()

    def watch_until(self, condition: Callable[[], bool], seconds: float = 60) -> None:
        end = time.monotonic() + seconds
        while not condition():
            assert time.monotonic() < end, self.said
            self.supervisor.look_after()
            time.sleep(0.02)


@pytest.fixture
def stage(folders: Folders) -> Iterator[Stage]:
    made = Stage(folders)
    yield made
    made.supervisor.stop()


def a_part(script: str, *, name: str = "Part", grace_s: float = 5) -> Part:
    return Part(name, ("-c", script), f"{name.lower()}.log", grace_s=grace_s)


def test_a_part_that_dies_is_told_and_started_again(stage: Stage, folders: Folders) -> None:
    marks = folders.home / "marks"
    script = f"""
import os, time
with open({str(marks)!r}, "a") as out:
    out.write("x")
if os.path.getsize({str(marks)!r}) < 3:
    print("no luck today")
    raise SystemExit(4)
time.sleep(600)
"""
    stage.supervisor.start(a_part(script), os.environ)
    stage.watch_until(lambda: marks.exists() and marks.stat().st_size == 3)
    assert stage.said.count("Part ended (exit status 4)") == 2
    assert "no luck today" in stage.said
    assert "starts again in 0.5 s" in stage.said


def test_the_message_of_a_death_shows_this_life_only(stage: Stage, folders: Folders) -> None:
    (folders.logs / "part.log").write_text("an old story\n", encoding="ascii")
    stage.supervisor.start(a_part("raise SystemExit('a new story')"), os.environ)
    stage.watch_until(lambda: "Part ended" in stage.said)
    assert "a new story" in stage.said
    assert "an old story" not in stage.said


def test_a_part_that_always_dies_ends_everything(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("muvi.entrypoints.local.parts.LONGEST_DELAY_S", 0.01)
    stage.supervisor.start(a_part("raise SystemExit('no')"), os.environ)
    with pytest.raises(CannotStart, match=r"Part ended \(exit status 1\)[\s\S]*again and again"):
        stage.watch_until(lambda: False)


def test_without_postgres_everything_ends(stage: Stage) -> None:
    stage.supervisor.start_postgres()
    assert stage.supervisor.postgres is not None
    assert stage.supervisor.postgres.child is not None
    os.kill(stage.supervisor.postgres.child.pid, signal.SIGKILL)
    with pytest.raises(CannotStart, match="PostgreSQL ended"):
        stage.watch_until(lambda: False)


def test_redis_starts_again_where_it_was(stage: Stage) -> None:
    address = stage.supervisor.start_redis()
    redis = stage.supervisor.redis
    assert redis is not None
    assert redis.child is not None
    first = redis.child.pid
    os.kill(first, signal.SIGKILL)
    stage.watch_until(lambda: redis.child is not None and redis.child.pid != first)
    assert redis.url() == address
    assert "Redis ended and starts again" in stage.said


def test_a_stubborn_part_is_killed_with_what_it_started(stage: Stage, folders: Folders) -> None:
    stage.supervisor.start(a_part(STUBBORN, grace_s=0.3), os.environ)
    log = folders.logs / "part.log"
    assert wait_for(lambda: log.exists() and log.read_text(encoding="ascii").strip().isdigit())
    grandchild = int(log.read_text(encoding="ascii"))
    stage.supervisor.stop()
    assert wait_for(lambda: not alive(grandchild))


LAST_WORDS = """
import signal, sys, time
from pathlib import Path
name, other, book = sys.argv[1], sys.argv[2], Path(sys.argv[3])
def end(*_):
    deadline = time.monotonic() + 2
    while other and other not in book.read_text() and time.monotonic() < deadline:
        time.sleep(0.01)
    with book.open("a") as out:
        out.write(name + " ")
    raise SystemExit
signal.signal(signal.SIGTERM, end)
print("ready", flush=True)
time.sleep(600)
"""


@pytest.mark.parametrize("needed", [True, False])
def test_what_others_need_ends_after_them(stage: Stage, folders: Folders, *, needed: bool) -> None:
    """The caller leaves two seconds late, unless what it needs is seen to leave before; the twin, with a
    callee that nobody is said to need, sees it.
    """
    book = folders.home / "book"
    book.write_text("", encoding="ascii")
    for name, other in (("callee", ""), ("caller", "callee")):
        part = Part(
            name,
            ("-c", LAST_WORDS, name, other, str(book)),
            f"{name}.log",
            needed=needed and name == "callee",
        )
        stage.supervisor.start(part, os.environ)
        log = folders.logs / f"{name}.log"
        assert wait_for(lambda log=log: log.exists() and "ready" in log.read_text(encoding="ascii"))
    stage.supervisor.stop()
    words = ["caller", "callee"] if needed else ["callee", "caller"]
    assert book.read_text(encoding="ascii").split() == words


def test_a_run_that_fails_says_why(stage: Stage) -> None:
    assert stage.supervisor.run_once("Good", a_part("pass"), 20)
    assert not stage.supervisor.run_once("Bad", a_part("raise SystemExit('out of stock')"), 20)
    assert "Bad: exit status 1\nout of stock" in stage.said


STARTER = """
    import os, sys, time
    from pathlib import Path
    from muvi.entrypoints.local.folders import open_home
    from muvi.entrypoints.local.parts import Part
    from muvi.entrypoints.local.screen import Screen
    from muvi.entrypoints.local.supervisor import Supervisor

    supervisor = Supervisor(open_home(Path(sys.argv[1])), Screen())
    supervisor.listen()
    if sys.argv[3:] == ["unguarded"]:
        supervisor._watch.close()
    supervisor.start_redis()
    supervisor.start_postgres()
    supervisor.start(Part("Part", ("-c", sys.argv[2]), "part.log", grace_s=0.5), os.environ)
    pids = [supervisor.redis.child.pid, supervisor.postgres.child.pid, supervisor._parts[0].child.pid]
    print(*pids, supervisor._watch._process.pid, flush=True)
    try:
        while True:
            supervisor.pause()
    finally:
        supervisor.stop()
"""


@contextmanager
def a_starter(folders: Folders, *options: str) -> Iterator[tuple[subprocess.Popen[str], list[int]]]:
    """A process that supervises, and the ids of all that it started, the grandchild last."""
    command = [sys.executable, "-c", textwrap.dedent(STARTER), str(folders.home), STUBBORN, *options]
    environment = {**os.environ, "PYTHONPATH": str(Path("src").resolve())}
    out, err = subprocess.PIPE, subprocess.DEVNULL
    with subprocess.Popen(command, env=environment, text=True, stdout=out, stderr=err) as starter:
        assert starter.stdout is not None
        pids = [int(word) for word in starter.stdout.readline().split()]
        log = folders.logs / "part.log"
        assert wait_for(lambda: log.read_text(encoding="ascii").strip().isdigit())
        pids.append(int(log.read_text(encoding="ascii")))
        assert len(pids) == 5
        yield starter, pids


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_however_the_supervisor_ends_nothing_is_left(folders: Folders, number: signal.Signals) -> None:
    with subprocess.Popen([sys.executable, "-c", SLEEPER]) as bystander:
        with a_starter(folders) as (starter, pids):
            assert all(alive(pid) for pid in pids)
            starter.send_signal(number)
            starter.wait(30)
            assert wait_for(lambda: not any(alive(pid) for pid in pids)), pids
        assert alive(bystander.pid)
        bystander.kill()


def test_without_the_guardian_a_grandchild_stays_behind(folders: Folders) -> None:
    with a_starter(folders, "unguarded") as (starter, pids):
        starter.kill()
        starter.wait(30)
        redis, postgres, part, _, grandchild = pids
        assert wait_for(lambda: not any(alive(pid) for pid in (redis, postgres)))
        assert alive(grandchild)
        os.kill(grandchild, signal.SIGKILL)
        os.kill(part, signal.SIGKILL)
