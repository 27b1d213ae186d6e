"""What every process of one copy is told, and how a command in another shell learns it."""

import json
import os
from collections.abc import Mapping
from pathlib import Path

from muvi.entrypoints.environment import PERSONAL, place_of
from muvi.entrypoints.local.folders import Folders, HomeLock
from muvi.entrypoints.local.secrets import own_secrets
from muvi.entrypoints.parameters import path_in

NOTE = "environment.json"
ADDRESS = frozenset({"SERVER_HOST", "SERVER_PORT", "SANDBOX_PORT"})
DATABASE = ("DATABASE_URL", "DB_")
REDIS = ("REDIS_",)
"""How the names of a server's address begin."""


def names_database(environment: Mapping[str, str]) -> bool:
    """Whether a real PostgreSQL is given, so that none of ours is started."""
    return bool(environment.get("DATABASE_URL") or environment.get("DB_WRITE_HOST"))


def names_redis(environment: Mapping[str, str]) -> bool:
    return bool(environment.get("REDIS_URL") or environment.get("REDIS_HOST"))


def assemble(
    given: Mapping[str, str], folders: Folders, address: Mapping[str, str], own: Mapping[str, str]
) -> dict[str, str]:
    """What is given, completed: this copy's secrets, our `own` servers, and `address`, which always wins."""
    filled = {name: value for name, value in given.items() if value}
    return {
        **own_secrets(folders.secrets),
        **own,
        **filled,
        **address,
        "MUVI_HOME": str(folders.home),
        "PYTHONUNBUFFERED": "1",
    }


def leave_note(folders: Folders, environment: Mapping[str, str], given: Mapping[str, str]) -> None:
    """Keep what we added to the given environment, and where we and our servers are, which another shell
    cannot guess even when we were told: beside the sockets, where only its owner reads it.
    """
    added = {
        name: value
        for name, value in environment.items()
        if name in ADDRESS or name.startswith((*DATABASE, *REDIS)) or given.get(name) != value
    }
    note = folders.sockets / NOTE
    with os.fdopen(os.open(note, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as out:
        json.dump(added, out, indent=1)


def forget_note(folders: Folders) -> None:
    (folders.sockets / NOTE).unlink(missing_ok=True)


def of_running_copy(environment: Mapping[str, str]) -> dict[str, str]:
    """What the copy that runs in MUVI_HOME was told and this environment does not say, for a command beside
    it; {} if none runs, and at a place that is nobody's own machine. A server that the environment names is
    taken as it names it, whole.
    """
    if place_of(environment) not in PERSONAL or path_in(environment):
        return {}
    folders = Folders(Path(environment.get("MUVI_HOME") or ".muvi").expanduser().resolve())
    if not HomeLock(folders.home).is_taken():  # a copy that was killed leaves its note behind
        return {}
    try:
        added = json.loads((folders.sockets / NOTE).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    known = (DATABASE if names_database(environment) else ()) + (REDIS if names_redis(environment) else ())
    return {
        name: str(value)
        for name, value in added.items()
        if not environment.get(name) and not name.startswith(known)
    }
