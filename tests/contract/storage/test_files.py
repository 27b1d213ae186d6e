"""Contract of Files, over memory, over a folder and over a bucket."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from muvi.adapters.memory.storage import MemoryFiles
from muvi.adapters.storage.local import LocalFiles
from muvi.ports.storage import FileKey, Files

KEY = FileKey("tickets/01JD0000000000000000000000/en.png")


@pytest.fixture(params=["memory", "local", "s3"])
def files(request: pytest.FixtureRequest, tmp_path: Path) -> Files:
    match request.param:
        case "s3":
            return request.getfixturevalue("s3_files")
        case "local":
            return LocalFiles(tmp_path / "files")
        case _:
            return MemoryFiles()


async def test_what_was_put_is_there(files: Files) -> None:
    await files.put(KEY, b"\x89PNG")

    assert await files.get(KEY) == b"\x89PNG"


async def test_what_was_never_put_is_not(files: Files) -> None:
    await files.put(KEY, b"x")

    assert await files.get(FileKey("tickets/other.png")) is None
    assert await files.get(FileKey("tickets/01JD0000000000000000000000.png")) is None


async def test_putting_again_replaces(files: Files) -> None:
    await files.put(KEY, b"a longer content than the next")
    await files.put(KEY, b"short")

    assert await files.get(KEY) == b"short"


async def test_an_empty_file_is_a_file(files: Files) -> None:
    await files.put(KEY, b"")

    assert await files.get(KEY) == b""


async def test_many_at_once(files: Files) -> None:
    """More than a bucket has connections."""
    keys = [FileKey(f"tickets/{number}.png") for number in range(40)]
    async with asyncio.TaskGroup() as group:
        for key in keys:
            group.create_task(files.put(key, key.text.encode() * 1000))
    async with asyncio.TaskGroup() as group:
        read = [group.create_task(files.get(key)) for key in keys]
    assert [task.result() for task in read] == [key.text.encode() * 1000 for key in keys]
