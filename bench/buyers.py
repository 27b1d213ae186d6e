"""Guests who buy two seats each, again and again: a closed loop through API, worker and third parties."""

from __future__ import annotations

import asyncio
import random
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass, field
from itertools import cycle, pairwise
from urllib.parse import urlencode, urlsplit

import msgspec

from bench.load import at_share
from bench.place import NotMeasured
from bench.wire import Answer, Caller

API = "/api/v1"
SEATS = 2
PATIENCE_S = 30.0
TRIES = 5
OK, CREATED, SEE_OTHER, CONFLICT = 200, 201, 303, 409
CARD = {"card_number": "4111111111111111", "expiry_month": "12", "expiry_year": "2039", "cvv": "123"}
FORM = {"content-type": "application/x-www-form-urlencoded"}


class _TicketType(msgspec.Struct):
    id: str


class _Area(msgspec.Struct, rename="camel"):
    id: str
    ticket_types: list[_TicketType]


class _Seat(msgspec.Struct, rename="camel"):
    id: str
    status: str
    type: str
    area_id: str
    group_id: str | None = None


class SeatMap(msgspec.Struct):
    """What a buyer looks at in a seat map."""

    seats: list[_Seat]
    areas: list[_Area]

    def two(self) -> list[dict[str, str]] | None:
        """Tickets for two free neighbours of the list, in one area; None when the hall is full."""
        types = {area.id: area.ticket_types[0].id for area in self.areas if area.ticket_types}
        free = [
            seat
            for seat in self.seats
            if seat.status == "AVAILABLE" and seat.type == "STANDARD" and not seat.group_id
        ]
        pairs = [(one, other) for one, other in pairwise(free) if one.area_id == other.area_id in types]
        if not pairs:
            return None
        return [{"seatId": seat.id, "ticketTypeId": types[seat.area_id]} for seat in random.choice(pairs)]


_seat_map = msgspec.json.Decoder(SeatMap)


@dataclass(frozen=True, slots=True)
class Bought:
    """A purchase as its buyer saw it end."""

    order_id: str
    showtime_id: str
    seats: frozenset[str]
    total_minor: int
    reference: str
    at: float


class Failed(Exception):
    """A step was not answered as it should be."""


@dataclass(slots=True)
class Sales:
    """What all buyers together saw. Seconds by step; `purchase` is the sum that counts: from placing the
    order to seeing it confirmed.
    """

    seconds: dict[str, list[float]] = field(default_factory=dict)
    bought: list[Bought] = field(default_factory=list)
    errors: Counter[str] = field(default_factory=Counter)
    lost_races: int = 0
    took_s: float = 0.0
    began: float = field(default_factory=time.perf_counter)

    @property
    def per_s(self) -> float:
        """Purchases a second, those confirmed while it counted."""
        return sum(one.at <= self.took_s for one in self.bought) / self.took_s if self.took_s else 0.0

    def note(self, step: str, seconds: float) -> None:
        self.seconds.setdefault(step, []).append(seconds)

    def ms(self, step: str, share: float) -> float:
        """A quantile of one step, in milliseconds."""
        return at_share(sorted(self.seconds.get(step, ())), share) * 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class Shop:
    """Where and how to buy. `poll_s` is how often a buyer looks whether the order is confirmed."""

    url: str
    sandbox: str
    showtimes: int = 200
    poll_s: float = 0.2


async def on_sale(shop: Shop) -> list[str]:
    """Showtimes to buy for, the next ones to start left out. Raises `NotMeasured`."""
    caller, page = Caller(shop.url), 1
    found: list[str] = []
    while len(found) < shop.showtimes + 100:
        answer = await caller.ask("GET", f"{API}/showtimes?limit=100&page={page}")
        rows = answer.json()["data"] if answer.status == OK else []
        found += [row["id"] for row in rows if not row["soldOut"]]
        if not rows:
            break
        page += 1
    caller.close()
    if len(found) <= 1:
        raise NotMeasured("no showtimes are on sale")
    picked = found[100 : 100 + shop.showtimes] or found
    random.shuffle(picked)
    return picked


async def sign_in(shop: Shop, number: int) -> dict[str, str]:
    """A guest's headers, by the real sign-in with the code of the sandbox's inbox. Raises `NotMeasured`."""
    api, sandbox = Caller(shop.url), Caller(shop.sandbox)
    phone = f"+96650{random.randrange(10**5):05d}{number % 100:02d}"
    sent = await api.json("POST", f"{API}/guest-users/phone-number", {"phoneNumber": phone})
    letters = (await sandbox.ask("GET", f"/inbox?{urlencode({'channel': 'sms', 'to': phone})}")).json()
    if sent.status != OK or not letters:
        raise NotMeasured(f"no code was sent to a guest: {sent.status} {sent.body[:200]!r}")
    body = {"phoneNumber": phone, "otp": letters[0]["code"]}
    verified = await api.json("POST", f"{API}/guest-users/verify", body)
    if verified.status != OK:
        raise NotMeasured(f"a guest could not sign in: {verified.status} {verified.body[:200]!r}")
    api.close()
    sandbox.close()
    return {"authorization": f"Bearer {verified.json()['token']}"}


