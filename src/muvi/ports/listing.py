"""Lists that come in pages."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Generic, TypeVar

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Window:
    """Which page is asked for, counted from 1."""

    page: int = 1
    limit: int = 20

    @property
    def offset(self) -> int:
        """Rows before the page."""
        return (self.page - 1) * self.limit


FIRST_PAGE = Window()


@dataclass(frozen=True, slots=True)
class Slice(Generic[T]):
    """The rows of one page and how many there are on all."""

    rows: tuple[T, ...]
    total: int
