"""The hall as a guest sees it: the box office's plan with our own claims laid over it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from muvi.application.seating.plan_cache import PlanCache
from muvi.domain.orders.errors import ShowtimeClosed
from muvi.domain.seating.seat_plan import Seat, SeatKey, SeatPlan, SeatStatus, TicketType
from muvi.domain.shared.actor import Platform
from muvi.domain.showtimes.errors import ShowtimeNotFound
from muvi.ports.clock import Clock
from muvi.ports.seating.box_office import ShowtimeNotSold
from muvi.ports.seating.claimed_seats import Claimed, ClaimedSeats
from muvi.ports.showtimes.for_sale import ShowtimesForSale

PLAN_AGE_S = 5.0
"""A map is kept for five seconds at most, so that the plan in it is at most ten seconds old."""
_RELEASE_TAKES_S = 3.0
"""A release is dated when its command began, which may be that long before the box office let go."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SeatMapQuery:
    """Whose eyes: each sales platform has its own plan and tickets at the box office."""

    showtime_id: UUID
    platform: Platform


@dataclass(frozen=True, slots=True, kw_only=True)
class SeatMapView:
    """A hall of one moment. `statuses` has every seat; `version` rises with every change of a claim."""

    showtime_id: UUID
    version: int
    currency: str
    plan: SeatPlan
    ticket_types: tuple[TicketType, ...]
    statuses: Mapping[SeatKey, SeatStatus]


@dataclass(frozen=True, slots=True)
class ReadSeatMap:
    """For everybody.

    Raises `ShowtimeNotFound`, `ShowtimeClosed` for what has begun or is not sold, `Unavailable` when the box
    office does not answer: an old plan is never shown instead.
    """

    showtimes: ShowtimesForSale
    plans: PlanCache
    claims: ClaimedSeats
    clock: Clock

    async def __call__(self, query: SeatMapQuery) -> SeatMapView:
        """Compose the map."""
        showtime = await self.showtimes.find(query.showtime_id)
        if showtime is None:
            raise ShowtimeNotFound
        if not showtime.open_at(self.clock.now()):
            raise ShowtimeClosed
        try:
            types = await self.plans.ticket_types(showtime.ref, query.platform)
            plan = await self.plans.dated_plan(showtime.ref, query.platform, max_age_s=PLAN_AGE_S)
        except ShowtimeNotSold as error:
            raise ShowtimeClosed from error
        claimed = await self.claims.of(
            showtime.id,
            now=self.clock.now(),
            freed_since=plan.asked_at - timedelta(seconds=_RELEASE_TAKES_S),
        )
        return SeatMapView(
            showtime_id=showtime.id,
            version=claimed.version,
            currency=showtime.currency,
            plan=plan.value,
            ticket_types=types,
            statuses={seat.key: _status(seat, claimed) for seat in plan.value.seats},
        )


def _status(seat: Seat, claimed: Claimed) -> SeatStatus:
    """A claim of ours is newer than the plan, and so is its release."""
    if seat.status is SeatStatus.BLOCKED:
        return seat.status
    ours = claimed.statuses.get(seat.key)
    if ours is not None:
        return ours
    return SeatStatus.AVAILABLE if seat.key in claimed.freed else seat.status
