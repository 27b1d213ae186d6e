"""Files that live as long as the process."""

from __future__ import annotations

from typing_extensions import override

from muvi.ports.storage import FileKey, Files


class MemoryFiles(Files):
    """Keeps content in a dictionary, open to tests as `kept`."""

    def __init__(self) -> None:
        self.kept: dict[FileKey, bytes] = {}

    @override
    async def put(self, key: FileKey, content: bytes) -> None:
        self.kept[key] = content

    @override
    async def get(self, key: FileKey) -> bytes | None:
        return self.kept.get(key)
