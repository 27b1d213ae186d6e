"""SIGKILL at each named step of a purchase.

After a restart the order ends confirmed, or released and refunded, and never between. What a killed process
leaves behind is known after each step; before the next one nothing has changed. So a buyer who comes back is
played after every step, and one who never does before every step.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress

import httpx
import pytest
from tests.e2e.checker import brought_to_rest
from tests.e2e.guest import Box, Guest, Hall, together
from tests.e2e.town import API, WORKER, Town, eventually
from tests.faults.overrides import PASSED, arm

from muvi.application.orders.operations import LEASE_S

IN_THE_API = (
    "commit PlaceOrder.__call__",
    "commit ChooseSeats._claim",
    "open_order",
    "commit ChooseSeats._box_order",
    "set_tickets",
    "commit ChooseSeats._settle",
    "commit StartPayment._intend",
    "read_order",
    "begin_payment",
    "read_order #2",
    "open",
    "commit StartPayment._opened",
    "commit NoteReturn.__call__",
    "commit ReceiveWebhook.__call__",
)
IN_THE_WORKER = (
    "check",
    "commit CheckPayment._recorded",
    "commit AdvanceCheckout._decide",
    "complete",
    "commit AdvanceCheckout._decide #2",
    "send",
    "commit SendConfirmation._finish",
)
IN_A_REFUND = ("commit SendRefund._intended", "refund", "commit SendRefund._recorded")
PAID = ("commit NoteReturn.__call__", "commit ReceiveWebhook.__call__")
EXPIRY_S = 1500
HEARD = 200
Story = Callable[[Guest, Hall], Awaitable[None]]


async def purchase(guest: Guest, hall: Hall) -> None:
    """Without looking left or right."""
    order_id = await guest.hold(hall.id, hall.free[:2])
    await guest.pay(order_id)


async def money_on_a_cancelled_order(guest: Guest, hall: Hall) -> None:
    order_id = await guest.hold(hall.id, hall.free[:1])
    action = (await guest.open_payment(order_id)).json()["nextAction"]
    await guest.post(f"/api/v1/orders/{order_id}/cancel", {})
    await guest.submit(action)


async def further(guest: Guest, hall: Hall) -> bool:
    """A buyer who tries again: order, choose, pay, whatever is missing; whether it is confirmed."""
    orders = (await guest.get("/api/v1/orders"))["data"]
    order_id = orders[0]["id"] if orders else await guest.place(hall.id)
    order = await guest.order(order_id)
    if order["status"] == "PENDING" and not order["seats"]:
        await guest.choose(order_id, hall.id, hall.free[:2])
    if order["status"] == "PENDING":
        opened = await guest.open_payment(order_id)
        if opened.is_success:
            with suppress(AssertionError):  # the form was paid before the process died
                await guest.http.get(await guest.submit(opened.json()["nextAction"]))
    with suppress(AssertionError):
        return bool(await guest.until(order_id, "CONFIRMED", seconds=3))
    return False


async def test_these_are_all_the_steps_of_a_purchase(box: Box, town: Town) -> None:
    hall, guest = await box.hall(), await box.guest(email="steps@example.com")
    await brought_to_rest(town)
    (town.home / PASSED).unlink(missing_ok=True)
    await purchase(guest, hall)
    known = {step.partition(" #")[0] for step in (*IN_THE_API, *IN_THE_WORKER)}

    async def all_passed() -> bool:
        """The order may be confirmed by the return visit before the gateway's message is here."""
        return passed_by(town) >= known

    await eventually(all_passed, town)
    await brought_to_rest(town, box.guests)
    assert passed_by(town) == known


def passed_by(town: Town) -> set[str]:
    """The steps that were written down."""
    lines = (town.home / PASSED).read_text(encoding="utf-8").splitlines()
    return {line.partition(" ")[2] for line in lines}


async def test_the_api_dies_and_the_buyers_come_back(box: Box, town: Town) -> None:
    """One buyer per step; then all of them try again until they have their seats."""
    left = await dying(box, town, API, "after", IN_THE_API)
    for _ in range(12):
        done = await together(further(guest, hall) for guest, hall in left.values())
        if all(done):
            break
        await town.jump(LEASE_S)
    assert dict(zip(left, done, strict=True)) == dict.fromkeys(left, True)
    await brought_to_rest(town, box.guests)
    for step, (guest, hall) in left.items():
        (order,) = (await guest.get("/api/v1/orders"))["data"]
        assert {seat["id"] for seat in order["seats"]} == {seat["id"] for seat in hall.free[:2]}, step


async def test_the_api_dies_and_the_buyers_leave(box: Box, town: Town) -> None:
    """One buyer per step; then time passes."""
    left = await dying(box, town, API, "before", IN_THE_API)
    await town.jump(EXPIRY_S)
    await brought_to_rest(town, box.guests)
    for step, (guest, hall) in left.items():
        orders = (await guest.get("/api/v1/orders"))["data"]
        wanted = "CONFIRMED" if step in PAID else "EXPIRED"
        assert {order["status"] for order in orders} <= {wanted}, step
        free = {seat["id"] for seat in (await box.again(hall.showtime)).free}
        assert ({seat["id"] for seat in hall.free[:2]} <= free) is (wanted == "EXPIRED"), step


@pytest.mark.parametrize("moment", ["before", "after"])
async def test_the_worker_dies(box: Box, town: Town, moment: str) -> None:
    left = await dying(box, town, WORKER, moment, IN_THE_WORKER)
    await brought_to_rest(town, box.guests)
    for step, (guest, _) in left.items():
        (order,) = (await guest.get("/api/v1/orders"))["data"]
        assert order["status"] == "CONFIRMED", step


@pytest.mark.parametrize("moment", ["before", "after"])
async def test_the_worker_dies_while_money_goes_back(box: Box, town: Town, moment: str) -> None:
    """Sent or not is asked, and only a gateway that has had time to know denies it for good."""
    left = await dying(box, town, WORKER, moment, IN_A_REFUND, money_on_a_cancelled_order)
    await brought_to_rest(town, box.guests)
    for step, (guest, _) in left.items():
        (order,) = (await guest.get("/api/v1/orders"))["data"]
        assert order["status"] == "CANCELLED", step


async def dying(
    box: Box, town: Town, part: str, moment: str, steps: Sequence[str], story: Story = purchase
) -> dict[str, tuple[Guest, Hall]]:
    """A story for each step, in which the part dies there and is started again.

    The gateway repeats a message that nobody answered. One about the story before must not be what the part
    dies at: then this story would be cut off before it came to the step.
    """
    left = {}
    since = len(await town.sandbox.truth("hyperpay"))
    for step in steps:
        hall, guest = await box.hall(), await box.guest(email=f"{moment}.{len(left)}.{part}@example.com")
        await eventually(lambda: all_told(town, since), town)
        arm(town.home, f"{moment} {step}")
        with suppress(httpx.TransportError):
            await story(guest, hall)
        assert await town.wait_for_death(part), f"it never came to {moment} {step}"
        town.run(part)
        left[step] = (guest, hall)
    return left


async def all_told(town: Town, since: int) -> bool:
    """Whether the API has answered the gateway's message about each payment."""
    events = await town.sandbox.truth("hyperpay", "debit", "webhook", after=since)
    heard = {one["id"] for one in events if one["event"] == "webhook" and one["status"] == HEARD}
    return heard >= {one["id"] for one in events if one["event"] == "debit"}
