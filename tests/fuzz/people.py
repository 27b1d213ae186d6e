"""Who fuzzes, and the real things each can name: without those, every call would end at 404.

stock = Stock.of(town)                  films, cinemas, showtimes, a paid order ...
guest = stock.people["guest"]
stock.prepare(guest, "payOrder")        fresh orders where an operation uses them up
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from tests.e2e.guest import Box, Guest, Hall, Json
from tests.e2e.town import Town

from muvi.domain.shared.ids import to_wire

ANONYMOUS, GUEST, CUSTOMER, SCHEDULER = "anonymous", "guest", "customer", "scheduler"
NEEDS_ORDERS = frozenset(
    {"chooseSeats", "payOrder", "payGuestOrder", "cancelOrder", "checkCancel", "readOrder", "readGuestOrder"}
)
FRESH_ORDERS = 3


@dataclass(slots=True)
class Held:
    """An order with seats, and what else its showtime sells."""

    id: str
    hall: Hall


@dataclass(slots=True)
class Person:
    """Somebody in front of the API."""

    name: str
    token: str = ""
    refresh_token: str = ""
    open_orders: list[Held] = field(default_factory=list)
    paid_order: str = ""
    foreign_order: str = ""

    @property
    def headers(self) -> dict[str, str]:
        return {"authorization": f"Bearer {self.token}"} if self.token else {}


@dataclass(slots=True)
class Stock:
    """Real ids of one town. `names` is by path or query parameter; a path before it tells namesakes apart."""

    town: Town
    people: dict[str, Person]
    names: dict[str, list[str]]
    form_payment: str = ""
    """A payment that waits at the second gateway's own page."""

    @classmethod
    def of(cls, town: Town) -> Stock:
        """Everybody signed in, one purchase each."""
        return asyncio.run(_stock(town))

    def prepare(self, person: Person, operation: str) -> None:
        """Give a buyer fresh orders before an operation that needs some."""
        if operation in NEEDS_ORDERS and person.paid_order:
            person.open_orders = asyncio.run(_orders(self.town, person))

    def texted(self, phone: str, path: str) -> str:
        """Have a code texted to a number by one of the two routes for it; the code."""
        return asyncio.run(_texted(self.town, phone, path))


@asynccontextmanager
async def _box(town: Town) -> AsyncGenerator[Box]:
    box = Box(town)
    try:
        yield box
    finally:
        await box.close()


async def _stock(town: Town) -> Stock:
    async with _box(town) as box:
        guest, customer, other = await box.guest(), await _customer(box), await box.guest()
        paid = [await _purchase(box, one) for one in (guest, customer)]
        foreign = await _purchase(box, other)
        people = {
            ANONYMOUS: Person(ANONYMOUS, foreign_order=foreign["id"]),
            GUEST: Person(GUEST, guest.token, paid_order=paid[0]["id"], foreign_order=foreign["id"]),
            CUSTOMER: Person(CUSTOMER, customer.token, paid_order=paid[1]["id"], foreign_order=foreign["id"]),
            SCHEDULER: Person(SCHEDULER, town.secret("SCHEDULER_TOKEN")),
        }
        for person in people.values():
            person.refresh_token = await _spare(box)
        form_payment = await _form_payment(box, other)
        names = await _names(town, other, paid[0])
        return Stock(town, people, names, form_payment)


async def _customer(box: Box) -> Guest:
    customer = box.stranger()
    await customer.post("/api/v1/auth/send-otp", {"phoneNumber": customer.phone})
    (text, *_) = await box.town.sandbox.inbox("sms", customer.phone)
    body = {"phoneNumber": customer.phone, "code": text["code"]}
    customer.token = (await customer.post("/api/v1/auth/verify-otp", body))["token"]
    return customer


async def _spare(box: Box) -> str:
    """The refresh token of a session nobody else uses: a wrong turn with one ends its session."""
    someone = await box.guest()
    return str(someone.told[-1][1]["refreshToken"])


async def _texted(town: Town, phone: str, path: str) -> str:
    async with _box(town) as box:
        await box.stranger().post(path, {"phoneNumber": phone})
        (text, *_) = await town.sandbox.inbox("sms", phone)
        return str(text["code"])


async def _purchase(box: Box, buyer: Guest) -> Json:
    hall = await box.hall()
    return await buyer.buy(hall.id, hall.free[:2])


async def _form_payment(box: Box, buyer: Guest) -> str:
    hall = await box.hall()
    answer = await buyer.open_payment(await buyer.hold(hall.id, hall.free[:2]), gateway="payfort")
    return str(answer.json()["paymentId"])


async def _orders(town: Town, person: Person) -> list[Held]:
    async with _box(town) as box:
        buyer = box.stranger()
        buyer.token = person.token
        halls = [await box.hall() for _ in range(FRESH_ORDERS)]
        return [Held(await buyer.hold(hall.id, hall.free[:2]), hall) for hall in halls]


async def _names(town: Town, reader: Guest, paid: Json) -> dict[str, list[str]]:
    films, cinemas, experiences, cities, showtimes = [
        await _listed(reader, name) for name in ("films", "cinemas", "experiences", "cities", "showtimes")
    ]
    image = urlsplit(paid["ticketImageUrl"]).path.rsplit("/", 2)
    attempts = await town.rows("SELECT id FROM payment_attempts")
    found = {
        "cityId": _ids(cities),
        "cinemaId": _ids(cinemas),
        "cinemaIds": _ids(cinemas),
        "experienceIds": _ids(experiences),
        "filmId": _ids(films),
        "date": [one["startsAt"][:10] for one in showtimes],
        "lat": ["24.7", "21.5"],
        "long": ["46.7", "39.2"],
        "film_id": _ids(films),
        "cinema_id": _ids(cinemas),
        "experience_id": _ids(experiences),
        "showtime_id": _ids(showtimes),
        "attempt_id": [to_wire(row["id"]) for row in attempts],
        "code": ["order-not-found", "order-expired"],
        "/tickets/{order_id}/{name} order_id": [image[-2]],
        "/tickets/{order_id}/{name} name": [image[-1]],
    }
    for name, rows in (("films", films), ("cinemas", cinemas), ("experiences", experiences)):
        found[f"/api/v1/{name}/unique-name/{{unique_name}} unique_name"] = [one["uniqueName"] for one in rows]
    return found


async def _listed(reader: Guest, name: str) -> list[Json]:
    answer = await reader.get(f"/api/v1/{name}")
    return list(answer["data"] if isinstance(answer, dict) else answer)


def _ids(rows: list[Json]) -> list[str]:
    return [str(one["id"]) for one in rows]
