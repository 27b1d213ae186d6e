"""`muvi order explain` as a process, about real purchases of a running town."""

import json
from typing import Any

import pytest
from tests.e2e.guest import DECLINED, Box
from tests.e2e.town import Town


def explained(town: Town, *words: str) -> dict[str, Any]:
    told: dict[str, Any] = json.loads(town.command("order", "explain", *words, "--json"))
    return told


async def test_a_purchase_by_its_reference(town: Town, box: Box) -> None:
    hall, guest = await box.hall(), await box.guest(email="explained@example.com")
    await town.sandbox.knobs("hyperpay", report_lag_s=0)  # else the list may not know of it yet
    order = await guest.buy(hall.id, hall.free[:2])
    told = explained(town, order["bookingReference"], "--ask")
    assert told["order"]["id"] == order["id"]
    assert told["conclusion"]["text"].startswith(f"Paid and booked as {order['bookingReference']}")
    assert told["conclusion"]["needsPerson"] is False
    sources = {one["source"] for one in told["happenings"]}
    assert {"order", "box office", "payment", "gateway", "seats", "ledger", "message"} <= sources
    said = {word["vendor"]: word["said"] for word in told["vendors"]}
    assert said["box office"] == f"booked as {order['bookingReference']}"
    assert said["hyperpay"].startswith("captured")
    assert [one["status"] for one in told["attempts"]] == ["CAPTURED"]
    assert [one["active"] for one in told["boxOfficeOrders"]] == [False]
    for clue in (guest.phone, told["boxOfficeOrders"][0]["ref"].upper()):
        assert explained(town, clue)["order"]["id"] == order["id"]
    assert guest.phone not in json.dumps(told)
    assert told["order"]["buyer"]["email"] == "e***@example.com"


async def test_a_declined_card_by_the_gateways_checkout(town: Town, box: Box) -> None:
    hall, guest = await box.hall(), await box.guest()
    order_id = await guest.hold(hall.id, hall.free[:1])
    action = await guest.pay(order_id, DECLINED)
    told = explained(town, action["checkoutId"], "--show-buyer")
    assert told["order"]["id"] == order_id
    assert told["order"]["buyer"]["phone"] == guest.phone
    assert [step["who"] for step in told["next"]]


async def test_lines_for_a_person_say_the_same(town: Town, box: Box) -> None:
    hall, guest = await box.hall(), await box.guest()
    order_id = await guest.hold(hall.id, hall.free[:1])
    told = town.command("order", "explain", order_id.lower())
    assert told.startswith("Seats are held, payment has not begun; without payment it is let go at ")
    for title in ("What happened", "Claims now", "What happens next"):
        assert title in told
    assert "let the seats go: the time is over, attempt 1" in told


async def test_an_unknown_id_is_said(town: Town) -> None:
    with pytest.raises(AssertionError, match="Nothing here is called 'W000000X'"):
        town.command("order", "explain", "W000000X")
