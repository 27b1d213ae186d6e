"""Webhook, return visit and poll: whatever becomes of them, a purchase has the same end.

Each is followed by its twin, in which the guard that the story leans on is switched off and which ends
otherwise. Where another guard would still catch it, that one is off too.
"""

from __future__ import annotations

from tests.e2e.checker import at_rest, brought_to_rest
from tests.e2e.guest import Box, Guest, Json
from tests.e2e.town import WORKER, Town, eventually
from tests.faults.guards import without
from tests.faults.overrides import arm
from tests.faults.stories import at_the_form, broken_for_good, broken_now, confirmed

FIRST_POLL_S, QUARTER_S = 91, 900
ATTEMPT = "SELECT * FROM payment_attempts WHERE checkout_id = $1"
EVENTS = (
    "SELECT w.* FROM webhook_events w JOIN payment_attempts a ON a.id = w.attempt_id WHERE a.checkout_id = $1"
)


async def attempt(town: Town, form: Json) -> Json:
    """Our row about a form."""
    (row,) = await town.rows(ATTEMPT, form["checkoutId"])
    return row


async def messages(town: Town, form: Json, after: int) -> list[Json]:
    """What the gateway told of a form, be it true or forged; it may still tell of another test's."""
    events = await town.sandbox.truth("hyperpay")
    form_of_payment = {one["id"]: one["checkoutId"] for one in events if {"id", "checkoutId"} <= one.keys()}
    told = [one for one in events if one["event"] == "webhook" and one["seq"] > after]
    return [one for one in told if form_of_payment.get(one["id"]) in {None, form["checkoutId"]}]


async def answers(town: Town, form: Json, count: int, after: int) -> list[int]:
    """How our side answered the next messages of the gateway."""

    async def all_of_them() -> list[Json]:
        told = await messages(town, form, after)
        return told if len(told) >= count else []

    return [one["status"] for one in await eventually(all_of_them, town)]


async def last_event(town: Town) -> int:
    return int((await town.sandbox.truth("hyperpay"))[-1]["seq"])


async def lose_messages_about(town: Town, form: Json) -> None:
    await town.sandbox.rule("hyperpay", "webhook", fault="lose", times=9, match=form["checkoutId"])


async def visit(guest: Guest, address: str) -> None:
    assert (await guest.http.get(address)).status_code == 303


# Lost: the return visit settles, or the webhook, or the poll.


async def test_without_a_webhook_the_return_visit_settles(box: Box, town: Town) -> None:
    guest = await box.guest()
    order_id, form = await at_the_form(guest, await box.hall())
    await lose_messages_about(town, form)
    await visit(guest, await guest.submit(form))
    await confirmed(guest, order_id)
    await at_rest(town, box.guests)


async def test_without_a_return_visit_the_webhook_settles(box: Box, town: Town) -> None:
    guest = await box.guest()
    order_id, form = await at_the_form(guest, await box.hall())
    await guest.submit(form)
    await confirmed(guest, order_id)
    await at_rest(town, box.guests)


async def test_without_either_the_poll_settles(box: Box, town: Town) -> None:
    guest = await box.guest()
    order_id, form = await at_the_form(guest, await box.hall())
    await lose_messages_about(town, form)
    await guest.submit(form)
    row = await attempt(town, form)
    assert (row["status"], row["signals"]) == ("PENDING", 0)
    await town.jump(FIRST_POLL_S)
    await confirmed(guest, order_id)
    await brought_to_rest(town, box.guests)


async def test_unless_signals_are_heard_neither_settles(open_box: Box, open_town: Town) -> None:
    """The twin of the first two: only the poll is left."""
    guest = await open_box.guest()
    with without(open_town, "hearing"):
        order_id, form = await at_the_form(guest, await open_box.hall())
        since = await last_event(open_town)
        await visit(guest, await guest.submit(form))
        assert await answers(open_town, form, 1, since) == [200]
        row = await attempt(open_town, form)
        assert (row["signals"], row["next_check_at"] > open_town.now()) == (0, True)
        assert "I6" in await broken_now(open_town, order_id)
        await open_town.jump(FIRST_POLL_S)
        await guest.until(order_id, "CONFIRMED")


