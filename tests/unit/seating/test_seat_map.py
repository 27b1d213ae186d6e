import json
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from tests.builders_seating import ADULT, CHILD, SOFA_FOR_TWO, a_plan, ticket_types
from tests.unit.seating.world import ID, REF, World

from muvi.adapters.http.public.seat_map_wire import seat_map_bytes
from muvi.adapters.memory.clock import FakeClock
from muvi.application.seating.read_seat_map import SeatMapQuery
from muvi.domain.orders.errors import ShowtimeClosed
from muvi.domain.seating.seat_plan import SeatKey, SeatStatus
from muvi.domain.shared.actor import Platform
from muvi.domain.shared.text import Language
from muvi.domain.showtimes.errors import ShowtimeNotFound
from muvi.ports.errors import Unavailable
from muvi.ports.seating.box_office import TicketChoice

A1, A2, A3, S1 = map(SeatKey, ("1-0-0", "1-0-1", "1-0-2", "3-0-0"))
FREE, HELD, TAKEN = SeatStatus.AVAILABLE, SeatStatus.HELD, SeatStatus.TAKEN


async def test_claims_lie_over_the_plan() -> None:
    world = World()
    world.claims.hold(ID, [A1], world.clock.now() + timedelta(minutes=10))
    world.claims.sell(ID, [A2])
    assert await world.statuses(A1, A2, A3, SeatKey("1-0-10")) == [HELD, TAKEN, FREE, SeatStatus.BLOCKED]
    assert (await world.view()).version == 2


async def test_a_hold_of_ours_that_the_plan_shows_as_taken_is_a_hold() -> None:
    world = World()
    order = await world.office.open_order("0001", Platform.WEBSITE)
    await world.office.set_tickets(order.ref, REF, (TicketChoice(ticket_type_id=ADULT, seats=(A1,)),))
    assert await world.statuses(A1) == [TAKEN]
    world.claims.hold(ID, [A1], world.clock.now() + timedelta(minutes=10))
    assert await world.statuses(A1) == [HELD]


async def test_a_seat_let_go_is_free_at_once_though_the_plan_is_older() -> None:
    world = World()
    order = await world.office.open_order("0001", Platform.WEBSITE)
    await world.office.set_tickets(order.ref, REF, (TicketChoice(ticket_type_id=ADULT, seats=(A1,)),))
    world.claims.hold(ID, [A1], None)
    assert await world.statuses(A1) == [HELD]
    world.clock.advance(seconds=4)
    await world.office.cancel(order.ref)
    world.claims.release(ID, [A1], world.clock.now())
    assert await world.statuses(A1) == [FREE]
    assert world.office.calls.count("seat_plan") == 1


async def test_a_seat_let_go_long_before_the_plan_is_what_the_plan_says() -> None:
    world = World()
    world.claims.release(ID, [A1], world.clock.now())
    world.clock.advance(seconds=60)
    world.office.sell_at_counter(REF, A1)
    assert await world.statuses(A1) == [TAKEN]


async def test_a_sale_at_the_counter_shows_within_ten_seconds() -> None:
    """Five for the plan here, five for the page made of it."""
    world = World()
    await world.view()
    world.office.sell_at_counter(REF, A1)
    world.clock.advance(seconds=5.1)
    assert await world.statuses(A1) == [TAKEN]


async def test_an_unknown_showtime_is_not_found() -> None:
    world = World()
    with pytest.raises(ShowtimeNotFound):
        await world.read(SeatMapQuery(showtime_id=UUID(int=9), platform=Platform.WEBSITE))


@pytest.mark.parametrize("changed", [{"on_sale": False}, {"starts_at": FakeClock().now()}])
async def test_what_is_not_sold_or_has_begun_is_closed(changed: dict[str, object]) -> None:
    with pytest.raises(ShowtimeClosed):
        await World(**changed).view()


async def test_what_the_box_office_does_not_sell_on_a_platform_is_closed_there() -> None:
    world = World()
    world.office.add_showtime(REF, a_plan(), ticket_types(), frozenset({Platform.WEBSITE}))
    with pytest.raises(ShowtimeClosed):
        await world.view(Platform.KIOSK)
    assert await world.view()


async def test_without_the_box_office_there_is_no_map() -> None:
    world = World()
    await world.view()
    world.clock.advance(seconds=6)
    world.office.fail_next("seat_plan")
    with pytest.raises(Unavailable) as caught:
        await world.view()
    assert caught.value.system == "box-office"


async def shown(language: Language = Language.EN) -> dict[str, Any]:
    text = seat_map_bytes(await World().view(), language)
    assert b'"price":43.5' in text  # exact decimals as numbers
    body: dict[str, Any] = json.loads(text)
    return body


async def test_the_answer_has_its_fixed_shape() -> None:
    body = await shown()
    assert body["showtimeId"] == "01J2GV5GYM0000000000000001"
    assert body["version"] == 0
    assert body["currency"] == "SAR"
    assert body["screenPosition"] == {"x": 15.0, "y": 0.0, "width": 70.0}
    by_id = {seat["id"]: seat for seat in body["seats"]}
    assert by_id[A1] == {
        "id": A1,
        "row": "A",
        "number": 1,
        "label": "A1",
        "status": "AVAILABLE",
        "type": "STANDARD",
        "areaId": "1",
        "price": 55,
        "x": 5.0,
        "y": 20.0,
    }
    assert (by_id[S1]["groupId"], by_id["3-0-1"]["groupId"], by_id["3-0-2"]["groupId"]) == (S1, S1, "3-0-2")
    assert by_id[S1]["price"] == 70  # half of a sofa
    assert {seat["type"] for seat in body["seats"]} == {"STANDARD", "WHEELCHAIR", "COMPANION", "VIP", "SOFA"}


async def test_areas_have_their_own_tickets_the_plain_adult_first() -> None:
    standard, _, sofa = (await shown())["areas"]
    assert standard == {
        "id": "1",
        "name": "Standard",
        "price": 55,
        "ticketTypes": [
            {"id": ADULT, "name": "Adult", "price": 55, "seats": 1},
            {"id": CHILD, "name": "Child", "price": 43.5, "seats": 1},
        ],
    }
    assert sofa["ticketTypes"] == [{"id": SOFA_FOR_TWO, "name": "Sofa for two", "price": 140, "seats": 2}]


async def test_names_are_in_the_asked_language() -> None:
    body = await shown(Language.AR)
    assert [area["name"] for area in body["areas"]] == ["قياسي", "كبار الشخصيات", "أريكة"]
    assert body["areas"][0]["ticketTypes"][0]["name"] == "بالغ"
