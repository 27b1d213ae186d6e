"""What has to hold when a town has come to rest, whatever was done to it.

The checker reads our tables, the third parties' own record of what happened and what clients were told, and
compares. It shares no code with the purchase. The names I1 ... are those of the invariants that the rules
stand for; a breach is a sentence.
"""

from __future__ import annotations

import asyncio
import time
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from tests.e2e.guest import Guest
from tests.e2e.town import PATIENCE_S, Town, eventually

from muvi.domain.shared.ids import to_wire

Row = dict[str, Any]
SOLD = frozenset({"CONFIRMED", "COMPLETED"})
OVER = frozenset({"EXPIRED", "CANCELLED"})
TABLES = (
    "orders",
    "order_lines",
    "box_office_orders",
    "checkouts",
    "seat_claims",
    "payment_attempts",
    "gateway_transactions",
    "refunds",
    "tickets",
    "ledger_journals",
    "ledger_entries",
    "notifications",
    "outbox",
    "webhook_events",
)
OVERDUE = timedelta(minutes=5)
JUMPS_S = (20, 30, 30, 30, 60, 60, 120, 300, 600, 900, 1800)
DUE = """
    WITH work (due, lease_until) AS (
        SELECT next_at, lease_until FROM checkouts
        UNION ALL SELECT next_check_at, lease_until FROM payment_attempts
        UNION ALL SELECT next_at, lease_until FROM refunds
        UNION ALL SELECT available_at, NULL FROM outbox WHERE done_at IS NULL AND dead_at IS NULL)
    SELECT 1 FROM work WHERE due <= $1 AND (lease_until IS NULL OR lease_until <= $1) LIMIT 1
"""
"""What a worker would take now."""
ABANDONED = "SELECT query FROM pg_stat_activity WHERE datname = current_database() AND {} "
OPEN_LONG = "state LIKE 'idle in transaction%' AND state_change < clock_timestamp() - interval '5 seconds'"


@dataclass(frozen=True)
class Seen:
    """Everything, read once."""

    tables: dict[str, list[Row]]
    vista: list[Row]
    gateway: list[Row]
    letters: dict[str, int]
    abandoned: list[Row]
    now: datetime

    @classmethod
    async def of(cls, town: Town) -> Seen:
        """Ours first: what a third party does meanwhile is found to be missing and asked for again."""
        tables = await town.tables(*TABLES)
        emails = {row["buyer_email"] for row in tables["orders"] if row["buyer_email"]}
        return cls(
            tables=tables,
            vista=await town.sandbox.truth("vista"),
            gateway=[
                *await town.sandbox.truth("hyperpay"),
                *map(_in_the_same_words, await town.sandbox.truth("payfort")),
            ],
            letters={email: len(await town.sandbox.inbox("email", email)) for email in emails},
            abandoned=await town.rows(ABANDONED.format(OPEN_LONG)),
            now=town.now(),
        )

    def of_order(self, table: str) -> dict[UUID, list[Row]]:
        """Rows by the order they belong to."""
        found = defaultdict(list)
        for row in self.tables[table]:
            found[row["order_id"]].append(row)
        return found

    def seats(self) -> dict[UUID, set[str]]:
        """Seats by order."""
        lines = self.of_order("order_lines")
        return {id_: {row["seat_key"] for row in rows if row["seat_key"]} for id_, rows in lines.items()}

    def events(self, *names: str) -> list[Row]:
        """What happened at Vista."""
        return [one for one in self.vista if one["event"] in names]


async def at_rest(town: Town, guests: Sequence[Guest] = (), *, seconds: float = PATIENCE_S) -> Seen:
    """Wait until nothing is in breach; says what still is when it never comes."""
    end = time.monotonic() + seconds
    while True:
        seen = await Seen.of(town)
        breaches = [*found_in(seen), *broken_promises(seen, guests)]
        if not breaches:
            return seen
        if time.monotonic() > end:
            raise AssertionError("\n".join([*breaches, town.said()]))
        await asyncio.sleep(0.2)


async def brought_to_rest(town: Town, guests: Sequence[Guest] = ()) -> Seen:
    """The same in a town whose time can be moved: on and on, by steps that grow, but never past work that is
    due. What is leased is waited for a little only: its worker may be dead.
    """
    for seconds in JUMPS_S:
        await eventually(lambda: nothing_due(town), town)
        with suppress(AssertionError):
            return await at_rest(town, guests, seconds=0.5)
        await town.jump(seconds)
    return await at_rest(town, guests)


async def nothing_due(town: Town) -> bool:
    """Whether the workers have taken all there is for them just now."""
    return not await town.rows(DUE, town.now())


def found_in(seen: Seen) -> Iterator[str]:
    """Every breach."""
    for rule in (one_seat_one_order, bookings, nothing_left_behind, money, ledger, messages, ends):
        yield from rule(seen)


