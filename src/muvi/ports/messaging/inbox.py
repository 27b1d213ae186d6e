"""Who has already acted on what."""

from __future__ import annotations

from abc import abstractmethod
from datetime import datetime
from typing import Protocol
from uuid import UUID


class Inbox(Protocol):
    """Remembers, within the transaction of the effect, that a consumer has acted on a message."""

    @abstractmethod
    async def first_time(self, consumer: str, message_id: UUID, now: datetime) -> bool:
        """True exactly once per consumer and message among all transactions that commit; a second one
        waits until the first has ended.
        """
        raise NotImplementedError
