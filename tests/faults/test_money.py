"""Money that is declined, paid twice or comes late: an order keeps what it costs, once, and nothing else.

Twins follow their stories, as in `test_signals.py`.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import pytest
from tests.e2e.checker import brought_to_rest, nothing_due
from tests.e2e.guest import DECLINED, Box, Guest, Hall, Json, together
from tests.e2e.town import WORKER, Town, eventually
from tests.faults.guards import without
from tests.faults.stories import at_the_form, broken_for_good, confirmed, form_of

from muvi.domain.payments.watch import WATCH_S
from muvi.domain.shared.ids import from_wire

EXPIRED_S = 720
"""Past the box office's ten minutes and the last look at the form; the form itself lives for thirty."""
LONG_EXPIRED_S = 1000
STATUS = "SELECT 1 FROM payment_attempts WHERE checkout_id = $1 AND status = $2"
CLAIMS = "SELECT seat_key, state FROM seat_claims WHERE order_id = $1"
REFS = "SELECT ref FROM box_office_orders WHERE order_id = $1"
SHOW = """
    SELECT s.box_office_number AS number, c.box_office_id AS cinema FROM showtimes s
    JOIN cinemas c ON c.id = s.cinema_id WHERE s.id = $1
"""


async def moved(town: Town, *forms: Json) -> tuple[list[int], list[int]]:
    """What the gateway took on these forms, and what it gave back of that."""
    events = await town.sandbox.truth("hyperpay", "debit", "refund")
    checkouts = {form["checkoutId"] for form in forms}
    taken = {one["id"]: one["amount_minor"] for one in events if one["checkoutId"] in checkouts}
    given = [one["amount_minor"] for one in events if one["referencedId"] in taken]
    return list(taken.values()), given


async def went_back(town: Town, *forms: Json) -> list[int]:
    """What went back of their money."""
    return (await moved(town, *forms))[1]


async def becomes(town: Town, form: Json, status: str) -> None:
    """What we know of a form."""
    await eventually(lambda: town.rows(STATUS, form["checkoutId"], status), town)


def minor(order: Json) -> int:
    return round(order["totalAmount"] * 100)


# Declined, then paid.


async def declined(box: Box, town: Town) -> tuple[Guest, str, Json]:
    """A card was declined, and we know it."""
    guest = await box.guest()
    order_id, form = await at_the_form(guest, await box.hall())
    await guest.submit(form, DECLINED)
    await becomes(town, form, "FAILED")
    return guest, order_id, form


async def test_declined_and_then_paid_on_the_same_form(box: Box, town: Town) -> None:
    guest, order_id, form = await declined(box, town)
    await guest.submit(form)
    order = await confirmed(guest, order_id, "payment-declined")
    await brought_to_rest(town, box.guests)
    assert await moved(town, form) == ([minor(order)], [])


async def test_declined_and_then_paid_on_another_form(box: Box, town: Town) -> None:
    guest, order_id, form = await declined(box, town)
    other = await form_of(guest, order_id)
    assert other["checkoutId"] != form["checkoutId"]
    await guest.submit(other)
    order = await guest.until(order_id, "CONFIRMED")
    await brought_to_rest(town, box.guests)
    assert await moved(town, form, other) == ([minor(order)], [])


async def test_if_a_decline_were_the_end_of_a_form_its_money_would_be_kept_for_nothing(
    open_box: Box, open_town: Town
) -> None:
    """The twin."""
    with without(open_town, "declined-form"):
        guest, order_id, form = await declined(open_box, open_town)
        await guest.submit(form)
        await open_town.jump(EXPIRED_S)
        await guest.until(order_id, "EXPIRED")
        assert "I6" in await broken_for_good(open_town, order_id)


# Two tabs.


async def two_tabs(box: Box) -> tuple[Guest, str, Json, Json]:
    """The button is pressed in two tabs at once."""
    hall, guest = await box.hall(), await box.guest()
    order_id = await guest.hold(hall.id, hall.free[:2])
    first, second = await together(form_of(guest, order_id) for _ in range(2))
    await guest.submit(first)
    return guest, order_id, first, second


async def test_two_tabs_show_one_form_that_takes_one_card(box: Box, town: Town) -> None:
    guest, order_id, first, second = await two_tabs(box)
    assert first == second
    with pytest.raises(AssertionError, match="was paid already"):
        await guest.submit(second)
    order = await confirmed(guest, order_id)
    await brought_to_rest(town, box.guests)
    assert await moved(town, first) == ([minor(order)], [])