def one_seat_one_order(seen: Seen) -> Iterator[str]:
    """I1: a seat is in one confirmed order at most, and its claim says the same."""
    seats = seen.seats()
    holders: dict[tuple[UUID, str], list[UUID]] = defaultdict(list)
    for order in seen.tables["orders"]:
        if order["status"] in SOLD:
            for seat in seats.get(order["id"], ()):
                holders[order["showtime_id"], seat].append(order["id"])
    sold = {
        (row["showtime_id"], row["seat_key"]): row["order_id"]
        for row in seen.tables["seat_claims"]
        if row["state"] == "SOLD"
    }
    for place, orders in holders.items():
        if len(orders) > 1:
            yield f"I1 seat {place} is in {len(orders)} confirmed orders"
        if sold.get(place) not in orders:
            yield f"I1 seat {place} is confirmed but its claim is not sold to that order"
    yield from (f"I1 claim {place} is sold to nobody's order" for place in sold.keys() - holders.keys())


def bookings(seen: Seen) -> Iterator[str]:
    """I2: confirmed orders and Vista's bookings are the same things, with the same seats and totals."""
    seats, refs = seen.seats(), seen.of_order("box_office_orders")
    made: dict[str, list[Row]] = defaultdict(list)
    for one in seen.events("booking-completed"):
        made[one["usid"]].append(one)
    for order in seen.tables["orders"]:
        ours = [one for ref in refs.get(order["id"], ()) for one in made.pop(ref["ref"], ())]
        name = f"order {to_wire(order['id'])} ({order['status']})"
        if len(ours) != (order["status"] in SOLD):
            yield f"I2 {name} has {len(ours)} bookings"
        for one in ours:
            if set(_flat(one["sessions"].values())) != seats.get(order["id"]):
                yield f"I2 {name} is booked on {one['sessions']}"
            if one["totalCents"] != order["total_minor"]:
                yield f"I2 {name} is booked for {one['totalCents']} cents"
    yield from (f"I2 Vista has a booking of nobody's: {usid}" for usid in made)


def nothing_left_behind(seen: Seen) -> Iterator[str]:
    """I3: what is over holds no seat, neither here nor at Vista."""
    ended = {one["usid"] for one in seen.events("order-cancelled", "order-expired", "booking-completed")}
    held = {one["usid"] for one in seen.events("tickets-set") if one["seats"]} - ended
    refs, claims = seen.of_order("box_office_orders"), seen.of_order("seat_claims")
    for order in seen.tables["orders"]:
        if order["status"] not in OVER:
            continue
        name = f"order {to_wire(order['id'])} ({order['status']})"
        if any(claim["state"] != "RELEASED" for claim in claims.get(order["id"], ())):
            yield f"I3 {name} still claims seats"
        if any(ref["ref"] in held for ref in refs.get(order["id"], ())):
            yield f"I3 {name} still holds seats at Vista"


def money(seen: Seen) -> Iterator[str]:
    """I6 to I10: a confirmed order keeps one capture of its total, everything else went back whole."""
    taken, given = _moves(seen.gateway, "debit", "capture"), defaultdict(int)
    for one in seen.gateway:
        if one["event"] in {"refund", "reversal"}:
            given[one["referencedId"]] += one["amount_minor"]
    orders = {to_wire(row["id"]): row["order_id"] for row in seen.tables["payment_attempts"]}
    kept: dict[UUID, list[Row]] = defaultdict(list)
    for one in taken.values():
        if given[one["id"]] not in {0, one["amount_minor"]}:
            yield f"I8 {given[one['id']]} of {one['amount_minor']} went back of payment {one['id']}"
        if given[one["id"]] == 0:
            kept[orders[one["merchantTransactionId"]]].append(one)
    for order in seen.tables["orders"]:
        wanted = [(order["total_minor"], order["currency"])] if order["status"] in SOLD else []
        found = [(one["amount_minor"], one["currency"]) for one in kept.get(order["id"], ())]
        if wanted != found:
            yield f"I6 order {to_wire(order['id'])} ({order['status']}) keeps {found}, not {wanted}"
    yield from _same_money(seen, taken, given)


def _same_money(seen: Seen, taken: dict[str, Row], given: dict[str, int]) -> Iterator[str]:
    """I10: our rows and the gateway's agree, both ways."""
    ours = {
        row["transaction_id"]: (row["amount_minor"], row["refunded_minor"])
        for row in seen.tables["gateway_transactions"]
        if row["captured_at"] is not None
    }
    theirs = {id_: (one["amount_minor"], given[id_]) for id_, one in taken.items()}
    for id_ in ours.keys() | theirs.keys():
        if ours.get(id_) != theirs.get(id_):
            yield f"I10 payment {id_}: ours is {ours.get(id_)}, the gateway's {theirs.get(id_)}"


