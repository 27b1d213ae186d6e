"""Two APIs and two workers on one database and one Redis, some of them stopped in the middle of the trade."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import AsyncGenerator, Iterator, Sequence

import httpx
import pytest
from tests.e2e.checker import at_rest, found_in
from tests.e2e.grounds import Grounds
from tests.e2e.guest import Box, Guest, Hall, Json, together
from tests.e2e.town import SECOND_API, SECOND_WORKER, WORKER, Town, eventually

PURCHASES = 40
AT_ONCE = 8
GONE = (httpx.NetworkError, httpx.RemoteProtocolError)
"""Nobody listens, or a kept connection was closed as the next request came: the client asks the other one."""


@pytest.fixture(scope="module")
def busy_town(ground: Grounds) -> Iterator[Town]:
    with ground.town(second_api=True, second_worker=True, DRAIN_SECONDS="1") as town:
        town.start()
        yield town


@pytest.fixture
async def town(busy_town: Town) -> AsyncGenerator[Town]:
    yield busy_town
    print(busy_town.said())  # noqa: T201  pytest shows it when the test failed


class Trade:
    """Purchases spread over the APIs; a buyer whose API has gone goes on at the other."""

    def __init__(self, box: Box, town: Town, hall: Hall) -> None:
        self._hall, self._town = hall, town
        self._clients = {url: box.client(url, connections=AT_ONCE) for url in (town.api_url, town.second_url)}
        self.begun = 0
        self.bought: list[Json] = []

    async def buy(self, number: int, guest: Guest) -> None:
        self.begun += 1
        seats = self._hall.free[2 * number : 2 * number + 2]
        order_id = str((await self._at_any(guest, "/api/v1/orders", {"sessionId": self._hall.id}))["id"])
        tickets = [{"seatId": seat["id"], "ticketTypeId": seat["ticketTypeId"]} for seat in seats]
        body = {"sessionId": self._hall.id, "tickets": tickets}
        await self._at_any(guest, f"/api/v1/orders/{order_id}/seats", body)
        card = {"paymentMethod": "CARD", "firstName": "Noura", "lastName": "Saleh"}
        action = (await self._at_any(guest, f"/api/v1/orders/{order_id}/pay", card))["nextAction"]
        await guest.submit(action)  # the return visit is left out: the webhook has to do
        self.bought.append(await self._confirmed(guest, order_id))

    async def _at_any(self, guest: Guest, path: str, body: object) -> Json:
        """The same key at one API and then at the other, as a client with a proxy before it would."""
        key = os.urandom(16).hex()
        for guest.http in (*self._alternately(), *self._alternately()):
            try:
                answer = await guest.call("POST", path, body, **{"idempotency-key": key})
            except GONE:
                continue
            assert answer.is_success, f"{path}: {answer.status_code} {answer.text}"
            return dict(answer.json())
        raise AssertionError(f"nobody answers {path}")

    async def _confirmed(self, guest: Guest, order_id: str) -> Json:
        async def confirmed() -> Json | None:
            for guest.http in self._alternately():
                try:
                    order: Json = await guest.get(f"/api/v1/orders/{order_id}")
                except GONE:
                    continue
                return order if order["status"] == "CONFIRMED" else None
            return None

        found = await eventually(confirmed, self._town, seconds=60)
        assert found is not None
        return found

    def _alternately(self) -> Sequence[httpx.AsyncClient]:
        first, second = self._clients.values()
        return (first, second) if len(self.bought) % 2 else (second, first)


async def test_nothing_is_lost_when_some_of_them_stop(box: Box, town: Town) -> None:
    """An API and a worker by SIGTERM, the other worker by SIGKILL, each once a quarter more has begun."""
    hall, guests = await large(box), await box.crowd(PURCHASES)
    trade = Trade(box, town, hall)

    async def strike() -> None:
        await begun(trade, town, PURCHASES // 4)
        signalled(town, WORKER, signal.SIGTERM)
        await begun(trade, town, PURCHASES // 2)
        signalled(town, SECOND_API, signal.SIGTERM)
        assert await town.wait_for_death(WORKER)
        town.run(WORKER)
        await begun(trade, town, 3 * PURCHASES // 4)
        town.kill(SECOND_WORKER)

    striking = asyncio.create_task(strike())
    await together((trade.buy(number, guest) for number, guest in enumerate(guests)), at_once=AT_ONCE)
    await striking
    assert await town.wait_for_death(SECOND_API)
    assert len(trade.bought) == PURCHASES
    seats = [seat["id"] for order in trade.bought for seat in order["seats"]]
    assert len(seats) == len(set(seats)) == 2 * PURCHASES
    await at_rest(town, box.guests)


async def test_twin_the_checker_sees_a_seat_that_was_sold_twice(box: Box, town: Town) -> None:
    """A checker that finds nothing must be able to: one row is taken away from what it reads."""
    hall, guest = await box.hall(), await box.guest()
    await guest.buy(hall.id, hall.free[:1])
    seen = await at_rest(town, box.guests)
    seen.tables["tickets"].pop()
    assert list(found_in(seen))


async def large(box: Box) -> Hall:
    """A hall with seats for every purchase; halls differ."""
    while len((hall := await box.hall()).free) < 2 * PURCHASES:
        pass
    return hall


async def begun(trade: Trade, town: Town, number: int) -> None:
    async def so_many() -> bool:
        return trade.begun >= number

    await eventually(so_many, town, seconds=120)


def signalled(town: Town, part: str, number: signal.Signals) -> None:
    child = town.parts[part].child
    assert child is not None
    os.kill(child.pid, number)
