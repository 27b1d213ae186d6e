"""Rules and plans that a purchase reads beside its own rows."""

from datetime import timedelta

import pytest
from tests.builders_orders import NOW
from tests.builders_seating import a_plan, ticket_types

from muvi.adapters.memory.box_office import MemoryBoxOffice
from muvi.adapters.memory.clock import FakeClock
from muvi.adapters.memory.orders import MemoryOrderPolicy
from muvi.adapters.memory.seating import MemorySeatPlans
from muvi.domain.seating.seat_plan import SeatKey, SeatStatus
from muvi.domain.shared.actor import Platform
from muvi.ports.errors import Refused
from muvi.ports.orders.rules import OrderPolicy, OrderRules
from muvi.ports.seating.box_office import ShowtimeRef
from muvi.ports.seating.plans import SeatPlans

SHOW = ShowtimeRef("0001", "14164")
SEAT = SeatKey("1-0-0")


async def test_rules_are_those_of_the_moment() -> None:
    policy = MemoryOrderPolicy()
    asked: OrderPolicy = policy
    assert await asked.rules() == OrderRules(max_seats=10, lifetime_s=600)
    policy.now = OrderRules(max_seats=2)
    assert (await asked.rules()).max_seats == 2


async def test_a_plan_is_as_old_as_the_asker_allows() -> None:
    clock = FakeClock(NOW)
    office = MemoryBoxOffice(clock)
    office.add_showtime(SHOW, a_plan(), ticket_types())
    plans: SeatPlans = MemorySeatPlans(office, clock)

    async def status(max_age_s: float = 10) -> SeatStatus:
        plan = await plans.plan(SHOW, Platform.IOS, max_age_s=max_age_s)
        return next(seat.status for seat in plan.seats if seat.key == SEAT)

    assert await status() is SeatStatus.AVAILABLE
    office.sell_at_counter(SHOW, SEAT)
    assert await status() is SeatStatus.AVAILABLE
    assert await status(max_age_s=0) is SeatStatus.TAKEN
    assert await status() is SeatStatus.TAKEN
    clock.advance(seconds=10)
    await status()
    assert office.calls.count("seat_plan") == 3


async def test_ticket_types_are_remembered_for_a_minute() -> None:
    clock = FakeClock(NOW)
    office = MemoryBoxOffice(clock)
    office.add_showtime(SHOW, a_plan(), ticket_types())
    plans: SeatPlans = MemorySeatPlans(office, clock)
    for seconds in (0, 59, 1):
        clock.advance(seconds=seconds)
        assert await plans.ticket_types(SHOW, Platform.IOS) == ticket_types()
    assert office.calls.count("ticket_types") == 2
    assert clock.now() == NOW + timedelta(seconds=60)


async def test_what_the_box_office_refuses_is_refused() -> None:
    clock = FakeClock(NOW)
    with pytest.raises(Refused):
        await MemorySeatPlans(MemoryBoxOffice(clock), clock).plan(SHOW, Platform.IOS)
