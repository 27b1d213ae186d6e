"""Plans of halls as this process knows them."""

from __future__ import annotations

from abc import abstractmethod
from typing import Protocol

from muvi.domain.seating.seat_plan import SeatPlan, TicketType
from muvi.domain.shared.actor import Platform
from muvi.ports.seating.box_office import ShowtimeRef

MAX_AGE_S = 10.0


class SeatPlans(Protocol):
    """The box office's plans and ticket types through a short cache. Raises what the box office raises."""

    @abstractmethod
    async def plan(
        self, showtime: ShowtimeRef, platform: Platform, *, max_age_s: float = MAX_AGE_S
    ) -> SeatPlan:
        """The plan, at most that old in seconds; 0 asks the box office now."""
        raise NotImplementedError

    @abstractmethod
    async def ticket_types(self, showtime: ShowtimeRef, platform: Platform) -> tuple[TicketType, ...]:
        """The tickets sold for the showtime, at most a minute old: prices are checked again by the box
        office.
        """
        raise NotImplementedError
