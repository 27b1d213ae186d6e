"""A guest with a phone: signs in by SMS, picks seats, pays on the gateway's form, looks at the order.

What a guest was told with a 2xx is kept in `told`: it has to stand whatever happens afterwards.
"""

from __future__ import annotations

import asyncio
import itertools
import time
from collections.abc import Coroutine, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar
from urllib.parse import urlencode

import httpx
from tests.e2e.third_parties import Sandbox
from tests.e2e.town import PATIENCE_S, Town
from tests.media_types import once_each

VISA, DECLINED, CHALLENGED = "4111111111111111", "4000000000000002", "4000000000003220"
CARD = {"expiry_month": "12", "expiry_year": "2039", "cvv": "123"}
MANY_SEATS, BUSY = 30, 503
_phones = itertools.count(10_000_000)
Json = dict[str, Any]
T = TypeVar("T")


@dataclass(slots=True)
class Guest:
    """One person in front of one API; `at(url)` is the same person in front of another."""

    http: httpx.AsyncClient
    sandbox: Sandbox
    language: str = "en"
    phone: str = field(default_factory=lambda: f"+9665{next(_phones)}")
    email: str = ""
    token: str = ""
    told: list[tuple[str, Json]] = field(default_factory=list)

    async def call(self, method: str, path: str, body: object = None, **headers: str) -> httpx.Response:
        """Any call of our API, as this guest."""
        given = {"accept-language": self.language, **headers}
        if self.token:
            given["authorization"] = f"Bearer {self.token}"
        answer = await self.http.request(method, path, json=body, headers=given)
        if answer.is_success and "json" in answer.headers.get("content-type", ""):
            told = answer.json()
            self.told += [(path, told)] if isinstance(told, dict) else []
        return answer

    async def get(self, path: str) -> Any:  # noqa: ANN401
        return _good(await self.call("GET", path))

    async def post(self, path: str, body: object) -> Any:  # noqa: ANN401
        return _good(await self.call("POST", path, body))

    async def sign_in(self) -> Guest:
        """By the code that the phone gets."""
        await self.post("/api/v1/guest-users/phone-number", {"phoneNumber": self.phone})
        (text, *_) = await self.sandbox.inbox("sms", self.phone)
        body = {"phoneNumber": self.phone, "code": text["code"]}
        self.token = (await self.post("/api/v1/guest-users/verify", body))["token"]
        return self

    async def place(self, showtime_id: str) -> str:
        """The id of a new order."""
        return str((await self.post("/api/v1/orders", {"sessionId": showtime_id}))["id"])

    async def choose(self, order_id: str, showtime_id: str, seats: Sequence[Json]) -> httpx.Response:
        """Choose seats of a seat map, each with the plain ticket that `Hall.free` put beside it."""
        tickets = [{"seatId": seat["id"], "ticketTypeId": seat["ticketTypeId"]} for seat in seats]
        body = {"sessionId": showtime_id, "tickets": tickets}
        return await self.call("POST", f"/api/v1/orders/{order_id}/seats", body)

    async def insist(self, order_id: str, showtime_id: str, seats: Sequence[Json]) -> httpx.Response:
        """Choose as a patient client does: an API that is too busy says when to ask again."""
        while True:
            answer = await self.choose(order_id, showtime_id, seats)
            if answer.status_code != BUSY:
                return answer
            await asyncio.sleep(float(answer.headers["retry-after"]))

    async def hold(self, showtime_id: str, seats: Sequence[Json]) -> str:
        """An order that holds these seats."""
        order_id = await self.place(showtime_id)
        _good(await self.choose(order_id, showtime_id, seats))
        return order_id

    async def open_payment(self, order_id: str, **more: object) -> httpx.Response:
        body = {"paymentMethod": "CARD", "firstName": "Noura", "lastName": "Saleh", **more}
        if self.email:
            body["email"] = self.email
        return await self.call("POST", f"/api/v1/orders/{order_id}/pay", body)

    async def insist_on_paying(self, order_id: str) -> httpx.Response:
        """Open a payment as a patient client does: an order that is busy says when to ask again."""
        while True:
            answer = await self.open_payment(order_id)
            if answer.is_success or answer.json()["code"] != "order-busy":
                return answer
            await asyncio.sleep(float(answer.headers["retry-after"]))

    async def pay(self, order_id: str, card: str = VISA, *, visit: bool = True) -> Json:
        """Open a payment, put the card in, and come back unless the tab is closed; the `nextAction`."""
        action: Json = _good(await self.open_payment(order_id))["nextAction"]
        address = await self.submit(action, card)
        if visit:
            answer = await self.http.get(address)
            assert answer.status_code == 303, answer.text
        return action

    async def submit(self, action: Json, card: str = VISA) -> str:
        """What the browser posts from the gateway's form; where it is sent then."""
        fields = {"card_number": card, "shopper_result_url": action["resultUrl"], **CARD}
        path = f"{self.sandbox.url}/hyperpay/shopper/{action['checkoutId']}"
        answer = await self.http.post(path, data=fields)
        assert answer.status_code == 303, answer.text
        return str(answer.headers["location"])

    async def order(self, order_id: str) -> Json:
        return await self.get(f"/api/v1/orders/{order_id}")

    async def until(self, order_id: str, *statuses: str, seconds: float = PATIENCE_S) -> Json:
        """The order once it has one of these statuses."""
        end = time.monotonic() + seconds
        while (order := await self.order(order_id))["status"] not in statuses:
            assert time.monotonic() < end, f"still {order['status']}: {order['timeline']}"
            await asyncio.sleep(0.05)
        return order

    async def buy(self, showtime_id: str, seats: Sequence[Json]) -> Json:
        """Two calls and a card later: the confirmed order."""
        order_id = await self.hold(showtime_id, seats)
        await self.pay(order_id)
        return await self.until(order_id, "CONFIRMED")


