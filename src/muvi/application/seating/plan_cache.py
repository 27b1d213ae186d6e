"""Plans and ticket types of the box office, kept for a short while in this process."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Generic, TypeVar

from typing_extensions import override

from muvi.domain.seating.seat_plan import SeatPlan, TicketType
from muvi.domain.shared.actor import Platform
from muvi.ports.clock import Clock
from muvi.ports.seating.box_office import BoxOffice, ShowtimeRef
from muvi.ports.seating.plans import MAX_AGE_S, SeatPlans

TICKET_TYPES_AGE_S = 60.0
CAPACITY = 256

T = TypeVar("T")
Key = tuple[ShowtimeRef, Platform]


@dataclass(frozen=True, slots=True)
class Dated(Generic[T]):
    """An answer and when it was asked for: it may be older than its arrival, never older than this."""

    value: T
    asked_at: datetime


class PlanCache(SeatPlans):
    """One call at a time per showtime and platform; who comes meanwhile waits for its answer.

    Nothing older than asked for is ever given, not even while the box office is down.
    """

    def __init__(self, box_office: BoxOffice, clock: Clock, *, capacity: int = CAPACITY) -> None:
        self._box_office = box_office
        self._plans = _Shelf[SeatPlan](clock, capacity)
        self._types = _Shelf[tuple[TicketType, ...]](clock, capacity)

    @override
    async def plan(
        self, showtime: ShowtimeRef, platform: Platform, *, max_age_s: float = MAX_AGE_S
    ) -> SeatPlan:
        return (await self.dated_plan(showtime, platform, max_age_s=max_age_s)).value

    async def dated_plan(
        self, showtime: ShowtimeRef, platform: Platform, *, max_age_s: float = MAX_AGE_S
    ) -> Dated[SeatPlan]:
        """The plan with its age; raises as `plan`."""
        return await self._plans.get(
            (showtime, platform), max_age_s, lambda: self._box_office.seat_plan(showtime, platform)
        )

    @override
    async def ticket_types(self, showtime: ShowtimeRef, platform: Platform) -> tuple[TicketType, ...]:
        found = await self._types.get(
            (showtime, platform),
            TICKET_TYPES_AGE_S,
            lambda: self._box_office.ticket_types(showtime, platform),
        )
        return found.value


class _Shelf(Generic[T]):
    """The newest answer per key, the least recently renewed leaving first."""

    def __init__(self, clock: Clock, capacity: int) -> None:
        self._clock = clock
        self._capacity = capacity
        self._kept: dict[Key, Dated[T]] = {}
        self._flights: dict[Key, tuple[datetime, asyncio.Task[Dated[T]]]] = {}

    async def get(self, key: Key, max_age_s: float, ask: Callable[[], Awaitable[T]]) -> Dated[T]:
        """An answer that was asked for at most so long ago."""
        oldest = self._clock.now() - timedelta(seconds=max_age_s)
        kept = self._kept.get(key)
        if kept is not None and kept.asked_at >= oldest and max_age_s > 0:
            return kept
        flight = self._flights.get(key)
        if flight is None or flight[0] < oldest or max_age_s <= 0:
            task = asyncio.ensure_future(self._fetch(key, ask))
            self._flights[key] = flight = (self._clock.now(), task)
            task.add_done_callback(lambda done: self._landed(key, done))
        return await asyncio.shield(flight[1])  # a caller who leaves does not take the answer from others

    async def _fetch(self, key: Key, ask: Callable[[], Awaitable[T]]) -> Dated[T]:
        asked_at = self._clock.now()
        answer = Dated(await ask(), asked_at)
        former = self._kept.pop(key, None)
        self._kept[key] = answer if former is None or former.asked_at <= asked_at else former
        while len(self._kept) > self._capacity:
            del self._kept[next(iter(self._kept))]
        return answer

    def _landed(self, key: Key, task: asyncio.Task[Dated[T]]) -> None:
        flight = self._flights.get(key)
        if flight is not None and flight[1] is task:
            del self._flights[key]
        if not task.cancelled():
            task.exception()  # every caller may have left: their error is then nobody's
