"""After the sales: does every buyer hold what was paid for, and nobody else the same seat?

Three witnesses are compared: what buyers saw, what the third parties recorded, and our tables.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import asyncpg

from bench.buyers import Bought
from bench.place import Place
from bench.wire import Caller

Event = Mapping[str, Any]
SOLD = """
SELECT b.cinema_ref, b.showtime_ref, c.seat_key, o.booking_id
FROM seat_claims c JOIN orders o ON o.id = c.order_id
JOIN LATERAL (SELECT cinema_ref, showtime_ref FROM box_office_orders WHERE order_id = o.id LIMIT 1) b ON true
WHERE c.state = 'SOLD'
"""


@dataclass(frozen=True, slots=True)
class Mark:
    """How far the third parties' records reached before the sales."""

    vista: int
    hyperpay: int


async def events(place: Place, system: str, after: int = 0) -> list[Event]:
    """What one third party recorded."""
    caller = Caller(place.sandbox)
    found: list[Event] = (await caller.ask("GET", f"/truth/{system}?after={after}")).json()
    caller.close()
    return found


async def mark(place: Place) -> Mark:
    """Remember where the records end now."""
    return Mark(vista=_last(await events(place, "vista")), hyperpay=_last(await events(place, "hyperpay")))


def _last(found: Sequence[Event]) -> int:
    return int(found[-1]["seq"]) if found else 0


async def faults(place: Place, since: Mark, bought: Sequence[Bought]) -> list[str]:
    """Everything that does not agree, in words; nothing when all is well."""
    vista = await events(place, "vista", since.vista)
    hyperpay = await events(place, "hyperpay", since.hyperpay)
    found = compared(vista, hyperpay, bought)
    database = place.database()
    if database:
        found += await _tables(database, _bookings(vista))
    return found


def compared(vista: Sequence[Event], hyperpay: Sequence[Event], bought: Sequence[Bought]) -> list[str]:
    """What does not agree between the third parties and what buyers saw."""
    bookings = _bookings(vista)
    return [*_sold_twice(bookings), *_not_as_seen(bookings, bought), *_money(hyperpay, bookings)]


def _bookings(vista: Sequence[Event]) -> dict[str, Event]:
    return {one["bookingId"]: one for one in vista if one["event"] == "booking-completed"}


def _seats(booking: Event) -> set[tuple[str, str, str]]:
    """Numbers of sessions are a cinema's own."""
    cinema = booking["cinemaId"]
    return {(cinema, session, seat) for session, seats in booking["sessions"].items() for seat in seats}


def _sold_twice(bookings: Mapping[str, Event]) -> list[str]:
    times = Counter(place for booking in bookings.values() for place in _seats(booking))
    return [f"seat {place} was booked {count} times" for place, count in times.items() if count > 1]


def _not_as_seen(bookings: Mapping[str, Event], bought: Sequence[Bought]) -> list[str]:
    found = []
    for one in bought:
        booking = bookings.get(one.reference)
        if booking is None:
            found.append(f"order {one.order_id} is confirmed without a booking")
        elif {seat for _, _, seat in _seats(booking)} != one.seats or booking[
            "totalCents"
        ] != one.total_minor:
            found.append(f"order {one.order_id} shows other seats or another total than its booking")
    return found


def _money(hyperpay: Sequence[Event], bookings: Mapping[str, Event]) -> list[str]:
    """Every debit pays one booking, or was given back."""
    debits = {one["id"]: one["amount_minor"] for one in hyperpay if one["event"] == "debit"}
    back = {one["referencedId"] for one in hyperpay if one["event"] in {"refund", "reversal"}}
    paid = Counter(tender["reference"] for one in bookings.values() for tender in one["tenders"])
    found = [f"debit {one} paid for {times} bookings" for one, times in paid.items() if times > 1]
    found += [f"debit {one} bought nothing" for one in debits if one not in paid and one not in back]
    for one in bookings.values():
        sums = sum(debits.get(tender["reference"], 0) for tender in one["tenders"])
        if sums != one["totalCents"]:
            found.append(f"booking {one['bookingId']} costs {one['totalCents']} and {sums} were taken")
    return found


async def _tables(database: str, bookings: Mapping[str, Event]) -> list[str]:
    connection = await asyncpg.connect(database)
    try:
        rows = await connection.fetch(SOLD)
    finally:
        await connection.close()
    ours = {(row[0], row[1], row[2]) for row in rows if row[3] in bookings}
    theirs = {place for booking in bookings.values() for place in _seats(booking)}
    found = [f"seat {place} is sold here and not booked there" for place in sorted(ours - theirs)]
    return found + [f"seat {place} is booked there and not sold here" for place in sorted(theirs - ours)]
