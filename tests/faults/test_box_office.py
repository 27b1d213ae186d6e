"""Whatever order/payment answers, and whenever it does, money buys exactly one booking; and whatever
set-tickets answers, the seats that the box office holds are the choice.

Twins follow their stories, as in `test_signals.py`.
"""

from __future__ import annotations

import httpx
import pytest
from tests.e2e.checker import brought_to_rest
from tests.e2e.guest import Box, Guest, together
from tests.e2e.town import Town, eventually
from tests.faults.guards import without
from tests.faults.overrides import PAYMENT_S
from tests.faults.stories import at_the_form, broken_for_good, broken_now, confirmed

from muvi.domain.shared.ids import from_wire

Rule = dict[str, object]
PAYMENT, CHOICE = "order/payment", "set-tickets"
REF = "SELECT ref FROM box_office_orders WHERE order_id = $1 ORDER BY id"
CLAIMED = "SELECT seat_key FROM seat_claims WHERE order_id = $1 AND state = 'HELD'"
UNKNOWN = "completion-unknown"
SHOWN_LATE_S = 30
SWEPT_S, GRACE_S = 720, 120

TROUBLES: dict[str, Rule] = {
    "the reply is lost": {"fault": "cut-after"},
    "the call is lost": {"fault": "cut"},
    "an error of the server, booked": {"fault": "after", "status": 503},
    "an error of the server": {"fault": "before", "status": 503},
    "another error, booked": {"fault": "after", "status": 504},
    "no JSON, booked": {"fault": "garbage-after"},
    "no JSON": {"fault": "garbage"},
    "code 1, booked": {"fault": "code-after", "code": 1},
    "code 1": {"fault": "code", "code": 1},
    "code 13, booked": {"fault": "code-after", "code": 13},
    "code 13": {"fault": "code", "code": 13},
    "code 25, booked": {"fault": "code-after", "code": 25},
    "code 25": {"fault": "code", "code": 25},
    "lost three times": {"fault": "cut", "times": 3},
    "no reply in time, booked": {"fault": "hang-after"},
    "booked just after we gave up": {"delay_s": PAYMENT_S + 0.5},
    "booked seconds after we gave up": {"delay_s": PAYMENT_S + 3},
}


async def paid_with(box: Box, town: Town, rule: Rule) -> tuple[Guest, str]:
    """A purchase whose order/payment is struck."""
    guest = await box.guest()
    order_id, form = await at_the_form(guest, await box.hall())
    await town.sandbox.rule("vista", PAYMENT, match=await ref_of(town, order_id), **rule)
    await guest.submit(form)
    return guest, order_id


async def ref_of(town: Town, order_id: str) -> str:
    """The first order at the box office."""
    return str((await town.rows(REF, from_wire(order_id)))[0]["ref"])


async def booked(town: Town, order_id: str) -> bool:
    """Whether the box office has a booking under the first order."""
    ref = await ref_of(town, order_id)
    return ref in {one["usid"] for one in await town.sandbox.truth("vista", "booking-completed")}


@pytest.mark.parametrize("shown_after_s", [0, SHOWN_LATE_S])
async def test_every_trouble_ends_with_one_booking(box: Box, town: Town, shown_after_s: int) -> None:
    """One buyer for each. Look-ups may see a booking late."""
    await town.sandbox.knobs("vista", booking_visible_after_s=shown_after_s)
    bought = await together(paid_with(box, town, rule) for rule in TROUBLES.values())
    await brought_to_rest(town, box.guests)
    for trouble, (guest, order_id) in zip(TROUBLES, bought, strict=True):
        assert (await guest.order(order_id))["status"] == "CONFIRMED", trouble
        assert await booked(town, order_id), trouble
        await confirmed(guest, order_id, UNKNOWN)
    assert await town.sandbox.rules() == []


async def test_a_call_that_arrives_after_its_repetition_books_nothing_more(box: Box, town: Town) -> None:
    """It is held up until another has passed; the worker gives it up, finds no booking and sends it again."""
    guest, order_id = await paid_with(box, town, {"fault": "reorder", "delay_s": 60})
    await confirmed(guest, order_id, UNKNOWN)
    await brought_to_rest(town, box.guests)
    assert await booked(town, order_id)


