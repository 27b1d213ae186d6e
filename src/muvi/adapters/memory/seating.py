"""Seat claims and seat plans in memory."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from typing_extensions import override

from muvi.adapters.memory.database import MemoryDatabase
from muvi.domain.seating.seat_plan import SeatKey, SeatPlan, TicketType
from muvi.domain.shared.actor import Platform
from muvi.ports.clock import Clock
from muvi.ports.seating.box_office import BoxOffice, ShowtimeRef
from muvi.ports.seating.plans import MAX_AGE_S, SeatPlans
from muvi.ports.seating.seat_claims import SeatClaims

TYPES_AGE_S = 60.0


class ClaimState(StrEnum):
    """Where a claim stands, in the words of the table."""

    HELD = "HELD"
    PAYING = "PAYING"
    SOLD = "SOLD"
    RELEASED = "RELEASED"


UNSOLD = frozenset({ClaimState.HELD, ClaimState.PAYING})


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """One row."""

    order_id: UUID
    state: ClaimState
    version: int
    expires_at: datetime | None = None

    def free_for(self, order_id: UUID, now: datetime) -> bool:
        """Whether an order may take it."""
        if self.state is ClaimState.RELEASED:
            return True
        lapsed = self.state is ClaimState.HELD and self.expires_at is not None and self.expires_at <= now
        return lapsed or (self.state is not ClaimState.SOLD and self.order_id == order_id)


class MemorySeatClaims(SeatClaims):
    """Claims by showtime and seat, with their history and the showtime's version."""

    def __init__(self, database: MemoryDatabase) -> None:
        self._rows: dict[tuple[UUID, SeatKey], Claim] = database.table("seat_claims")
        self._events: dict[int, tuple[UUID, SeatKey, Claim, datetime]] = database.table("seat_claim_events")
        self._versions: dict[UUID, int] = database.table("seat_versions")

    @override
    async def claim(
        self, showtime_id: UUID, seats: Iterable[SeatKey], *, order_id: UUID, until: datetime, now: datetime
    ) -> tuple[SeatKey, ...]:
        lost = []
        for seat in sorted(set(seats)):
            known = self._rows.get((showtime_id, seat))
            if known is not None and not known.free_for(order_id, now):
                lost.append(seat)
                continue
            version = known.version + 1 if known else 1
            claim = Claim(order_id=order_id, state=ClaimState.HELD, version=version, expires_at=until)
            self._write(showtime_id, seat, claim, now)
        if not lost:
            self._ring(showtime_id)
        return tuple(lost)

    @override
    async def taken(
        self, showtime_id: UUID, seats: Iterable[SeatKey], *, order_id: UUID, now: datetime
    ) -> tuple[SeatKey, ...]:
        rows = {seat: self._rows.get((showtime_id, seat)) for seat in sorted(set(seats))}
        return tuple(
            seat for seat, row in rows.items() if row is not None and not row.free_for(order_id, now)
        )

    @override
    async def pin(self, showtime_id: UUID, *, order_id: UUID, now: datetime) -> tuple[SeatKey, ...]:
        self._change(
            showtime_id, order_id, ClaimState.PAYING, lambda _, claim: claim.state is ClaimState.HELD, now
        )
        return tuple(seat for seat, claim in self._of(showtime_id, order_id) if claim.state in UNSOLD)

    @override
    async def sell(
        self, showtime_id: UUID, seats: Iterable[SeatKey], *, order_id: UUID, now: datetime
    ) -> int:
        wanted = set(seats)
        sold = self._change(
            showtime_id,
            order_id,
            ClaimState.SOLD,
            lambda seat, claim: claim.state in UNSOLD and seat in wanted,
            now,
        )
        return len(sold)

    @override
    async def release(
        self, showtime_id: UUID, *, order_id: UUID, now: datetime, keep: Iterable[SeatKey] = ()
    ) -> tuple[SeatKey, ...]:
        kept = set(keep)
        return self._change(
            showtime_id,
            order_id,
            ClaimState.RELEASED,
            lambda seat, claim: claim.state in UNSOLD and seat not in kept,
            now,
        )

    @override
    async def held(self, showtime_id: UUID, *, order_id: UUID) -> frozenset[SeatKey]:
        claims = self._of(showtime_id, order_id)
        return frozenset(seat for seat, claim in claims if claim.state is not ClaimState.RELEASED)

    def _of(self, showtime_id: UUID, order_id: UUID) -> list[tuple[SeatKey, Claim]]:
        rows = self._rows.items()
        return sorted(
            (
                (seat, claim)
                for (showtime, seat), claim in rows
                if showtime == showtime_id and claim.order_id == order_id
            ),
            key=lambda row: row[0],
        )

    def _change(
        self,
        showtime_id: UUID,
        order_id: UUID,
        state: ClaimState,
        applies: Callable[[SeatKey, Claim], bool],
        now: datetime,
    ) -> tuple[SeatKey, ...]:
        changed = [row for row in self._of(showtime_id, order_id) if applies(*row)]
        for seat, claim in changed:
            after = replace(claim, state=state, version=claim.version + 1, expires_at=None)
            self._write(showtime_id, seat, after, now)
        if changed:
            self._ring(showtime_id)
        return tuple(seat for seat, _ in changed)

    def _write(self, showtime_id: UUID, seat: SeatKey, claim: Claim, now: datetime) -> None:
        self._rows[showtime_id, seat] = claim
        self._events[len(self._events) + 1] = (showtime_id, seat, claim, now)

    def _ring(self, showtime_id: UUID) -> None:
        self._versions[showtime_id] = self._versions.get(showtime_id, 0) + 1


class MemorySeatPlans(SeatPlans):
    """A box office's plans, remembered for as long as the asker allows."""

    def __init__(self, box_office: BoxOffice, clock: Clock) -> None:
        self._box_office = box_office
        self._clock = clock
        self._plans: dict[tuple[ShowtimeRef, Platform], tuple[datetime, SeatPlan]] = {}
        self._types: dict[tuple[ShowtimeRef, Platform], tuple[datetime, tuple[TicketType, ...]]] = {}

    @override
    async def plan(
        self, showtime: ShowtimeRef, platform: Platform, *, max_age_s: float = MAX_AGE_S
    ) -> SeatPlan:
        known = self._plans.get((showtime, platform))
        if known is not None and 0 < max_age_s >= self._age_s(known[0]):
            return known[1]
        fresh = await self._box_office.seat_plan(showtime, platform)
        self._plans[showtime, platform] = (self._clock.now(), fresh)
        return fresh

    @override
    async def ticket_types(self, showtime: ShowtimeRef, platform: Platform) -> tuple[TicketType, ...]:
        known = self._types.get((showtime, platform))
        if known is not None and self._age_s(known[0]) <= TYPES_AGE_S:
            return known[1]
        fresh = await self._box_office.ticket_types(showtime, platform)
        self._types[showtime, platform] = (self._clock.now(), fresh)
        return fresh

    def _age_s(self, asked_at: datetime) -> float:
        return (self._clock.now() - asked_at).total_seconds()