@dataclass(slots=True)
class Hall:
    """A showtime nobody else of these tests uses, with the seats that are free."""

    showtime: Json
    plan: Json

    @property
    def id(self) -> str:
        return str(self.showtime["id"])

    @property
    def free(self) -> list[Json]:
        """Plain single seats, each with the adult ticket of its area."""
        tickets = {area["id"]: area["ticketTypes"][0]["id"] for area in self.plan["areas"]}
        return [
            {**seat, "ticketTypeId": tickets[seat["areaId"]]}
            for seat in self.plan["seats"]
            if seat["status"] == "AVAILABLE" and seat["type"] == "STANDARD" and "groupId" not in seat
        ]


class Box:
    """Hands out guests and halls of one town."""

    def __init__(self, town: Town) -> None:
        self.town = town
        self._clients: list[httpx.AsyncClient] = []
        self.guests: list[Guest] = []
        self._listing = asyncio.Lock()

    def client(self, url: str = "", connections: int = 20) -> httpx.AsyncClient:
        limits = httpx.Limits(max_connections=connections, max_keepalive_connections=connections)
        client = httpx.AsyncClient(
            base_url=url or self.town.api_url,
            trust_env=False,
            timeout=60,
            limits=limits,
            event_hooks={"response": [once_each]},
        )
        self._clients.append(client)
        return client

    def stranger(self, language: str = "en") -> Guest:
        """Somebody who has not signed in."""
        guest = Guest(self.client(), self.town.sandbox, language)
        self.guests.append(guest)
        return guest

    async def guest(self, language: str = "en", *, email: str = "") -> Guest:
        guest = await self.stranger(language).sign_in()
        guest.email = email
        return guest

    async def crowd(self, size: int) -> list[Guest]:
        """Many guests who share one pool of connections."""
        client = self.client(connections=size)
        guests = [Guest(client, self.town.sandbox) for _ in range(size)]
        self.guests += guests
        return await together((guest.sign_in() for guest in guests), at_once=20)

    async def hall(self) -> Hall:
        """A showtime in some days that no test of this town has had."""
        async with self._listing:  # who come together share a page
            while not self.town.showtimes:
                await self._list_more()
            showtime = self.town.showtimes.pop()
        return await self.again(showtime)

    async def _list_more(self) -> None:
        self.town.page += 1
        day = (datetime.now(UTC) + timedelta(days=4)).date()  # noqa: TID251  the sandbox's own calendar
        query = {"date": day.isoformat(), "limit": "100", "page": str(self.town.page)}
        listed = await self.stranger().get(f"/api/v1/showtimes?{urlencode(query)}")
        assert listed["data"], "every showtime of the day is used up"
        self.town.showtimes = [one for one in listed["data"] if one["seatsAvailable"] > MANY_SEATS]

    async def again(self, showtime: Json, url: str = "") -> Hall:
        """The same hall as it looks now, from one of the APIs."""
        guest = Guest(self.client(url), self.town.sandbox)
        return Hall(showtime, await guest.get(f"/api/v1/showtimes/{showtime['id']}/seats"))

    async def close(self) -> None:
        for client in self._clients:
            await client.aclose()


async def together(calls: Iterable[Coroutine[Any, Any, T]], at_once: int = 1000) -> list[T]:
    """All at the same time, or so many of them; their answers in order."""
    places = asyncio.Semaphore(at_once)

    async def one(call: Coroutine[Any, Any, T]) -> T:
        async with places:
            return await call

    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(one(call)) for call in calls]
    return [task.result() for task in tasks]


def _good(answer: httpx.Response) -> Any:  # noqa: ANN401  an object or a list
    assert answer.is_success, f"{answer.request.method} {answer.url}: {answer.status_code} {answer.text}"
    return answer.json()
