"""Files in a folder of this machine (`MUVI_HOME/files`)."""

from __future__ import annotations

import asyncio
import os
import tempfile
from contextlib import suppress
from pathlib import Path

from typing_extensions import override

from muvi.ports.errors import Unavailable
from muvi.ports.storage import FileKey, Files


class LocalFiles(Files):
    """One file a key, under a root that is made when missing.

    Content is written beside its place, forced to the disk and renamed over it, so that a kill or a power
    cut leaves the former file or the new one. Files and folders are for the owner only: they hold
    personal data.
    """

    def __init__(self, root: Path) -> None:
        self._root = root

    @override
    async def put(self, key: FileKey, content: bytes) -> None:
        try:
            await asyncio.to_thread(_write, self._place(key), content)
        except OSError as wrong:
            raise _unavailable(wrong) from wrong

    @override
    async def get(self, key: FileKey) -> bytes | None:
        try:
            return await asyncio.to_thread(self._place(key).read_bytes)
        except FileNotFoundError:
            return None
        except OSError as wrong:
            raise _unavailable(wrong) from wrong

    def _place(self, key: FileKey) -> Path:
        return self._root / key.text


def _write(place: Path, content: bytes) -> None:
    place.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(prefix=".", suffix=".part", dir=place.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        Path(name).replace(place)
    except BaseException:
        with suppress(FileNotFoundError):
            Path(name).unlink()
        raise
    _sync_folder(place.parent)


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _unavailable(wrong: OSError) -> Unavailable:
    return Unavailable(f"the file store failed: {wrong.strerror or type(wrong).__name__}", system="files")
