import asyncio

import pytest
from tests.builders_seating import a_plan, ticket_types

from muvi.adapters.memory.box_office import MemoryBoxOffice
from muvi.adapters.memory.clock import FakeClock
from muvi.application.seating.plan_cache import PlanCache
from muvi.domain.seating.seat_plan import SeatKey, SeatPlan, SeatStatus
from muvi.domain.shared.actor import Platform
from muvi.ports.errors import Unavailable
from muvi.ports.seating.box_office import ShowtimeRef

SHOW, OTHER = ShowtimeRef("0001", "1"), ShowtimeRef("0001", "2")
WEB, IOS = Platform.WEBSITE, Platform.IOS
A1 = SeatKey("1-0-0")


class SlowBoxOffice(MemoryBoxOffice):
    """Answers with what it saw when it was asked, but only once let go."""

    def __init__(self, clock: FakeClock) -> None:
        super().__init__(clock)
        self.gate = asyncio.Event()
        self.gate.set()

    async def seat_plan(self, showtime: ShowtimeRef, platform: Platform) -> SeatPlan:
        plan = await super().seat_plan(showtime, platform)
        await self.gate.wait()
        return plan


class World:
    def __init__(self, capacity: int = 10) -> None:
        self.clock = FakeClock()
        self.office = SlowBoxOffice(self.clock)
        for show in (SHOW, OTHER):
            self.office.add_showtime(show, a_plan(), ticket_types())
        self.cache = PlanCache(self.office, self.clock, capacity=capacity)

    @property
    def asked(self) -> int:
        return self.office.calls.count("seat_plan")


@pytest.fixture
def world() -> World:
    return World()


async def test_a_plan_is_given_again_until_it_is_too_old(world: World) -> None:
    first = await world.cache.plan(SHOW, WEB)
    world.clock.advance(seconds=10)
    assert await world.cache.plan(SHOW, WEB) is first
    assert await world.cache.plan(SHOW, WEB, max_age_s=9) is not first
    world.clock.advance(seconds=11)
    await world.cache.plan(SHOW, WEB)
    assert world.asked == 3


async def test_showtimes_and_platforms_have_plans_of_their_own(world: World) -> None:
    for show, platform in ((SHOW, WEB), (SHOW, IOS), (OTHER, WEB), (SHOW, WEB)):
        await world.cache.plan(show, platform)
    assert world.asked == 3


async def test_all_who_ask_meanwhile_share_one_call(world: World) -> None:
    world.office.gate.clear()
    waiting = [asyncio.ensure_future(world.cache.plan(SHOW, WEB)) for _ in range(20)]
    await asyncio.sleep(0)
    world.office.gate.set()
    plans = [await task for task in waiting]
    assert world.asked == 1
    assert all(plan is plans[0] for plan in plans)


async def test_who_wants_the_present_does_not_get_a_call_begun_earlier(world: World) -> None:
    world.office.gate.clear()
    early = asyncio.ensure_future(world.cache.plan(SHOW, WEB))
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    assert world.asked == 1
    world.office.sell_at_counter(SHOW, A1)
    late = asyncio.ensure_future(world.cache.plan(SHOW, WEB, max_age_s=0))
    await asyncio.sleep(0)
    world.office.gate.set()
    assert (await early).seats[0].status is SeatStatus.AVAILABLE
    assert (await late).seats[0].status is SeatStatus.TAKEN


async def test_a_caller_who_leaves_does_not_take_the_answer_from_others(world: World) -> None:
    world.office.gate.clear()
    leaving, staying = (asyncio.ensure_future(world.cache.plan(SHOW, WEB)) for _ in range(2))
    await asyncio.sleep(0)
    leaving.cancel()
    await asyncio.sleep(0)
    world.office.gate.set()
    assert await staying
    assert world.asked == 1


async def test_an_old_plan_never_stands_in_for_a_box_office_that_is_down(world: World) -> None:
    await world.cache.plan(SHOW, WEB)
    world.clock.advance(seconds=11)
    world.office.fail_next("seat_plan")
    with pytest.raises(Unavailable):
        await world.cache.plan(SHOW, WEB)
    assert await world.cache.plan(SHOW, WEB)


async def test_a_failure_that_nobody_waits_for_is_no_noise(world: World) -> None:
    world.office.fail_next("seat_plan")
    task = asyncio.ensure_future(world.cache.plan(SHOW, WEB))
    await asyncio.sleep(0)
    task.cancel()
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    assert await world.cache.plan(SHOW, WEB)


async def test_ticket_types_are_kept_for_a_minute(world: World) -> None:
    for seconds in (0, 60, 1):
        world.clock.advance(seconds=seconds)
        await world.cache.ticket_types(SHOW, WEB)
    assert world.office.calls.count("ticket_types") == 2


async def test_the_cache_is_bounded() -> None:
    world = World(capacity=1)
    for show in (SHOW, OTHER, SHOW):
        await world.cache.plan(show, WEB)
    assert world.asked == 3
