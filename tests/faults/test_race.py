"""Two hundred guests want one seat."""

from __future__ import annotations

from uuid import UUID

import httpx
from tests.e2e.checker import at_rest
from tests.e2e.guest import Box, Guest, Hall, together
from tests.e2e.town import Town
from tests.faults.guards import without

from muvi.domain.shared.ids import from_wire

GUESTS, ROUND = 200, 20


async def race(box: Box, hall: Hall, size: int) -> list[tuple[Guest, str, httpx.Response]]:
    """Everybody has an order for the showtime, then all of them choose the same seat at once."""
    guests = await box.crowd(size)
    orders = await together((guest.place(hall.id) for guest in guests), at_once=20)
    pairs = list(zip(guests, orders, strict=True))
    seat = hall.free[0]
    answers = await together(guest.insist(order_id, hall.id, [seat]) for guest, order_id in pairs)
    return [(guest, order_id, answer) for (guest, order_id), answer in zip(pairs, answers, strict=True)]


async def ever_held(town: Town, hall: Hall) -> set[UUID]:
    """Orders that our claims gave the seat to."""
    rows = await town.rows(
        "SELECT DISTINCT order_id FROM seat_claim_events"
        " WHERE showtime_id = $1 AND seat_key = $2 AND state = 'HELD'",
        from_wire(hall.id),
        hall.free[0]["id"],
    )
    return {row["order_id"] for row in rows}


async def test_exactly_one_order_holds_the_seat(box: Box, town: Town) -> None:
    hall = await box.hall()
    seat = {name: hall.free[0][name] for name in ("id", "label")}
    outcomes = await race(box, hall, GUESTS)
    winners = [(guest, order_id) for guest, order_id, answer in outcomes if answer.is_success]
    assert len(winners) == 1
    for _, _, answer in outcomes:
        if not answer.is_success:
            assert (answer.status_code, answer.json()["code"]) == (409, "seats-unavailable"), answer.text
            assert answer.json()["seats"] == [seat]
    guest, order_id = winners[0]
    assert await ever_held(town, hall) == {from_wire(order_id)}
    await guest.pay(order_id)
    await guest.until(order_id, "CONFIRMED")
    await at_rest(town, box.guests)


async def test_the_loser_may_take_another_seat(box: Box, town: Town) -> None:
    hall = await box.hall()
    outcomes = await race(box, hall, ROUND)
    losers = [(guest, order_id) for guest, order_id, answer in outcomes if not answer.is_success]
    for seat, (guest, order_id) in zip(hall.free[1:], losers, strict=False):
        assert (await guest.choose(order_id, hall.id, [seat])).is_success
    await at_rest(town, box.guests)


async def test_without_the_claims_guard_the_seat_is_given_away_again_and_again(
    open_box: Box, open_town: Town
) -> None:
    """The twin: claims that take every seat that is asked for, whoever has it, with no look before."""
    hall = await open_box.hall()
    with without(open_town, "claims"):
        await race(open_box, hall, ROUND)
        assert len(await ever_held(open_town, hall)) > 1
