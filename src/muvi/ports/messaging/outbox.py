"""Writing facts down within the transaction that made them true."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from uuid import UUID

Fact = str | int | bool | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """Something that happened. `type` is past tense with a version (`order_confirmed.v1`); the payload
    holds ids and facts, never personal data.
    """

    id: UUID
    type: str
    payload: Mapping[str, Fact]
    occurred_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """An event on its way to those who act on it. `attempt` counts deliveries from 1, `audience` names all
    consumers of its type.
    """

    id: UUID
    type: str
    payload: Mapping[str, Fact]
    occurred_at: datetime
    attempt: int = 1
    audience: tuple[str, ...] = ()


class Outbox(Protocol):
    """Facts of a transaction. What is put leaves if and only if the transaction commits."""

    @abstractmethod
    async def put(self, *events: Event) -> None:
        """Write events down and ring the relay's bell at commit."""
        raise NotImplementedError

    @abstractmethod
    async def done(self, message: Message, now: datetime) -> None:
        """This consumer's effect is in this transaction: when nobody else of the audience is missing, the
        message's life ends with it.
        """
        raise NotImplementedError
