"""Contract of Files, over memory and over a folder."""

from __future__ import annotations

from pathlib import Path

import pytest

from muvi.adapters.memory.storage import MemoryFiles
from muvi.adapters.storage.local import LocalFiles
from muvi.ports.storage import FileKey, Files

KEY = FileKey("tickets/01JD0000000000000000000000/en.png")


@pytest.fixture(params=["memory", "local"])
def files(request: pytest.FixtureRequest, tmp_path: Path) -> Files:
    return MemoryFiles() if request.param == "memory" else LocalFiles(tmp_path / "files")


async def test_what_was_put_is_there(files: Files) -> None:
    await files.put(KEY, b"\x89PNG")

    assert await files.get(KEY) == b"\x89PNG"
    assert await files.exists(KEY)


async def test_what_was_never_put_is_not(files: Files) -> None:
    await files.put(KEY, b"x")

    assert await files.get(FileKey("tickets/other.png")) is None
    assert not await files.exists(FileKey("tickets/other.png"))
    assert not await files.exists(FileKey("tickets/01JD0000000000000000000000.png"))


async def test_putting_again_replaces(files: Files) -> None:
    await files.put(KEY, b"a longer content than the next")
    await files.put(KEY, b"short")

    assert await files.get(KEY) == b"short"


async def test_an_empty_file_is_a_file(files: Files) -> None:
    await files.put(KEY, b"")

    assert await files.get(KEY) == b""
    assert await files.exists(KEY)
