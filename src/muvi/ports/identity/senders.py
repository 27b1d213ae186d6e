"""Which sender of one-time codes is asked first: chosen by a person, at any time."""

from __future__ import annotations

from abc import abstractmethod
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol


@dataclass(frozen=True, slots=True, kw_only=True)
class SenderChoice:
    """One choice. `sender` None: the order in which the house has them. `alone`: nobody steps in for it."""

    sender: str | None
    alone: bool
    chosen_by: str
    chosen_at: datetime


class ChosenSender(Protocol):
    """The newest choice, as it was seconds ago at most."""

    @abstractmethod
    async def current(self) -> SenderChoice | None:
        """None when nobody ever chose. Raises `Unavailable`."""
        raise NotImplementedError


class SenderChoices(ChosenSender, Protocol):
    """Every choice there was; nothing is ever removed."""

    @abstractmethod
    async def choose(self, choice: SenderChoice) -> None:
        """From now on this one counts. Raises `Unavailable`."""
        raise NotImplementedError

    @abstractmethod
    async def history(self, limit: int) -> list[SenderChoice]:
        """The last choices, the newest first. Raises `Unavailable`."""
        raise NotImplementedError