async def test_with_a_form_for_each_tab_one_payment_would_go_back(open_box: Box, open_town: Town) -> None:
    """The twin. Money for an order that is paid goes back."""
    with without(open_town, "one-form"):
        guest, order_id, first, second = await two_tabs(open_box)
        await guest.submit(second)
        await guest.until(order_id, "CONFIRMED")
        await eventually(lambda: went_back(open_town, first, second), open_town)
        assert await broken_for_good(open_town, order_id) == set()


async def test_with_a_form_for_each_tab_and_no_way_back_both_would_be_kept(
    open_box: Box, open_town: Town
) -> None:
    """The twin with that off too."""
    with without(open_town, "one-form", "second-money"):
        guest, order_id, first, second = await two_tabs(open_box)
        await guest.submit(second)
        await guest.until(order_id, "CONFIRMED")
        await becomes(open_town, second, "CAPTURED")
        assert "I6" in await broken_for_good(open_town, order_id)
        assert not await went_back(open_town, first, second)


async def two_cards_on_one_form(box: Box, town: Town) -> tuple[Guest, str, Json]:
    """A gateway that takes both. Of the second card it never tells, and its buyer does not come back."""
    await town.sandbox.knobs("hyperpay", paid_once=False)
    guest, order_id, form, _ = await two_tabs(box)
    await confirmed(guest, order_id)
    await town.sandbox.knobs("hyperpay", webhooks_on=False)
    await guest.submit(form)
    assert (await moved(town, form))[1] == []
    await town.sandbox.knobs("hyperpay", webhooks_on=True)
    return guest, order_id, form


async def test_a_second_card_on_one_form_is_found_and_goes_back_whole(box: Box, town: Town) -> None:
    guest, order_id, form = await two_cards_on_one_form(box, town)
    await town.jump(WATCH_S)
    await brought_to_rest(town, box.guests)
    total = minor(await guest.order(order_id))
    assert await moved(town, form) == ([total, total], [total])


async def test_without_a_last_look_a_second_card_would_be_kept(open_box: Box, open_town: Town) -> None:
    """The twin."""
    with without(open_town, "last-look"):
        _, order_id, form = await two_cards_on_one_form(open_box, open_town)
        assert "I6" in await broken_for_good(open_town, order_id)
        assert not await went_back(open_town, form)


async def paid_on_two_forms(box: Box, town: Town) -> tuple[Guest, str, Json, Json]:
    """A card is declined in one tab, another form opened in a second one, and then both are paid."""
    guest, order_id, first = await declined(box, town)
    second = await form_of(guest, order_id)
    with town.frozen(WORKER):
        await together(guest.submit(form) for form in (first, second))
    await guest.until(order_id, "CONFIRMED")
    return guest, order_id, first, second


async def test_of_two_payments_one_is_kept_and_the_other_goes_back_whole(box: Box, town: Town) -> None:
    guest, order_id, first, second = await paid_on_two_forms(box, town)
    await brought_to_rest(town, box.guests)
    total = minor(await guest.order(order_id))
    assert await moved(town, first, second) == ([total, total], [total])


async def test_unless_second_money_goes_back_both_are_kept(open_box: Box, open_town: Town) -> None:
    """The twin."""
    with without(open_town, "second-money"):
        _, order_id, first, second = await paid_on_two_forms(open_box, open_town)
        await becomes(open_town, first, "CAPTURED")
        await becomes(open_town, second, "CAPTURED")
        assert "I6" in await broken_for_good(open_town, order_id)


# Expiry.


async def freed(town: Town, order_id: str) -> None:
    """Neither we nor the box office hold anything for an order."""
    assert {row["state"] for row in await town.rows(CLAIMS, from_wire(order_id))} == {"RELEASED"}
    (ref,) = await town.rows(REFS, from_wire(order_id))
    ended = await town.sandbox.truth("vista", "order-cancelled", "order-expired")
    assert ref["ref"] in {one["usid"] for one in ended}


async def test_expiry_frees_the_seats_in_both_systems(box: Box, town: Town) -> None:
    """The box office would keep them for an hour: it is told."""
    hall, guest, other = await box.hall(), await box.guest(), await box.guest()
    await town.sandbox.knobs("vista", order_ttl_s=3600)
    order_id = await guest.hold(hall.id, hall.free[:2])
    await town.jump(EXPIRED_S)
    await guest.until(order_id, "EXPIRED")
    await freed(town, order_id)
    await other.buy(hall.id, hall.free[:2])
    await brought_to_rest(town, box.guests)