async def test_unless_it_is_polled_money_is_kept_for_nothing(open_box: Box, open_town: Town) -> None:
    """The twin of the third. The look at an expiring order's form would find the money: that is off too."""
    guest = await open_box.guest()
    with without(open_town, "poll", "look-at-expiry"):
        order_id, form = await at_the_form(guest, await open_box.hall())
        await lose_messages_about(open_town, form)
        await guest.submit(form)
        await open_town.jump(QUARTER_S)
        await guest.until(order_id, "EXPIRED")
        assert "I6" in await broken_for_good(open_town, order_id)


# Late.


async def test_a_message_a_quarter_of_an_hour_late_changes_nothing(box: Box, town: Town) -> None:
    guest = await box.guest()
    order_id, form = await at_the_form(guest, await box.hall())
    await lose_messages_about(town, form)
    await visit(guest, await guest.submit(form))
    order = await confirmed(guest, order_id)
    before = await attempt(town, form)
    await town.jump(QUARTER_S)
    since = await last_event(town)
    await town.sandbox.act("hyperpay", "webhook-resend", checkout_id=form["checkoutId"])
    assert await answers(town, form, 1, since) == [200]
    assert len(await town.rows(EVENTS, form["checkoutId"])) == 1
    assert await attempt(town, form) == before
    await brought_to_rest(town, box.guests)
    assert await guest.order(order_id) == order


# Repeated.


async def heard_again(box: Box, town: Town) -> tuple[str, Json, Json]:
    """Paid by three copies of a message, and two more when all is done; the attempt before these."""
    guest = await box.guest()
    order_id, form = await at_the_form(guest, await box.hall())
    await town.sandbox.knobs("hyperpay", webhook_copies=3)
    since = await last_event(town)
    with town.frozen(WORKER):
        await guest.submit(form)
        assert await answers(town, form, 3, since) == [200] * 3
    await confirmed(guest, order_id)
    before = await attempt(town, form)
    since = await last_event(town)
    for _ in range(2):
        await town.sandbox.act("hyperpay", "webhook-resend", checkout_id=form["checkoutId"])
    assert await answers(town, form, 2, since) == [200] * 2
    return order_id, form, before


async def test_a_message_that_comes_five_times_counts_once(box: Box, town: Town) -> None:
    _, form, before = await heard_again(box, town)
    assert len(await town.rows(EVENTS, form["checkoutId"])) == 1
    assert (before["signals"], before["polls"]) == (1, 1)
    assert await attempt(town, form) == before
    await at_rest(town, box.guests)


async def test_unless_messages_count_once_each_copy_asks_the_gateway_again(
    open_box: Box, open_town: Town
) -> None:
    """The twin. Without the inbox a message about known money would still be no news: that is off too.

    The money itself counts once all the same: what a gateway reports is kept under its transaction's id.
    """
    with without(open_town, "once", "known-money"):
        order_id, form, before = await heard_again(open_box, open_town)
        assert before["signals"] == 3
        assert len(await open_town.rows(EVENTS, form["checkoutId"])) == 5

        async def asked_again() -> bool:
            row = await attempt(open_town, form)
            return bool(row["signals"] == 5 and row["polls"] > before["polls"])

        await eventually(asked_again, open_town)
    assert await broken_for_good(open_town, order_id) == set()


# Out of order: a pending that arrives after its success.


async def overtaken(box: Box, town: Town) -> tuple[Guest, str]:
    guest = await box.guest()
    order_id, form = await at_the_form(guest, await box.hall())
    await town.sandbox.knobs("hyperpay", webhook_pending_first=True, webhook_reorder=True)
    since = await last_event(town)
    with town.frozen(WORKER):
        await guest.submit(form)
        assert await answers(town, form, 2, since) == [200] * 2
    first, second = await town.rows(f"{EVENTS} ORDER BY w.received_at", form["checkoutId"])
    assert first["digest"] != second["digest"]
    codes = [one["code"] for one in await messages(town, form, since)]
    assert codes == ["000.100.110", "000.200.000"]
    return guest, order_id


async def test_a_message_that_is_overtaken_changes_nothing(box: Box, town: Town) -> None:
    guest, order_id = await overtaken(box, town)
    await confirmed(guest, order_id)
    await at_rest(town, box.guests)


