"""Time and identity, injected so that tests own them."""

from __future__ import annotations

from abc import abstractmethod
from datetime import datetime
from typing import Protocol
from uuid import UUID


class Clock(Protocol):
    """Tells the time. Raises nothing."""

    @abstractmethod
    def now(self) -> datetime:
        """The present moment, aware, UTC."""
        raise NotImplementedError


class Pauses(Protocol):
    """Lets a task wait while others go on."""

    @abstractmethod
    async def pause(self, seconds: float) -> None:
        """Come back after that many seconds."""
        raise NotImplementedError


class Ids(Protocol):
    """Makes ids for our rows. Raises nothing."""

    @abstractmethod
    def new(self) -> UUID:
        """A fresh ULID as a uuid; later ones sort after earlier ones of the same process."""
        raise NotImplementedError
