"""A slow cinema holds up every call that is its own, and no other."""

import asyncio

from litestar import Litestar
from tests.builders_vista import CINEMA, Levers, VistaClient

from muvi_sandbox.vista import VistaSandbox

ANOTHER = "0002"


async def test_every_call_of_a_slow_cinema_is_late_and_others_are_not(
    app: Litestar, vista: VistaClient, levers: Levers, show: str
) -> None:
    site: VistaSandbox = app.state["vista"]
    usid, other = await vista.order(), await vista.order(ANOTHER)
    await levers.knobs(slow_cinemas={CINEMA: 60})
    calls = [
        vista.plan(show),
        vista.order(),
        vista.get(f"orders/{usid}"),
        vista.set_tickets(usid, show),
        vista.ticketing("continue", usid),
        vista.booking(UserSessionId=usid),
    ]
    tasks = [asyncio.create_task(call) for call in calls]
    while site.held_up(CINEMA) < len(calls):  # noqa: ASYNC110  (it says how many, not when)
        await asyncio.sleep(0)
    assert (await vista.get(f"orders/{other}")).status_code == 200
    assert (await vista.ticketing("cancel", other))["Result"] == 0
    assert await vista.rows("Cinemas")
    assert not any(task.done() for task in tasks)
    for task in tasks:
        task.cancel()
    await asyncio.wait(tasks)
    assert site.held_up(CINEMA) == 0
    await levers.knobs(slow_cinemas={})
    assert (await vista.get(f"orders/{usid}")).status_code == 200
