"""Remembering unsafe calls by the key their client gave them, so that a repeated one has one effect."""

from __future__ import annotations

from abc import abstractmethod
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol
from uuid import UUID

LEASE = timedelta(seconds=150)
"""A run that has not ended after this is taken for dead, and a repetition of the call may run."""

KEPT = timedelta(hours=72)
"""How long an answer is given again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One try of an unsafe call. `scope` names the caller and the route, `key` is the client's,
    `fingerprint` tells equal requests, `run` tells this try from all others.
    """

    scope: str
    key: str
    fingerprint: str
    run: UUID


@dataclass(frozen=True, slots=True)
class Begun:
    """The call is ours to make."""


@dataclass(frozen=True, slots=True)
class Running:
    """The same call is being made; the other try may last that long, in seconds."""

    for_s: float


@dataclass(frozen=True, slots=True)
class Reused:
    """The key was given to another request before."""


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptAnswer:
    """What the first try answered, to be given again."""

    status: int
    media_type: str
    body: bytes


class IdempotencyKeys(Protocol):
    """Keys of unsafe calls. Each method is an atomic phase of its own. All raise `Unavailable`."""

    @abstractmethod
    async def begin(self, call: Call, now: datetime) -> Begun | Running | Reused | KeptAnswer:
        """Claim a key for a try. Among equal ones at the same time one gets `Begun`. A try older than
        `LEASE` is taken over by an equal request, a key older than `KEPT` by any.
        """
        raise NotImplementedError

    @abstractmethod
    async def keep(self, call: Call, answer: KeptAnswer) -> None:
        """Keep the answer of a try. Nothing happens when another try has taken over."""
        raise NotImplementedError

    @abstractmethod
    async def release(self, call: Call) -> None:
        """Forget a try that had no effect. Nothing happens when another try has taken over."""
        raise NotImplementedError

    @abstractmethod
    async def purge(self, before: datetime, *, limit: int) -> int:
        """Remove up to `limit` keys begun before a time; returns how many went."""
        raise NotImplementedError
