"""The post office: taking messages out of the outbox, and bringing them to those who act on them."""

from __future__ import annotations

from abc import abstractmethod
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from uuid import UUID

from muvi.ports.messaging.outbox import Message


class Consumer(Protocol):
    """A use case that acts on messages. It marks inbox and outbox in the transaction of its effect.

    A `DomainError` or `Refused` is final, anything else is tried again.
    """

    @property
    def name(self) -> str:
        """Stable: the key under which the inbox remembers it."""
        ...

    @abstractmethod
    async def __call__(self, message: Message) -> None:
        """Act on it."""
        raise NotImplementedError


class Courier(Protocol):
    """Brings a message to where its consumers run."""

    @abstractmethod
    async def send(self, message_id: UUID, attempt: int) -> None:
        """Raises `Unavailable` when it cannot be brought anywhere."""
        raise NotImplementedError


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """A delivery that ended badly. Without `retry_at` the message is dead and waits for a person."""

    message_id: UUID
    attempt: int
    reason: str
    at: datetime
    retry_at: datetime | None


class PostOffice(Protocol):
    """Messages from the relay's side. Each call is an atomic phase of its own. Raises `Unavailable`."""

    @abstractmethod
    async def claim(self, now: datetime, *, limit: int, max_attempts: int) -> list[Message]:
        """Lease messages that are due, the longest waiting first, and count the attempt; two relays never
        get the same one. The lease grows with the attempts, and one that lapses makes the message due
        again. Messages that used up their attempts without any word are buried.
        """
        raise NotImplementedError

    @abstractmethod
    async def find(self, message_id: UUID) -> Message | None:
        """A message that still has to be acted on; None when it is done, dead or gone."""
        raise NotImplementedError

    @abstractmethod
    async def fail(self, failure: Failure) -> None:
        """Record a failure, unless a later attempt is under way or the message has ended."""
        raise NotImplementedError

    @abstractmethod
    async def forget(self, before: datetime) -> int:
        """Remove messages done before a time, with their inbox rows; returns how many."""
        raise NotImplementedError


@dataclass(frozen=True, slots=True, kw_only=True)
class DeadLetter:
    """A message nobody could act on."""

    id: UUID
    type: str
    occurred_at: datetime
    dead_at: datetime
    attempts: int
    reason: str


class DeadLetters(Protocol):
    """Dead messages, for a person. Each call is an atomic phase of its own. Raises `Unavailable`."""

    @abstractmethod
    async def listing(self, limit: int) -> list[DeadLetter]:
        """The newest first."""
        raise NotImplementedError

    @abstractmethod
    async def retry(self, message_id: UUID, now: datetime) -> bool:
        """Bring one back to life with all its attempts; False when it is not dead."""
        raise NotImplementedError

    @abstractmethod
    async def drop(self, message_id: UUID) -> bool:
        """Remove one for good; False when it is not dead."""
        raise NotImplementedError
