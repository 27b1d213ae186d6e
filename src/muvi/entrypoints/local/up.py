"""`muvi up`: one whole copy on this machine, until somebody stops it."""

import os
import sys
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from muvi.entrypoints.local import preflight
from muvi.entrypoints.local.environment import assemble, forget_note, leave_note, names_database, names_redis
from muvi.entrypoints.local.errors import CannotStart
from muvi.entrypoints.local.folders import Folders, HomeLock, open_home
from muvi.entrypoints.local.parts import Part, total_of
from muvi.entrypoints.local.screen import Screen
from muvi.entrypoints.local.supervisor import Asked, Supervisor

LOCAL = "127.0.0.1"
FILMS = "/api/v1/films?limit=1"
START_TIMEOUT_S = 90.0
SYNC_TIMEOUT_S = 600.0
SYNC_TRIES = 3


@dataclass(frozen=True, slots=True)
class Place:
    """Where one copy lives."""

    home: Path
    host: str
    port: int
    sandbox_port: int

    @property
    def near_host(self) -> str:
        """The address by which this machine reaches itself."""
        return LOCAL if self.host in {"", "0.0.0.0", "::"} else self.host  # noqa: S104  compared, not bound

    @property
    def address(self) -> dict[str, str]:
        return {
            "SERVER_HOST": self.host,
            "SERVER_PORT": str(self.port),
            "SANDBOX_PORT": str(self.sandbox_port),
        }

    def api(self) -> Part:
        health = (self.near_host, self.port, "/health/ready")
        return Part("API", ("-m", "muvi.entrypoints.api"), "api.log", health)

    def worker(self) -> Part:
        return Part("Worker", ("-m", "muvi.entrypoints.worker"), "worker.log", grace_s=30)

    def sandbox(self) -> Part:
        return Part("Sandbox", ("-m", "muvi_sandbox"), "sandbox.log", (LOCAL, self.sandbox_port, "/health"))


DEMO_CONTENT = Part("Demo content", ("-m", "muvi", "demo-content"), "demo-content.log")
SYNC = Part("Catalogue", ("-m", "muvi", "vista-sync", "-a"), "vista-sync.log")


def up(place: Place, screen: Screen) -> int:
    """The exit status: 0 when somebody stopped us, 1 when it could not go on."""
    try:
        preflight.check_python(sys.version_info[:2])
        preflight.check_not_production(os.environ)
        preflight.check_disk(place.home)
        folders = open_home(place.home)
        lock = HomeLock(folders.home)
        lock.take(f"process {os.getpid()}, API on port {place.port}")
        preflight.check_ports_differ(place.port, place.sandbox_port)
        preflight.check_port(place.host, place.port, "SERVER_PORT")
        preflight.check_port(LOCAL, place.sandbox_port, "SANDBOX_PORT")
    except CannotStart as refusal:
        screen.complain(str(refusal))
        return 1
    return _live(place, folders, screen)


def _live(place: Place, folders: Folders, screen: Screen) -> int:
    supervisor = Supervisor(folders, screen)
    supervisor.listen()
    try:
        _begin(place, folders, screen, supervisor)
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


def _begin(place: Place, folders: Folders, screen: Screen, supervisor: Supervisor) -> None:
    given = dict(os.environ)
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
    from muvi.entrypoints.settings import BadSettings, read_settings  # noqa: PLC0415

    try:
        url = read_settings(environment).database_url
        if not is_newest(url):
            _upgrade(url)
    except BadSettings as fault:
        raise CannotStart(str(fault)) from fault
    except (OSError, asyncpg.PostgresError) as fault:
        raise CannotStart(f"The database cannot be used: {fault}") from fault


def _upgrade(url: str) -> None:
    from sqlalchemy.exc import SQLAlchemyError  # noqa: PLC0415

    from muvi.adapters.db.migrate import upgrade  # noqa: PLC0415

    try:
        upgrade(url)
    except SQLAlchemyError as fault:
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
    if supervisor.postgres is not None:
        rows.append(("PostgreSQL", supervisor.postgres.url("muvi").replace("+asyncpg", "", 1)))
    if supervisor.redis is not None:
        rows.append(("Redis", supervisor.redis.url()))
    return [*rows, ("Logs", str(folders.logs))]
