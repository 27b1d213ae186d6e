"""SIGTERM while purchases are under way: what was begun is ended, what was answered stands."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import AsyncGenerator, Iterator

import httpx
import pytest
from tests.e2e.checker import at_rest
from tests.e2e.grounds import Grounds
from tests.e2e.guest import Box, Guest, together
from tests.e2e.town import API, WORKER, Town, eventually

DRAIN_S = 4
SLOW_S = 8.0
"""Longer than the API still listens."""
CROWD = 4
UNREADY = 503
SEATS = "set-tickets"
HELD = """
    WITH work (lease_until) AS (
        SELECT lease_until FROM checkouts
        UNION ALL SELECT lease_until FROM payment_attempts UNION ALL SELECT lease_until FROM refunds)
    SELECT count(*) AS held FROM work WHERE lease_until > now()
"""


@pytest.fixture(scope="module")
def stopping_town(ground: Grounds) -> Iterator[Town]:
    with ground.town(DRAIN_SECONDS=str(DRAIN_S)) as town:
        town.start()
        yield town


@pytest.fixture
async def town(stopping_town: Town) -> AsyncGenerator[Town]:
    """Everything runs, and the third parties are friendly."""
    for name, part in stopping_town.parts.items():
        if not part.running:
            stopping_town.kill(name)
            stopping_town.run(name)
    await stopping_town.sandbox.reset()
    yield stopping_town
    print(stopping_town.said())  # noqa: T201  pytest shows it when the test failed


def told(town: Town, part: str, number: signal.Signals = signal.SIGTERM) -> None:
    child = town.parts[part].child
    assert child is not None
    os.kill(child.pid, number)


async def status_of(town: Town, part: str) -> int:
    """The exit status of a part that ends by itself."""
    child = town.parts[part].child
    assert child is not None

    async def over() -> bool:
        return not child.running()

    await eventually(over, town)
    return child.finish(0)


async def met(town: Town, calls: int) -> None:
    """Until so many calls have come to a slow third party."""

    async def come() -> bool:
        return sum(rule["hits"] for rule in await town.sandbox.rules()) >= calls

    await eventually(come, town)


async def ready(town: Town) -> int:
    """The status of readiness; 0 when nobody listens."""
    try:
        async with httpx.AsyncClient(base_url=town.api_url, trust_env=False) as client:
            return (await client.get("/health/ready")).status_code
    except httpx.TransportError:
        return 0


async def choosing(box: Box, town: Town) -> list[tuple[Guest, str, asyncio.Task[httpx.Response]]]:
    """Guests whose choice of seats is with a slow box office just now."""
    hall, guests = await box.hall(), await box.crowd(CROWD)
    orders = await together(guest.place(hall.id) for guest in guests)
    await town.sandbox.rule("vista", SEATS, delay_s=SLOW_S, times=99)
    seats = hall.free
    calls = [
        asyncio.ensure_future(guest.choose(order_id, hall.id, [seats[at]]))
        for at, (guest, order_id) in enumerate(zip(guests, orders, strict=True))
    ]
    await met(town, CROWD)
    return list(zip(guests, orders, calls, strict=True))


async def test_the_api_ends_what_is_under_way(box: Box, town: Town) -> None:
    """Unready first, while it still answers; then nobody new; then it ends well."""
    under_way, late = await choosing(box, town), await box.guest()
    showtime = (await under_way[0][0].order(under_way[0][1]))["sessionId"]
    told(town, API)

    async def unready() -> bool:
        return await ready(town) == UNREADY

    await eventually(unready, town)
    assert await late.place(showtime)
    answers = [await call for *_, call in under_way]
    assert [answer.status_code for answer in answers] == [200] * CROWD
    assert await status_of(town, API) == 0
    assert await ready(town) == 0
    await town.sandbox.reset()
    town.run(API)
    for guest, order_id, _ in under_way:
        await guest.pay(order_id)
        await guest.until(order_id, "CONFIRMED")
    await at_rest(town, box.guests)


async def test_twin_killed_it_cuts_them_off(box: Box, town: Town) -> None:
    under_way = await choosing(box, town)
    town.kill(API)
    answers = await asyncio.gather(*(call for *_, call in under_way), return_exceptions=True)  # noqa: TID251
    assert [isinstance(answer, httpx.TransportError) for answer in answers] == [True] * CROWD


async def test_a_second_signal_does_not_drain(box: Box, town: Town) -> None:
    """It stops to listen at once, and still ends what is under way."""
    under_way = await choosing(box, town)
    told(town, API)
    told(town, API)
    answers = [await call for *_, call in under_way]
    assert [answer.status_code for answer in answers] == [200] * CROWD
    assert await status_of(town, API) == 0


async def paid_while(box: Box, town: Town, system: str, call: str, delay_s: float) -> tuple[Guest, str]:
    """A guest whose money is with us and whose step is with a slow third party just now."""
    hall, guest = await box.hall(), await box.guest()
    order_id = await guest.hold(hall.id, hall.free[:2])
    await town.sandbox.rule(system, call, delay_s=delay_s, times=99)
    await guest.pay(order_id)
    await met(town, 1)
    return guest, order_id


async def test_the_worker_ends_its_step(box: Box, town: Town) -> None:
    guest, order_id = await paid_while(box, town, "vista", "order/payment", SLOW_S)
    told(town, WORKER)
    assert await status_of(town, WORKER) == 0
    assert (await guest.order(order_id))["status"] == "CONFIRMED"
    assert await leases(town) == 0
    await town.sandbox.reset()
    town.run(WORKER)
    await at_rest(town, box.guests)


async def test_twin_killed_it_leaves_its_step(box: Box, town: Town) -> None:
    guest, order_id = await paid_while(box, town, "vista", "order/payment", SLOW_S)
    town.kill(WORKER)
    assert (await guest.order(order_id))["status"] == "PENDING"
    assert await leases(town) > 0
    await town.sandbox.reset()
    town.run(WORKER)
    await guest.until(order_id, "CONFIRMED")
    await at_rest(town, box.guests)


async def test_a_second_signal_cuts_a_step_and_another_worker_ends_it(box: Box, town: Town) -> None:
    """To ask a gateway is harmless: its lease is given back."""
    guest, order_id = await paid_while(box, town, "hyperpay", "checkouts/payment", 20)
    told(town, WORKER)
    told(town, WORKER)
    assert await status_of(town, WORKER) == 0
    assert (await guest.order(order_id))["status"] == "PENDING"
    assert await leases(town) == 0
    await town.sandbox.reset()
    town.run(WORKER)
    await guest.until(order_id, "CONFIRMED")
    await at_rest(town, box.guests)


async def leases(town: Town) -> int:
    """How much work is held by a worker."""
    (row,) = await town.rows(HELD)
    return int(row["held"])
