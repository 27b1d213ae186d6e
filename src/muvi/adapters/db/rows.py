"""What the driver answers, with as much of SQLAlchemy's result as our adapters ask of one."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import asyncpg
from sqlalchemy.exc import MultipleResultsFound, NoResultFound

_COUNT = re.compile(r"(?:SELECT|UPDATE|DELETE|INSERT \d+) (\d+)")


class Row(asyncpg.Record):  # type: ignore[misc]  # asyncpg has no types
    """A row by position, by name, and by attribute, as SQLAlchemy's rows are."""

    def __getattr__(self, name: str) -> object:
        try:
            return self[name]
        except KeyError:
            raise AttributeError(name) from None


class Rows:
    """What our adapters ask of a result."""

    def __init__(self, rows: Sequence[Row], status: str) -> None:
        self._rows = rows
        self._status = status

    @property
    def rowcount(self) -> int:
        """Rows changed or read; -1 when that is not known."""
        found = _COUNT.match(self._status)
        return int(found[1]) if found else -1

    def __iter__(self) -> Iterator[Any]:
        return iter(self._rows)

    def mappings(self) -> Rows:
        """The same: a row is its mapping, too."""
        return self

    def scalars(self) -> Rows:
        """The first column."""
        return Rows([row[0] for row in self._rows], self._status)

    def all(self) -> list[Any]:
        """Every row."""
        return list(self._rows)

    def first(self) -> Any:  # noqa: ANN401  (a row, as SQLAlchemy has it)
        """The first row, or None."""
        return self._rows[0] if self._rows else None

    def one_or_none(self) -> Any:  # noqa: ANN401
        """The row, or None. Raises `MultipleResultsFound`."""
        if len(self._rows) > 1:
            raise MultipleResultsFound("there are several rows")
        return self.first()

    def one(self) -> Any:  # noqa: ANN401
        """The row. Raises `NoResultFound`, `MultipleResultsFound`."""
        if not self._rows:
            raise NoResultFound("there is no row")
        return self.one_or_none()

    def scalar(self) -> Any:  # noqa: ANN401
        """The first column of the first row, or None."""
        return self._rows[0][0] if self._rows else None

    def scalar_one(self) -> Any:  # noqa: ANN401
        """The first column of the row. Raises `NoResultFound`, `MultipleResultsFound`."""
        return self.one()[0]


def stale(row: Mapping[Any, Any]) -> bool:
    """Whether a locked read waited for its lock: the row is then the newest, but what belongs to it was read
    from the snapshot with which the statement began.
    """
    return bool(row["seen_version"] != row["version"])
