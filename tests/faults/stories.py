"""What the stories share: the way to the gateway's form, and how they end.

That is the same end as without any trouble or, with a guard off, a bad one for good.
"""

from __future__ import annotations

from datetime import timedelta

from tests.e2e.checker import Seen, found_in
from tests.e2e.guest import Guest, Hall, Json
from tests.e2e.town import Town, eventually

from muvi.domain.payments.watch import WATCH_S
from muvi.domain.shared.ids import from_wire

CONFIRMED = ["order-placed", "seats-chosen", "payment-started", "payment-captured", "order-confirmed"]
UNATTENDED = """
    SELECT 1 FROM checkouts WHERE order_id = $1 AND lease_until IS NULL AND coalesce(next_at > $2, true)
    AND NOT EXISTS (SELECT 1 FROM payment_attempts
                    WHERE order_id = $1 AND (next_check_at <= $2 OR lease_until IS NOT NULL))
    AND NOT EXISTS (SELECT 1 FROM refunds WHERE order_id = $1 AND next_at <= $2)
    AND NOT EXISTS (SELECT 1 FROM outbox
                    WHERE payload ->> 'order_id' = $3 AND done_at IS NULL AND available_at <= $2)
"""


async def at_the_form(guest: Guest, hall: Hall) -> tuple[str, Json]:
    """An order for two seats, and the gateway's form for it."""
    order_id = await guest.hold(hall.id, hall.free[:2])
    return order_id, await form_of(guest, order_id)


async def form_of(guest: Guest, order_id: str) -> Json:
    """What the buyer sees who presses the button to pay; pressed again while another tab does the same."""
    opened = await guest.insist_on_paying(order_id)
    assert opened.is_success, opened.text
    action: Json = opened.json()["nextAction"]
    return action


async def confirmed(guest: Guest, order_id: str, *told: str) -> Json:
    """The end of a purchase without trouble: its timeline tells of none but what the buyer was `told`."""
    order = await guest.until(order_id, "CONFIRMED")
    assert [entry["code"] for entry in order["timeline"] if entry["code"] not in told] == CONFIRMED
    assert len(order["tickets"]) == len(order["seats"])
    return order


async def broken_for_good(town: Town, order_id: str) -> set[str]:
    """The rules that the checker finds broken about an order which was looked at for the last time: nobody
    will work on it for the next day.
    """
    await town.jump(WATCH_S)
    tomorrow = town.now() + timedelta(days=1)
    await eventually(lambda: town.rows(UNATTENDED, from_wire(order_id), tomorrow, order_id), town)
    return await broken_now(town, order_id)


async def broken_now(town: Town, order_id: str) -> set[str]:
    """The rules that the checker finds broken about an order."""
    seen = await Seen.of(town)
    return {breach.partition(" ")[0] for breach in found_in(seen) if order_id in breach}
