"""Whether ids that a question names exist at all."""

from __future__ import annotations

from abc import abstractmethod
from dataclasses import dataclass
from typing import Protocol
from uuid import UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """Ids of a question, by what they are of."""

    cities: tuple[UUID, ...] = ()
    cinemas: tuple[UUID, ...] = ()
    films: tuple[UUID, ...] = ()
    experiences: tuple[int, ...] = ()


class References(Protocol):
    """Looks ids up, hidden and withdrawn rows included. Raises `Unavailable`."""

    @abstractmethod
    async def unknown(self, named: Named) -> tuple[str, ...]:
        """Which of `cities`, `cinemas`, `films`, `experiences` hold an id that does not exist."""
        raise NotImplementedError
