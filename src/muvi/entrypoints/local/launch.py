"""Make sure this process cannot outlive its parent, then become the wanted program.

Run by path, with nothing but the standard library, in front of every process that Muvi starts on a person's
machine:

    python -I -S launch.py PARENT SIGNAL IDENTITY PROGRAM [ARGUMENT ...]

PARENT is the process id of the starter, SIGNAL the number sent to the program when the starter dies, IDENTITY
one of `same`, `namespace:UID:GID` (root only: the same rights on files, but a user who is not root, which
PostgreSQL insists on) and `user:UID:GID` (root only: become that user).
"""

import ctypes
import os
import sys
from pathlib import Path
from typing import NoReturn

PR_SET_PDEATHSIG = 1
CLONE_NEWUSER = 0x10000000
CANNOT_LAUNCH = 125
"""Exit status when the program was never reached."""


def _libc() -> ctypes.CDLL:
    return ctypes.CDLL(None, use_errno=True)


def _checked(result: int) -> None:
    if result != 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))


def take_identity(identity: str) -> None:
    """Raise OSError where the kernel or the container does not allow the change."""
    kind, _, ids = identity.partition(":")
    if kind == "same":
        return
    uid, gid = (int(part) for part in ids.split(":"))
    if kind == "user":
        os.setgroups([])
        os.setgid(gid)
        os.setuid(uid)
        return
    outer_uid, outer_gid = os.geteuid(), os.getegid()
    _checked(_libc().unshare(CLONE_NEWUSER))
    Path("/proc/self/setgroups").write_text("deny", encoding="ascii")
    Path("/proc/self/uid_map").write_text(f"{uid} {outer_uid} 1", encoding="ascii")
    Path("/proc/self/gid_map").write_text(f"{gid} {outer_gid} 1", encoding="ascii")


def main(arguments: list[str]) -> NoReturn:
    parent, number, identity, *command = arguments
    take_identity(identity)
    # after the identity: the kernel forgets the wish when the credentials change
    _checked(_libc().prctl(PR_SET_PDEATHSIG, int(number), 0, 0, 0))
    if os.getppid() != int(parent):
        sys.exit(CANNOT_LAUNCH)  # the starter died before the wish was known
    os.execvp(command[0], command)  # noqa: S606  the whole purpose; no shell


if __name__ == "__main__":
    try:
        main(sys.argv[1:])
    except OSError as error:
        sys.stderr.write(f"cannot launch {' '.join(sys.argv[4:5])}: {error}\n")
        sys.exit(CANNOT_LAUNCH)
