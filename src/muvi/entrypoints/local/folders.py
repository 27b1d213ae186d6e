"""Where one copy of Muvi keeps its things, and the lock that keeps a second copy out."""

import errno
import fcntl
import hashlib
import os
import re
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from muvi.entrypoints.local.errors import CannotStart

SOCKET_PATH_LIMIT = 100
"""A unix socket's path has 108 bytes on Linux, its end included; we stay clear of it."""
PLAIN = re.compile(r"[A-Za-z0-9_./-]+")
FULL = frozenset({errno.ENOSPC, errno.EDQUOT})
FORBIDDEN = frozenset({errno.EACCES, errno.EPERM, errno.EROFS})
LONGEST_SOCKET_NAME = ".s.PGSQL.5432.lock"


@dataclass(frozen=True, slots=True)
class Folders:
    """The layout under MUVI_HOME."""

    home: Path

    @property
    def postgres(self) -> Path:
        return self.home / "postgres"

    @property
    def redis(self) -> Path:
        return self.home / "redis"

    @property
    def logs(self) -> Path:
        return self.home / "logs"

    @property
    def secrets(self) -> Path:
        return self.home / "secrets"

    @property
    def sockets(self) -> Path:
        """A private folder for unix sockets: in the home, or among temporary files where its path is long
        or has characters that mean something in an address.
        """
        near = self.home / "run"
        if PLAIN.fullmatch(str(near)) and len(os.fsencode(near / LONGEST_SOCKET_NAME)) <= SOCKET_PATH_LIMIT:
            return near
        mark = hashlib.sha256(os.fsencode(self.home)).hexdigest()[:12]
        return Path(tempfile.gettempdir()) / f"muvi-{os.geteuid()}-{mark}"


def open_home(path: Path) -> Folders:
    """The folders under `path`, made if they are not there.

    Raises CannotStart where that cannot be done, and says why.
    """
    folders = Folders(path.expanduser().resolve())
    try:
        for folder in (folders.home, folders.logs, folders.sockets):
            folder.mkdir(parents=True, exist_ok=True)
        folders.sockets.chmod(0o700)
        owner = folders.sockets.stat().st_uid
        with tempfile.TemporaryFile(dir=folders.home):
            pass
    except OSError as error:
        raise CannotStart(_refusal(folders.home, error)) from error
    if owner not in (os.geteuid(), 0) and os.geteuid() != 0:
        raise CannotStart(
            f"{folders.sockets} belongs to another user. Remove it, or choose another MUVI_HOME."
        )
    return folders


def _refusal(home: Path, error: OSError) -> str:
    other = "choose another folder: MUVI_HOME=/some/where make up"
    if error.errno in FULL:
        return f"The disk of {home} is full ({error.strerror}). Make room, or {other}"
    if error.errno in FORBIDDEN:
        return f"No right to write in {home} ({error.strerror}). Give it to your user, or {other}"
    return f"The folder {home} cannot be made ({error.strerror}): {other}"


class HomeLock:
    """Held while Muvi runs in a home; the kernel lets go of it however the holder ends."""

    def __init__(self, home: Path) -> None:
        self._path = home / "lock"
        self._stream: IO[str] | None = None

    def take(self, note: str) -> None:
        """Raises CannotStart when another copy holds it, with the note that one left."""
        stream = self._path.open("a+", encoding="utf-8")
        try:
            fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            stream.seek(0)
            holder = stream.read().strip() or "its process is not known"
            stream.close()
            raise CannotStart(
                f"Muvi already runs from {self._path.parent} ({holder}). Stop that one, or run a second copy "
                "beside it: MUVI_HOME=.muvi-2 SERVER_PORT=3001 SANDBOX_PORT=3901 make up"
            ) from error
        stream.seek(0)
        stream.truncate()
        stream.write(note)
        stream.flush()
        self._stream = stream

    def is_taken(self) -> bool:
        """Whether a copy runs here now, be it ours."""
        try:
            with self._path.open(encoding="utf-8") as stream:
                fcntl.flock(stream, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
        except OSError:
            return False
        return False

    def release(self) -> None:
        if self._stream is not None:
            self._stream.close()
            self._stream = None