async def test_an_order_swept_before_it_could_be_completed_is_bought_again(box: Box, town: Town) -> None:
    """No booking, and no order either: surely none after the grace, so the money buys the seats anew."""
    guest, order_id = await paid_with(box, town, {"fault": "cut", "times": 10_000})
    await town.jump(SWEPT_S)
    await eventually(lambda: gone(town, order_id), town)
    await town.jump(GRACE_S)
    await guest.until(order_id, "CONFIRMED")
    await brought_to_rest(town, box.guests)
    assert not await booked(town, order_id)
    assert len(await town.rows(REF, from_wire(order_id))) == 2


async def gone(town: Town, order_id: str) -> bool:
    ref = await ref_of(town, order_id)
    return ref in {one["usid"] for one in await town.sandbox.truth("vista", "order-expired")}


async def test_if_a_refusal_were_believed_a_booking_would_be_given_away(
    open_box: Box, open_town: Town
) -> None:
    """The twin for the codes: the money goes back, the booking stays."""
    with without(open_town, "unknown-codes"):
        rule = TROUBLES["code 13, booked"]
        guest, order_id = await paid_with(open_box, open_town, rule)
        await guest.until(order_id, "EXPIRED")
        assert await broken_for_good(open_town, order_id) == {"I2"}


async def test_unless_it_is_asked_about_a_booking_is_never_known(open_box: Box, open_town: Town) -> None:
    """The twin for lost replies. The look before each completion would stop repeating it: that is off too."""
    with without(open_town, "ask-for-booking", "look-before-booking"):
        guest, order_id = await paid_with(open_box, open_town, TROUBLES["the reply is lost"])
        await open_town.sandbox.rule("vista", PAYMENT, times=100, match=await ref_of(open_town, order_id))

        async def sent_blindly() -> bool:
            await open_town.jump(20)
            return any(rule["hits"] > 2 for rule in await open_town.sandbox.rules())

        await eventually(sent_blindly, open_town)
        assert (await guest.order(order_id))["status"] == "PENDING"
        assert "I2" in await broken_now(open_town, order_id)


async def test_without_the_grace_a_late_booking_would_be_given_away(open_box: Box, open_town: Town) -> None:
    """The twin for late bookings: an order that is gone there is taken for one that was not booked."""
    with without(open_town, "grace"):
        await open_town.sandbox.knobs("vista", booking_visible_after_s=SHOWN_LATE_S)
        guest, order_id = await paid_with(open_box, open_town, TROUBLES["the reply is lost"])
        await guest.until(order_id, "EXPIRED")
        assert await broken_for_good(open_town, order_id) == {"I2"}


async def chosen_with(box: Box, town: Town, rule: Rule) -> tuple[httpx.Response, list[str], list[str]]:
    """A buyer who has the first seat wants the next two instead, and the call for them is struck. The answer,
    the three seats, and those that are claimed for the buyer now.
    """
    guest, hall = await box.guest(), await box.hall()
    order_id = await guest.hold(hall.id, hall.free[:1])
    await town.sandbox.rule("vista", CHOICE, match=await ref_of(town, order_id), **rule)
    answer = await guest.choose(order_id, hall.id, hall.free[1:3])
    claimed = await town.rows(CLAIMED, from_wire(order_id))
    seats = [str(seat["id"]) for seat in hall.free[:3]]
    return answer, seats, [row["seat_key"] for row in claimed]


@pytest.mark.parametrize("fault", ["code-after", "cut-after", "garbage-after"])
async def test_seats_taken_at_the_box_office_are_chosen_whatever_it_answered(
    box: Box, town: Town, fault: str
) -> None:
    answer, seats, claimed = await chosen_with(box, town, {"fault": fault, "code": 1})
    assert answer.is_success, answer.text
    assert [seat["id"] for seat in answer.json()["seats"]] == seats[1:]
    assert set(claimed) == set(seats[1:])
    await brought_to_rest(town, box.guests)


async def test_if_a_refused_choice_were_believed_its_seats_would_look_free(
    open_box: Box, open_town: Town
) -> None:
    """The twin: the box office has given them away, and we claim the one that it took back."""
    with without(open_town, "refused-choice"):
        rule: Rule = {"fault": "code-after", "code": 1}
        answer, seats, claimed = await chosen_with(open_box, open_town, rule)
        assert (answer.status_code, answer.json()["code"]) == (502, "box-office-refused")
        assert claimed == seats[:1]
