"""What only a folder can get wrong: half-written files, foreign readers, a full or missing disk."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from muvi.adapters.storage.local import LocalFiles
from muvi.ports.errors import Unavailable
from muvi.ports.storage import FileKey

KEY = FileKey("tickets/en.png")


def files_below(root: Path) -> list[str]:
    return sorted(str(path.relative_to(root)) for path in root.rglob("*") if path.is_file())


async def test_the_file_is_under_the_root_and_nothing_beside_it(tmp_path: Path) -> None:
    await LocalFiles(tmp_path).put(KEY, b"x")

    assert files_below(tmp_path) == ["tickets/en.png"]
    assert stat.S_IMODE((tmp_path / "tickets/en.png").stat().st_mode) == 0o600


async def test_a_failed_write_leaves_the_former_content_and_no_part(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    files = LocalFiles(tmp_path)
    await files.put(KEY, b"former")

    def full(_handle: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(Unavailable, match="No space left"):
        await files.put(KEY, b"new")

    assert await files.get(KEY) == b"former"
    assert files_below(tmp_path) == ["tickets/en.png"]


async def test_a_root_that_is_no_folder_is_unavailable(tmp_path: Path) -> None:
    (tmp_path / "files").write_bytes(b"")
    files = LocalFiles(tmp_path / "files")

    with pytest.raises(Unavailable):
        await files.put(KEY, b"x")
    with pytest.raises(Unavailable):
        await files.get(KEY)
