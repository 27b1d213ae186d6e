"""As whom PostgreSQL runs. It refuses root, and many a container and spare machine has nobody else.

As root we try a user namespace first: inside it the process is an ordinary user without any capability,
outside its files stay root's, so no folder has to be opened to others and no user has to be made. Where a
container forbids namespaces the process becomes that user for real, which needs folders he may enter.
"""

import os
import pwd
import shutil
import signal
import sys
from pathlib import Path

from muvi.entrypoints.local.errors import CannotStart
from muvi.entrypoints.local.processes import spawn

SAME = "same"


def ordinary_user() -> pwd.struct_passwd:
    """The user PostgreSQL takes itself for when we are root.

    Raises CannotStart on a system that knows root only.
    """
    try:
        return pwd.getpwnam("nobody")
    except KeyError:
        for entry in pwd.getpwall():
            if entry.pw_uid != 0:
                return entry
    raise CannotStart(
        "PostgreSQL does not run as root, and this system has no other user. Add one and try again."
    )


def choose(folder: Path) -> str:
    """The identity for `launch.py` under which PostgreSQL keeps its data in `folder`."""
    if os.geteuid() != 0:
        return SAME
    user = ordinary_user()
    owner = folder.stat().st_uid if folder.exists() else 0
    ids = f"{user.pw_uid}:{user.pw_gid}"
    if owner == 0 and _namespaces_work(f"namespace:{ids}"):
        return f"namespace:{ids}"
    return f"user:{ids}"


def _namespaces_work(identity: str) -> bool:
    probe = spawn(
        "namespace probe",
        [sys.executable, "-I", "-S", "-c", ""],
        log=Path(os.devnull),
        identity=identity,
        stop_signal=signal.SIGKILL,
    )
    probe.wait(10)
    return probe.finish(0) == 0


def hand_over(folder: Path, identity: str, *needed: Path) -> None:
    """Give `folder` to the user of `identity`, who must be able to reach it and `needed`.

    Raises CannotStart when a folder on the way is closed to him.
    """
    kind, _, ids = identity.partition(":")
    if kind != "user":
        return
    uid, gid = (int(part) for part in ids.split(":"))
    for path in (folder, *needed):
        for step in path.resolve().parents:
            if not step.stat().st_mode & 0o001:
                name = pwd.getpwuid(uid).pw_name
                raise CannotStart(
                    f"PostgreSQL does not run as root, and the user {name} may not enter {step}. "
                    "Start as an ordinary user, or keep Muvi and MUVI_HOME in folders that all may enter."
                )
    for path in (folder, *folder.rglob("*")):
        shutil.chown(path, uid, gid)