async def test_expiry_with_an_open_form_frees_them_too(box: Box, town: Town) -> None:
    hall, guest, other = await box.hall(), await box.guest(), await box.guest()
    order_id, _ = await at_the_form(guest, hall)
    await town.jump(EXPIRED_S)
    await guest.until(order_id, "EXPIRED")
    await freed(town, order_id)
    await other.buy(hall.id, hall.free[:2])
    await brought_to_rest(town, box.guests)


async def test_unless_orders_expire_nobody_else_gets_the_seats(open_box: Box, open_town: Town) -> None:
    """The twin."""
    hall, guest, other = await open_box.hall(), await open_box.guest(), await open_box.guest()
    with without(open_town, "expiry"):
        await open_town.sandbox.knobs("vista", order_ttl_s=3600)
        order_id = await guest.hold(hall.id, hall.free[:2])
        await open_town.jump(LONG_EXPIRED_S)
        await eventually(lambda: nothing_due(open_town), open_town)
        refused = await other.choose(await other.place(hall.id), hall.id, hall.free[:2])
        assert (refused.status_code, refused.json()["code"]) == (409, "seats-unavailable")
        assert "I26" in await broken_for_good(open_town, order_id)


# Late money.

Meanwhile = Callable[[Box, Town, Hall], Awaitable[None]]


async def nothing(_box: Box, _town: Town, _hall: Hall) -> None:
    """The seats are still free."""


async def sold_to_another(box: Box, _town: Town, hall: Hall) -> None:
    await (await box.guest()).buy(hall.id, hall.free[1:3])


async def sold_at_the_counter(_box: Box, town: Town, hall: Hall) -> None:
    (show,) = await town.rows(SHOW, from_wire(hall.id))
    seats = [hall.free[1]["id"]]
    await town.sandbox.act(
        "vista", "counter-sale", cinemaId=show["cinema"], sessionId=show["number"], seats=seats
    )


async def paid_too_late(
    box: Box, town: Town, meanwhile: Meanwhile = nothing
) -> tuple[Guest, str, Json, Hall]:
    """The order expires while its buyer sits at the form, and then the buyer pays."""
    hall, guest = await box.hall(), await box.guest()
    order_id, form = await at_the_form(guest, hall)
    await town.jump(EXPIRED_S)
    await guest.until(order_id, "EXPIRED")
    await freed(town, order_id)
    await meanwhile(box, town, hall)
    await guest.submit(form)
    return guest, order_id, form, hall


async def test_late_money_buys_the_seats_again(box: Box, town: Town) -> None:
    guest, order_id, form, hall = await paid_too_late(box, town)
    order = await guest.until(order_id, "CONFIRMED")
    await brought_to_rest(town, box.guests)
    assert {seat["id"] for seat in order["seats"]} == {seat["id"] for seat in hall.free[:2]}
    assert len(await town.rows(REFS, from_wire(order_id))) == 2
    assert await moved(town, form) == ([minor(order)], [])


@pytest.mark.parametrize("meanwhile", [sold_to_another, sold_at_the_counter])
async def test_late_money_goes_back_whole_when_a_seat_is_gone(
    box: Box, town: Town, meanwhile: Meanwhile
) -> None:
    guest, order_id, form, _ = await paid_too_late(box, town, meanwhile)
    await becomes(town, form, "REFUNDED")
    await brought_to_rest(town, box.guests)
    order = await guest.order(order_id)
    assert order["status"] == "EXPIRED"
    assert await moved(town, form) == ([minor(order)], [minor(order)])


async def paid_after_a_cancel(box: Box, _town: Town) -> tuple[Guest, str, Json]:
    guest = await box.guest()
    order_id, form = await at_the_form(guest, await box.hall())
    await guest.post(f"/api/v1/orders/{order_id}/cancel", {})
    await guest.submit(form)
    return guest, order_id, form


async def test_money_for_a_cancelled_order_goes_back_whole(box: Box, town: Town) -> None:
    guest, order_id, form = await paid_after_a_cancel(box, town)
    await becomes(town, form, "REFUNDED")
    await brought_to_rest(town, box.guests)
    order = await guest.order(order_id)
    assert order["status"] == "CANCELLED"
    assert await moved(town, form) == ([minor(order)], [minor(order)])


@pytest.mark.parametrize("story", [paid_too_late, paid_after_a_cancel])
async def test_unless_late_money_is_acted_on_it_is_kept_for_nothing(
    open_box: Box, open_town: Town, story: Callable[..., Awaitable[tuple[Guest, str, Json]]]
) -> None:
    """The twin of all of these."""
    with without(open_town, "late-money"):
        _, order_id, form, *_ = await story(open_box, open_town)
        await becomes(open_town, form, "CAPTURED")
        assert await broken_for_good(open_town, order_id) == {"I6"}
