"""Show what waits for a person, and count it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from muvi.application.orders.attendance import require_attendant
from muvi.domain.shared.actor import Actor
from muvi.ports.clock import Clock
from muvi.ports.orders.attention import AttentionViews, Waiting, WaitingKind


@dataclass(frozen=True, slots=True, kw_only=True)
class ListAttentionCommand:
    """Who looks, at how many."""

    actor: Actor
    limit: int


@dataclass(frozen=True, slots=True)
class ListAttention:
    """For staff and the system. Raises `Forbidden`."""

    views: AttentionViews
    clock: Clock

    async def __call__(self, command: ListAttentionCommand) -> tuple[Waiting, ...]:
        """The longest waiting first."""
        require_attendant(command.actor)
        return await self.views.waiting(command.limit, now=self.clock.now())


@dataclass(frozen=True, slots=True, kw_only=True)
class CountAttentionCommand:
    """Who counts."""

    actor: Actor


@dataclass(frozen=True, slots=True)
class CountAttention:
    """For staff and the system. Raises `Forbidden`."""

    views: AttentionViews
    clock: Clock

    async def __call__(self, command: CountAttentionCommand) -> Mapping[WaitingKind, int]:
        """How many of each kind."""
        require_attendant(command.actor)
        return await self.views.count(now=self.clock.now())
