"""Plans and ticket types through a short cache: the one in memory, and the one that runs before Vista.

The cache's clock is a fake one on both sides: what is asked is how old an answer may be, to the second.
"""

import pytest
from tests.contract.seating.stages import MemoryStage, Stage

from muvi.adapters.memory.clock import FakeClock
from muvi.adapters.memory.seating import MemorySeatPlans
from muvi.application.seating.plan_cache import PlanCache
from muvi.domain.seating.seat_plan import Seat, SeatPlan, SeatStatus
from muvi.domain.shared.actor import Platform
from muvi.ports.errors import Unavailable
from muvi.ports.seating.box_office import ShowtimeNotSold, ShowtimeRef
from muvi.ports.seating.plans import MAX_AGE_S, SeatPlans

WEB = Platform.WEBSITE


class Foyer:
    """Somebody who looks at the plans of a stage's showtime, and a seat that was free at first."""

    def __init__(self, stage: Stage) -> None:
        self.stage, self.clock = stage, FakeClock()
        kind = MemorySeatPlans if isinstance(stage, MemoryStage) else PlanCache
        self.plans: SeatPlans = kind(stage.office, self.clock)
        self.seat: Seat | None = None

    async def look(self, max_age_s: float = MAX_AGE_S, platform: Platform = WEB) -> SeatPlan:
        return await self.plans.plan(self.stage.showtime, platform, max_age_s=max_age_s)

    async def status(self, max_age_s: float = MAX_AGE_S) -> SeatStatus:
        """Of one and the same single seat, free when first looked at."""
        plan = await self.look(max_age_s)
        if self.seat is None:
            self.seat = next(
                one for one in plan.seats if one.status is SeatStatus.AVAILABLE and not one.group
            )
        return next(one.status for one in plan.seats if one.key == self.seat.key)

    async def sell(self) -> None:
        assert self.seat
        await self.stage.sell_at_counter(self.seat.key)


@pytest.fixture
def foyer(stage: Stage) -> Foyer:
    return Foyer(stage)


async def test_a_plan_is_at_most_as_old_as_the_asker_allows(foyer: Foyer) -> None:
    assert await foyer.status() is SeatStatus.AVAILABLE
    await foyer.sell()
    foyer.clock.advance(seconds=MAX_AGE_S)
    assert await foyer.status() is SeatStatus.AVAILABLE
    foyer.clock.advance(seconds=1)
    assert await foyer.status() is SeatStatus.TAKEN


async def test_an_impatient_asker_gets_a_younger_one_and_leaves_it_to_the_others(foyer: Foyer) -> None:
    assert await foyer.status() is SeatStatus.AVAILABLE
    await foyer.sell()
    foyer.clock.advance(seconds=3)
    assert await foyer.status(max_age_s=3) is SeatStatus.AVAILABLE
    assert await foyer.status(max_age_s=2) is SeatStatus.TAKEN
    assert await foyer.status() is SeatStatus.TAKEN


async def test_no_age_at_all_asks_now(foyer: Foyer) -> None:
    assert await foyer.status(max_age_s=0) is SeatStatus.AVAILABLE
    await foyer.sell()
    assert await foyer.status(max_age_s=0) is SeatStatus.TAKEN


async def test_platforms_are_asked_for_apart(foyer: Foyer) -> None:
    await foyer.look()
    await foyer.stage.withdraw(Platform.KIOSK)
    with pytest.raises(ShowtimeNotSold):
        await foyer.look(platform=Platform.KIOSK)
    assert await foyer.look()


async def test_nothing_too_old_is_given_while_the_box_office_fails(foyer: Foyer) -> None:
    await foyer.look()
    foyer.clock.advance(seconds=MAX_AGE_S + 1)
    await foyer.stage.fail_next("seat_plan", "before")
    with pytest.raises(Unavailable):
        await foyer.look()
    assert await foyer.look()


async def test_a_failure_takes_nothing_away_that_is_young_enough(foyer: Foyer) -> None:
    plan = await foyer.look()
    await foyer.stage.fail_next("seat_plan", "before")
    with pytest.raises(Unavailable):
        await foyer.look(max_age_s=0)
    assert await foyer.look() == plan


async def test_a_showtime_that_is_not_sold(foyer: Foyer) -> None:
    unknown = ShowtimeRef(foyer.stage.showtime.cinema, "999999999")
    with pytest.raises(ShowtimeNotSold):
        await foyer.plans.plan(unknown, WEB)
    with pytest.raises(ShowtimeNotSold):
        await foyer.plans.ticket_types(unknown, WEB)


async def test_ticket_types_are_at_most_a_minute_old(foyer: Foyer) -> None:
    showtime = foyer.stage.showtime
    types = await foyer.plans.ticket_types(showtime, WEB)
    assert types == await foyer.stage.office.ticket_types(showtime, WEB)
    await foyer.stage.withdraw(WEB)
    foyer.clock.advance(seconds=60)
    assert await foyer.plans.ticket_types(showtime, WEB) == types
    foyer.clock.advance(seconds=1)
    with pytest.raises(ShowtimeNotSold):
        await foyer.plans.ticket_types(showtime, WEB)
