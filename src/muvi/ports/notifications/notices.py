"""Remembering what was said."""

from __future__ import annotations

from abc import abstractmethod
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from muvi.domain.notifications.notice import NoticeKey, NoticeState
from muvi.ports.messaging.transaction import MessagingTx


class Turn(StrEnum):
    """Whose turn it is to say something."""

    MINE = "mine"
    ANOTHERS = "anothers"  # somebody is at it; should he be gone, his turn ends by itself
    OVER = "over"  # said, or decided not to be said


class Notices(Protocol):
    """Things said, within a transaction."""

    @abstractmethod
    async def take_turn(self, key: NoticeKey, *, now: datetime, until: datetime) -> Turn:
        """Take the turn to say it until a time. A failed one can be taken again, and one whose turn
        lapsed.
        """
        raise NotImplementedError

    @abstractmethod
    async def give_turn_back(self, key: NoticeKey, *, now: datetime) -> None:
        """Not said this time; the next may try at once."""
        raise NotImplementedError

    @abstractmethod
    async def finish(self, key: NoticeKey, state: NoticeState, *, reason: str, now: datetime) -> None:
        """Said, skipped or failed, and why. What was said stays said."""
        raise NotImplementedError


class NotificationsTx(MessagingTx, Protocol):
    """Notifications' narrow view of an atomic phase."""

    @property
    def notices(self) -> Notices:
        """Things said."""
        ...
