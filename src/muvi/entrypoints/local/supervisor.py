"""Starts the parts of one copy, stays with them and ends them. The order of life is in `up.py`."""

import signal
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import FrameType

from muvi.entrypoints.local.errors import CannotStart
from muvi.entrypoints.local.folders import Folders
from muvi.entrypoints.local.parts import Part, Restarts, ending
from muvi.entrypoints.local.postgres import EmbeddedPostgres
from muvi.entrypoints.local.preflight import disk_hint
from muvi.entrypoints.local.processes import Child, spawn
from muvi.entrypoints.local.redis import EmbeddedRedis
from muvi.entrypoints.local.screen import Screen
from muvi.entrypoints.local.watch import Watch

POLL_S = 0.1
SERVER_GRACE_S = 20.0
STOPPING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class Asked(Exception):
    """Somebody wants us to stop."""


@dataclass(slots=True)
class Running:
    """A part and its present process; none while it waits to be started again."""

    part: Part
    child: Child | None = None
    again_at: float = 0
    restarts: Restarts = field(default_factory=Restarts)


class Supervisor:
    """Everything it starts dies with it, however it ends."""

    def __init__(self, folders: Folders, screen: Screen) -> None:
        self._folders = folders
        self._screen = screen
        self._watch = Watch()
        self._asked = False
        self._parts: list[Running] = []
        self._environment: Mapping[str, str] = {}
        self.postgres: EmbeddedPostgres | None = None
        self.redis: EmbeddedRedis | None = None

    def listen(self) -> None:
        """From here on Ctrl-C, SIGTERM and a closed terminal stop us in good order."""

        def ask(number: int, frame: FrameType | None) -> None:
            del number, frame
            self._asked = True

        for number in STOPPING:
            signal.signal(number, ask)

    def pause(self, seconds: float = POLL_S) -> None:
        """Wait a little. Raises Asked as soon as somebody wants us to stop."""
        time.sleep(0 if self._asked else seconds)
        if self._asked:
            raise Asked

    def wait_for(self, name: str, reached: Callable[[], bool], timeout_s: float) -> None:
        """Look after the parts until `reached`. Raises CannotStart after `timeout_s`, Asked."""
        end = time.monotonic() + timeout_s
        while not reached():
            if time.monotonic() > end:
                raise CannotStart(f"{name} is not ready after {timeout_s:.0f} s; see {self._folders.logs}")
            self.look_after()
            self.pause()

    # servers

    def start_postgres(self) -> str:
        """The address of our database."""
        log = self._folders.logs / "postgres.log"
        server = self.postgres = EmbeddedPostgres(
            self._folders.postgres, sockets=self._folders.sockets, log=log
        )
        server.start()
        self._guard(server.child, SERVER_GRACE_S)
        server.create_database("muvi")
        return server.url("muvi")

    def start_redis(self) -> str:
        log = self._folders.logs / "redis.log"
        server = self.redis = EmbeddedRedis(self._folders.redis, sockets=self._folders.sockets, log=log)
        server.start()
        self._guard(server.child, SERVER_GRACE_S)
        return server.url()

    # parts

    def start(self, part: Part, environment: Mapping[str, str]) -> None:
        self._environment = environment
        running = Running(part)
        self._parts.append(running)
        self._spawn(running)

    def well(self, part: Part) -> bool:
        """Whether a part that was started runs and, where it can be asked, says that it is well."""
        runs = any(known.part is part and _lives(known.child) for known in self._parts)
        return runs and part.answers()

    def run_once(self, name: str, part: Part, timeout_s: float) -> bool:
        """Run a part that ends by itself; whether it went well. Raises Asked."""
        child = self._spawn(Running(part))
        try:
            self.wait_for(name, lambda: not child.running(), timeout_s)
        finally:
            status = self._reap(child, part.grace_s)
        if status != 0:
            self._screen.complain(f"{name}: {ending(status)}\n{child.tail()}")
        return status == 0

    def look_after(self) -> None:
        """Start again what died. Raises CannotStart when that makes no sense any more."""
        if self.postgres is not None and not _lives(self.postgres.child):
            child = self.postgres.child
            tail = child.tail() if child else ""
            raise CannotStart(
                f"PostgreSQL ended, and nothing works without it:\n{tail}{disk_hint(self._folders.home)}"
            )
        if self.redis is not None and not _lives(self.redis.child):
            self._revive_redis(self.redis)
        for running in self._parts:
            if running.child is None:
                if time.monotonic() >= running.again_at:
                    self._spawn(running)
            elif not running.child.running():
                self._bury(running, running.child)

    def stop(self) -> None:
        """End everything: those who take requests or do work first; once they are gone what they call, and
        the servers under them last.
        """
        self._screen.say("Stopping …")
        for needed in (False, True):
            parts = [one for one in reversed(self._parts) if one.part.needed is needed]
            for running in parts:
                if running.child is not None:
                    running.child.ask_to_stop()
            for running in parts:
                if running.child is not None:
                    self._reap(running.child, running.part.grace_s)
        if self.redis is not None:
            self.redis.stop()
        if self.postgres is not None:
            self.postgres.stop(SERVER_GRACE_S)
        self._watch.close()

    def _spawn(self, running: Running) -> Child:
        part = running.part
        log = self._folders.logs / part.log
        running.child = child = spawn(part.name, part.command, log=log, env=self._environment)
        self._guard(child, part.grace_s)
        return child

    def _bury(self, running: Running, child: Child) -> None:
        status = self._reap(child, 0)
        running.child = None
        delay = running.restarts.delay_after(time.monotonic())
        said = f"{running.part.name} ended ({ending(status)}); the end of {child.log}:\n{child.tail()}"
        said += disk_hint(self._folders.home)
        if delay is None:
            raise CannotStart(f"{said}\nIt ends again and again, so everything stops.")
        self._screen.complain(said)
        self._screen.say(f"{running.part.name} starts again in {delay:.1f} s")
        running.again_at = time.monotonic() + delay

    def _revive_redis(self, redis: EmbeddedRedis) -> None:
        child = redis.child
        if child is not None:
            self._screen.complain(f"Redis ended and starts again; the end of {child.log}:\n{child.tail(5)}")
            self._watch.no_more(child.pid)
        redis.stop()
        redis.start()
        self._guard(redis.child, SERVER_GRACE_S)

    def _guard(self, child: Child | None, grace_s: float) -> None:
        if child is not None:
            self._watch.over(child.pid, grace_s)

    def _reap(self, child: Child, grace_s: float) -> int:
        status = child.finish(grace_s)
        self._watch.no_more(child.pid)
        return status


def _lives(child: Child | None) -> bool:
    return child is not None and child.running()
