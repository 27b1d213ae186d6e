"""`muvi up`: one whole copy on this machine, until somebody stops it."""

from __future__ import annotations

import os
import shlex
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from muvi.entrypoints.environment import BadSettings
from muvi.entrypoints.local import preflight
from muvi.entrypoints.local.environment import assemble, forget_note, leave_note, names_database, names_redis
from muvi.entrypoints.local.errors import CannotStart
from muvi.entrypoints.local.folders import Folders, HomeLock, open_home
from muvi.entrypoints.local.parts import Part, total_of
from muvi.entrypoints.local.screen import Screen
from muvi.entrypoints.local.supervisor import Asked, Supervisor
from muvi.entrypoints.settings import Settings, read_settings

LOCAL = "127.0.0.1"
FILMS = "/api/v1/films?limit=1"
TRY = ".venv/bin/muvi buy"
"""What to do next with a copy that has just come up; `make up` put the command there."""
START_TIMEOUT_S = 90.0
ENDS_WITHIN_S = 35.0
"""API and worker cut what is under way themselves before that."""
SYNC_TIMEOUT_S = 600.0
SYNC_TRIES = 3


@dataclass(frozen=True, slots=True)
class Place:
    """Where one copy lives."""

    home: Path
    host: str
    port: int
    sandbox_port: int
    metrics_port: int = 0
    """Of the worker; 0: it answers nobody."""
    drain_s: int = 0
    """How long the API is unready before it takes nobody new."""

    @classmethod
    def told(cls, environment: Mapping[str, str]) -> Place:
        """Where the environment wants it. Raises CannotStart for any setting that cannot be worked with."""
        preflight.check_no_loose_parts(environment)
        settings = _settings({**_to_come(environment), **environment})
        return cls(
            settings.home,
            settings.host,
            settings.port,
            settings.sandbox_port,
            settings.worker_metrics_port,
            settings.drain_s,
        )

    @property
    def near_host(self) -> str:
        """The address by which this machine reaches itself."""
        return LOCAL if self.host in {"", "0.0.0.0", "::"} else self.host  # noqa: S104  compared, not bound

    @property
    def ports(self) -> dict[str, int]:
        """Every port that is listened on, by the name of its setting."""
        ports = {"SERVER_PORT": self.port, "SANDBOX_PORT": self.sandbox_port}
        return ports | {"WORKER_METRICS_PORT": self.metrics_port} if self.metrics_port else ports

    @property
    def address(self) -> dict[str, str]:
        return {"SERVER_HOST": self.host} | {name: str(port) for name, port in self.ports.items()}

    def api(self) -> Part:
        health = (self.near_host, self.port, "/health/ready")
        grace_s = self.drain_s + ENDS_WITHIN_S
        return Part("API", ("-m", "muvi.entrypoints.api"), "api.log", health, grace_s=grace_s)

    def worker(self) -> Part:
        health = (self.near_host, self.metrics_port, "/health/live") if self.metrics_port else None
        return Part("Worker", ("-m", "muvi.entrypoints.worker"), "worker.log", health, grace_s=ENDS_WITHIN_S)

    def sandbox(self) -> Part:
        health = (LOCAL, self.sandbox_port, "/health")
        return Part("Sandbox", ("-m", "muvi_sandbox"), "sandbox.log", health, needed=True)


DEMO_CONTENT = Part("Demo content", ("-m", "muvi", "demo-content"), "demo-content.log")
SYNC = Part("Catalogue", ("-m", "muvi", "vista-sync", "-a"), "vista-sync.log")


def _to_come(given: Mapping[str, str]) -> dict[str, str]:
    """Addresses that stand in for our own servers before there are any."""
    own = {} if names_database(given) else {"DATABASE_URL": "postgresql://localhost/muvi"}
    return own if names_redis(given) else own | {"REDIS_URL": "redis://localhost"}


def _settings(environment: Mapping[str, str]) -> Settings:
    try:
        return read_settings(environment)
    except BadSettings as fault:
        raise CannotStart(str(fault)) from fault


def up(given: Mapping[str, str], screen: Screen) -> int:
    """The exit status of a copy that lives as `given` says: 0 when stopped, 1 when it could not go on."""
    try:
        preflight.check_python(sys.version_info[:2])
        preflight.check_not_production(given)
        place = Place.told(given)
        folders = open_home(place.home)
        preflight.check_disk(folders.home)
        lock = HomeLock(folders.home)
        lock.take(f"process {os.getpid()}, API on port {place.port}")
        preflight.check_ports_differ(place.ports)
        preflight.check_port(LOCAL, place.sandbox_port, "SANDBOX_PORT")
        for variable in place.ports.keys() - {"SANDBOX_PORT"}:
            preflight.check_port(place.host, place.ports[variable], variable)
    except CannotStart as refusal:
        screen.complain(str(refusal))
        return 1
    return _live(place, given, folders, screen)


