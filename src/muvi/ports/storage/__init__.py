"""Files that are made once and kept: ticket images, later passes and uploads."""

from __future__ import annotations

import re
from abc import abstractmethod
from dataclasses import dataclass
from typing import Protocol

CONTENT_TYPES = {
    "png": "image/png",
    "jpg": "image/jpeg",
    "webp": "image/webp",
    "svg": "image/svg+xml",
    "pdf": "application/pdf",
    "json": "application/json",
    "pkpass": "application/vnd.apple.pkpass",
}
LONGEST_KEY = 200
_SEGMENT = re.compile(r"[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]+)*")


@dataclass(frozen=True, slots=True)
class FileKey:
    """The name of a file, `folder/…/name.suffix`; its suffix says what the content is.

    Segments hold letters, digits, `_`, `-` and single dots within, so that no key leaves its folder or means
    something to a shell, a URL or a file system. Raises `ValueError`.
    """

    text: str

    def __post_init__(self) -> None:
        if len(self.text) > LONGEST_KEY or any(
            _SEGMENT.fullmatch(segment) is None for segment in self.text.split("/")
        ):
            raise ValueError("a file key is made of plain segments")
        if self._suffix not in CONTENT_TYPES:
            raise ValueError(f"a file key ends in one of {', '.join(CONTENT_TYPES)}")

    @property
    def _suffix(self) -> str:
        return self.text.rsplit("/", 1)[-1].partition(".")[2].rsplit(".", 1)[-1]

    @property
    def content_type(self) -> str:
        """The media type a reader is told."""
        return CONTENT_TYPES[self._suffix]


class Files(Protocol):
    """Keeps whole files by key. A reader sees the former content or the new one, never a part.

    Every call raises `Unavailable` when the store cannot be reached, is full or refuses. What was there stays
    then, or the whole new content is there where only the answer was lost.
    """

    @abstractmethod
    async def put(self, key: FileKey, content: bytes) -> None:
        """Keep `content`; what was there before is replaced. Kept for good when the call returns."""
        raise NotImplementedError

    @abstractmethod
    async def get(self, key: FileKey) -> bytes | None:
        """The content, or None when nothing is kept under the key."""
        raise NotImplementedError