class Buyer:
    """One guest with two connections, as a browser has: one to the API, one to the gateway."""

    def __init__(self, shop: Shop, sales: Sales, headers: dict[str, str]) -> None:
        self._shop = shop
        self._sales = sales
        self._headers = headers
        self._api = Caller(shop.url)
        self._gateway = Caller(shop.sandbox)

    async def buy(self, showtime: str) -> None:
        """Buy two seats; how it went is noted."""
        try:
            choice = await self._choose(showtime)
            if choice is None:
                return
            began = time.perf_counter()
            placed = await self._step("place", CREATED, "POST", "/orders", {"sessionId": showtime})
            order = placed.json()["id"]
            if not await self._take(order, showtime, choice):
                return
            await self._pay(order)
            await self._settled(order, showtime)
            self._sales.note("purchase", time.perf_counter() - began)
        except Failed as failure:
            self._sales.errors[str(failure)] += 1
        except (ConnectionError, TimeoutError) as failure:
            self._sales.errors[type(failure).__name__] += 1

    def close(self) -> None:
        """Hang up."""
        self._api.close()
        self._gateway.close()

    async def _choose(self, showtime: str) -> list[dict[str, str]] | None:
        answer = await self._step("seat map", OK, "GET", f"/showtimes/{showtime}/seats")
        return _seat_map.decode(answer.body).two()

    async def _take(self, order: str, showtime: str, choice: list[dict[str, str]] | None) -> bool:
        """Whether two seats were got; others may be faster a few times."""
        for _ in range(TRIES):
            body = {"sessionId": showtime, "tickets": choice}
            answer = await self._timed(
                "seats",
                lambda: self._api.json("POST", f"{API}/orders/{order}/seats", body, self._headers),  # noqa: B023
            )
            if answer.status == OK:
                return True
            if answer.status != CONFLICT or b"seats-unavailable" not in answer.body:
                raise Failed(f"seats {answer.status} {_code(answer)}")
            self._sales.lost_races += 1
            choice = await self._choose(showtime)
            if choice is None:
                return False
        return False

    async def _pay(self, order: str) -> None:
        body = {
            "paymentMethod": "CARD",
            "email": "guest@muvi.example",
            "firstName": "Sara",
            "lastName": "Ahmad",
            "successWebUrl": f"{self._shop.url}/thanks",
            "failedWebUrl": f"{self._shop.url}/sorry",
        }
        opened = await self._step("pay", OK, "POST", f"/guest-users/orders/{order}/pay", body)
        action = opened.json()["nextAction"]
        form = urlencode({**CARD, "shopper_result_url": action["resultUrl"]}).encode()
        target = f"/hyperpay/shopper/{action['checkoutId']}"
        paid = await self._timed("card", lambda: self._gateway.ask("POST", target, headers=FORM, body=form))
        if paid.status != SEE_OTHER:
            raise Failed(f"card {paid.status}")
        back = urlsplit(paid.location)
        answer = await self._timed("return", lambda: self._api.ask("GET", f"{back.path}?{back.query}"))
        if answer.status != SEE_OTHER:
            raise Failed(f"return {answer.status}")

    async def _settled(self, order: str, showtime: str) -> None:
        began = time.perf_counter()
        while time.perf_counter() - began < PATIENCE_S:
            await asyncio.sleep(self._shop.poll_s)
            answer = await self._step("look", OK, "GET", f"/guest-users/orders/{order}")
            shown = answer.json()
            if shown["status"] != "PENDING":
                break
        self._sales.note("settle", time.perf_counter() - began)
        if shown["status"] != "CONFIRMED":
            raise Failed(f"the order ended {shown['status']}")
        self._sales.bought.append(
            Bought(
                order_id=order,
                showtime_id=showtime,
                seats=frozenset(seat["id"] for seat in shown["seats"]),
                total_minor=round(shown["totalAmount"] * 100),
                reference=shown["bookingReference"],
                at=time.perf_counter() - self._sales.began,
            )
        )

    async def _step(self, name: str, status: int, method: str, path: str, body: object = None) -> Answer:
        answer = await self._timed(name, lambda: self._api.json(method, f"{API}{path}", body, self._headers))
        if answer.status != status:
            raise Failed(f"{name} {answer.status} {_code(answer)}")
        return answer

    async def _timed(self, name: str, ask: Callable[[], Awaitable[Answer]]) -> Answer:
        began = time.perf_counter()
        try:
            return await ask()
        finally:
            self._sales.note(name, time.perf_counter() - began)


def _code(answer: Answer) -> str:
    try:
        return str(answer.json().get("code", ""))
    except (msgspec.DecodeError, AttributeError):
        return ""


async def sell(shop: Shop, *, buyers: int, seconds: float) -> Sales:
    """Let so many guests buy for so long. Purchases under way at the end are finished but not counted."""
    shows = cycle(await on_sale(shop))
    headers = [await sign_in(shop, number) for number in range(buyers)]
    sales = Sales()
    guests = [Buyer(shop, sales, one) for one in headers]
    async with asyncio.TaskGroup() as group:
        for guest in guests:
            group.create_task(_shopping(guest, shows, sales.began + seconds))
    sales.took_s = seconds
    for guest in guests:
        guest.close()
    return sales


async def _shopping(guest: Buyer, shows: Iterator[str], end: float) -> None:
    while time.perf_counter() < end:
        await guest.buy(next(shows))