async def test_if_messages_were_believed_the_last_one_would_win(open_box: Box, open_town: Town) -> None:
    """The twin: what they say is taken for the truth."""
    with without(open_town, "hint"):
        guest, order_id = await overtaken(open_box, open_town)
        await open_town.jump(QUARTER_S)
        await guest.until(order_id, "EXPIRED")
        assert "I6" in await broken_now(open_town, order_id)


# Forged.


async def test_a_forged_message_is_refused_and_changes_nothing(box: Box, town: Town) -> None:
    guest = await box.guest()
    order_id, form = await at_the_form(guest, await box.hall())
    since = await last_event(town)
    await town.sandbox.knobs("hyperpay", webhook_retry_s=[])
    async with town.still(WORKER):  # it works on what other tests began
        before = await every_table(town)
        await town.sandbox.act("hyperpay", "webhook-forged", checkout_id=form["checkoutId"])
        assert await answers(town, form, 1, since) == [401]
        assert await every_table(town) == before
    await guest.submit(form)
    await confirmed(guest, order_id)
    await at_rest(town, box.guests)


async def every_table(town: Town) -> Json:
    """All that a message could touch."""
    return await town.tables(
        "webhook_events",
        "payment_attempts",
        "gateway_transactions",
        "refunds",
        "orders",
        "checkouts",
        "outbox",
        "ledger_journals",
        "tickets",
    )


async def forged(box: Box, town: Town) -> tuple[Guest, str, Json]:
    guest = await box.guest()
    order_id, form = await at_the_form(guest, await box.hall())
    since = await last_event(town)
    await town.sandbox.act("hyperpay", "webhook-forged", checkout_id=form["checkoutId"])
    assert await answers(town, form, 1, since) == [200]
    return guest, order_id, form


async def test_without_its_key_a_forged_message_would_be_heard(open_box: Box, open_town: Town) -> None:
    """The twin. That a message is only a hint still holds: the gateway is asked, and it knows of no money."""
    with without(open_town, "signature"):
        guest, order_id, form = await forged(open_box, open_town)
        assert len(await open_town.rows(EVENTS, form["checkoutId"])) == 1

        async def asked() -> bool:
            return bool((await attempt(open_town, form))["polls"])

        await eventually(asked, open_town)
        assert (await guest.order(order_id))["status"] == "PENDING"


async def test_without_its_key_and_if_believed_it_would_buy_tickets(open_box: Box, open_town: Town) -> None:
    """The twin with both guards off: seats for nothing."""
    with without(open_town, "signature", "hint"):
        guest, order_id, _ = await forged(open_box, open_town)
        await guest.until(order_id, "CONFIRMED")
        assert "I6" in await broken_for_good(open_town, order_id)


# Redis loses everything.


async def flushed_all_the_way(box: Box, town: Town) -> tuple[Guest, str]:
    """Redis is emptied at every step; at last while it is the only one to have the letter's job."""
    hall, guest, other = await box.hall(), await box.guest(email="flushed@example.com"), await box.guest()
    order_id = await guest.hold(hall.id, hall.free[:2])
    await town.flush()
    refused = await other.insist(await other.place(hall.id), hall.id, hall.free[1:3])
    assert (refused.status_code, refused.json()["code"]) == (409, "seats-unavailable")
    form = (await guest.open_payment(order_id)).json()["nextAction"]
    await town.flush()
    arm(town.home, "before send")
    with town.frozen(WORKER):
        await guest.submit(form)
        await town.flush()
    assert await town.wait_for_death(WORKER), "nobody took the letter's job"
    await town.flush()
    town.run(WORKER)
    await confirmed(guest, order_id)
    return guest, order_id


async def test_a_flushed_redis_loses_nothing(box: Box, town: Town) -> None:
    guest, _ = await flushed_all_the_way(box, town)
    await brought_to_rest(town, box.guests)
    assert len(await town.sandbox.inbox("email", guest.email)) == 1


async def test_if_redis_were_trusted_with_a_message_the_letter_would_be_lost(
    open_box: Box, open_town: Town
) -> None:
    """The twin: what was handed to the queue is never looked at again."""
    with without(open_town, "lease"):
        _, order_id = await flushed_all_the_way(open_box, open_town)
        assert await broken_for_good(open_town, order_id) == {"I20"}