def ledger(seen: Seen) -> Iterator[str]:
    """I11: every journal sums to zero, and so does what we owe the buyers."""
    order_of = {row["id"]: row["order_id"] for row in seen.tables["ledger_journals"]}
    journals: dict[int, int] = defaultdict(int)
    owed: dict[UUID, int] = defaultdict(int)
    for entry in seen.tables["ledger_entries"]:
        journals[entry["journal_id"]] += entry["minor"]
        if entry["account"] == "liability:customer-deposits":
            owed[order_of[entry["journal_id"]]] += entry["minor"]
    yield from (f"I11 journal {id_} sums to {total}" for id_, total in journals.items() if total)
    yield from (f"I11 {to_wire(id_)} is still owed {-total}" for id_, total in owed.items() if total)


def messages(seen: Seen) -> Iterator[str]:
    """I19, I20: every message was acted on, every buyer with an address has the letter."""
    waiting = [row["type"] for row in seen.tables["outbox"] if row["done_at"] is None]
    if waiting:
        yield f"I19 messages wait: {waiting}"
    sent = {row["subject_id"] for row in seen.tables["notifications"] if row["state"] == "sent"}
    confirmed: dict[str, int] = defaultdict(int)
    for order in seen.tables["orders"]:
        if order["status"] in SOLD and order["buyer_email"]:
            confirmed[order["buyer_email"]] += 1
            if order["id"] not in sent:
                yield f"I20 order {to_wire(order['id'])} has no letter"
    for address, orders in confirmed.items():
        if seen.letters[address] < orders:
            yield f"I20 {seen.letters[address]} letters for {orders} orders went to {address}"


def ends(seen: Seen) -> Iterator[str]:
    """I26: everything is over, or open and in time for its buyer; nobody holds a lock or a lease."""
    for order in seen.tables["orders"]:
        if order["status"] == "PENDING" and seen.now > order["expires_at"] + OVERDUE:
            yield f"I26 order {to_wire(order['id'])} should have expired at {order['expires_at']}"
    status = {row["id"]: row["status"] for row in seen.tables["orders"]}
    issued = seen.of_order("tickets")
    seats = seen.seats()
    for row in seen.tables["checkouts"]:
        id_ = row["order_id"]
        name = f"order {to_wire(id_)} ({status[id_]})"
        if row["state"] != ("open" if status[id_] == "PENDING" else "idle"):
            yield f"I26 {name} is {row['state']}"
        if len(issued.get(id_, ())) != (len(seats[id_]) if status[id_] in SOLD else 0):
            yield f"I6 {name} has {len(issued.get(id_, ()))} tickets"
    for refund in seen.tables["refunds"]:
        if refund["status"] != "DONE":
            yield f"I26 refund {to_wire(refund['id'])} is {refund['status']}"
    yield from (f"I26 a transaction is left open: {row['query']}" for row in seen.abandoned)


def broken_promises(seen: Seen, guests: Iterable[Guest]) -> Iterator[str]:
    """I21: what somebody was told still stands."""
    orders = {to_wire(row["id"]): row for row in seen.tables["orders"]}
    attempts = {to_wire(row["id"]): row["checkout_id"] for row in seen.tables["payment_attempts"]}
    codes = {row["code"] for row in seen.tables["tickets"]}
    for guest in guests:
        for path, body in guest.told:
            told = body.get("status")
            known = orders.get(str(body.get("orderId") or body.get("id")))
            if "/orders" not in path or told is None:
                continue
            if known is None:
                yield f"I21 {path} told of an order that is gone: {body}"
            elif told in {"CONFIRMED", "CANCELLED"} and known["status"] != told:
                yield f"I21 {path} told {told}, it is {known['status']}"
            if any(ticket["code"] not in codes for ticket in body.get("tickets", ())):
                yield f"I21 {path} told of tickets that are gone"
            action = body.get("nextAction")
            if action and attempts.get(body["paymentId"]) != _checkout_of(action, body["paymentId"]):
                yield f"I21 {path} told of a payment that is gone: {body['paymentId']}"


def _checkout_of(action: Row, payment_id: str) -> str:
    """The checkout of a buyer: a widget names it, a form has our reference, and so has a charge."""
    if action["type"] in {"none", "redirect"}:
        return payment_id
    return str(action.get("checkoutId") or action["formFields"]["merchant_reference"])


def _in_the_same_words(one: Row) -> Row:
    """PayFort's record as HyperPay's: its refunds carry the id of the payment."""
    refunded = one.get("id", "") if one["event"] == "refund" else ""
    return one | {"merchantTransactionId": one.get("merchant_reference", ""), "referencedId": refunded}


def _moves(events: Iterable[Row], *names: str) -> dict[str, Row]:
    return {one["id"]: one for one in events if one["event"] in names}


def _flat(lists: Iterable[list[str]]) -> Iterator[str]:
    for one in lists:
        yield from one