def _live(place: Place, given: Mapping[str, str], folders: Folders, screen: Screen) -> int:
    supervisor = Supervisor(folders, screen)
    supervisor.listen()
    try:
        _begin(place, given, folders, screen, supervisor)
        while True:
            supervisor.look_after()
            supervisor.pause()
    except Asked:
        return 0
    except CannotStart as failure:
        screen.complain(str(failure))
        return 1
    finally:
        supervisor.stop()
        forget_note(folders)


def _begin(
    place: Place, given: Mapping[str, str], folders: Folders, screen: Screen, supervisor: Supervisor
) -> None:
    own: dict[str, str] = {}
    environment = assemble(given, folders, place.address, own)
    sandbox = place.sandbox()
    supervisor.start(sandbox, environment)
    if not names_redis(given):
        with screen.step("Redis"):
            own["REDIS_URL"] = supervisor.start_redis()
    if not names_database(given):
        with screen.step("PostgreSQL"):
            own["DATABASE_URL"] = supervisor.start_postgres()
    supervisor.pause(0)
    environment = assemble(given, folders, place.address, own)
    leave_note(folders, environment, given)
    with screen.step("Schema"):
        _migrate(environment)
    supervisor.pause(0)
    parts = (place.api(), place.worker())
    for part in parts:
        supervisor.start(part, environment)
    for part in (*parts, sandbox):
        with screen.step(part.name):
            supervisor.wait_for(part.name, partial(supervisor.well, part), START_TIMEOUT_S)
    _fill(place, folders, screen, supervisor)


def _migrate(environment: dict[str, str]) -> None:
    import asyncpg  # noqa: PLC0415  heavy, like all of these, and useless when a check refuses

    from muvi.adapters.db.revisions import is_newest  # noqa: PLC0415

    url = _settings(environment).database_url
    try:
        if not is_newest(url):
            _upgrade(url)
    except (OSError, asyncpg.PostgresError) as fault:
        raise CannotStart(f"The database cannot be used: {fault}") from fault


def _upgrade(url: str) -> None:
    from muvi.adapters.db.migrate import CannotMigrate, upgrade  # noqa: PLC0415

    try:
        upgrade(url)
    except CannotMigrate as fault:
        raise CannotStart(f"The database could not be brought to the newest schema: {fault}") from fault


def _fill(place: Place, folders: Folders, screen: Screen, supervisor: Supervisor) -> None:
    """Content and catalogue: waited for when there is none yet, brought up to date behind the scenes else."""
    warm = total_of(place.near_host, place.port, FILMS) > 0
    if warm:
        screen.addresses(_rows(place, folders, supervisor))
    with screen.step(DEMO_CONTENT.name):
        supervisor.run_once(DEMO_CONTENT.name, DEMO_CONTENT, START_TIMEOUT_S)
    with screen.step(SYNC.name):
        for attempt in range(SYNC_TRIES):
            if supervisor.run_once(SYNC.name, SYNC, SYNC_TIMEOUT_S):
                break
            supervisor.pause(attempt)
    if warm:
        return
    if not total_of(place.near_host, place.port, FILMS):
        screen.complain(
            f"The catalogue is still empty; see {folders.logs / SYNC.log}. The worker will try again."
        )
    screen.addresses(_rows(place, folders, supervisor))


def _rows(place: Place, folders: Folders, supervisor: Supervisor) -> list[tuple[str, str]]:
    api, sandbox = f"http://{place.near_host}:{place.port}", f"http://{LOCAL}:{place.sandbox_port}"
    rows = [
        ("API", f"{api}/api/v1"),
        ("Swagger", f"{api}/swagger"),
        ("Sandbox", sandbox),
        ("Inbox", f"{sandbox}/inbox"),
    ]
    if place.metrics_port:
        rows.append(("Worker", f"http://{place.near_host}:{place.metrics_port}/metrics"))
    if supervisor.postgres is not None:
        rows.append(("PostgreSQL", supervisor.postgres.url("muvi").replace("+asyncpg", "", 1)))
    if supervisor.redis is not None:
        rows.append(("Redis", supervisor.redis.url()))
    return [*rows, ("Logs", str(folders.logs)), ("Try", _hint(folders.home))]


def _hint(home: Path) -> str:
    """The next thing to do; another shell finds this copy by its home."""
    usual = home == Path(".muvi").resolve()
    return TRY if usual else f"MUVI_HOME={shlex.quote(str(home))} {TRY}"
