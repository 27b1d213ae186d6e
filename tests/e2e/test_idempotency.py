"""A client on a bad network repeats what it does not know the end of, here on both APIs at once."""

import asyncio

import httpx
from tests.e2e.guest import Box, Guest
from tests.e2e.town import Town

TIMES = 50
AGAIN = {"idempotency-key-running", "busy"}
"""Not yet an answer."""


async def repeat(
    box: Box, town: Town, guest: Guest, showtime_id: str, key: str | None
) -> list[httpx.Response]:
    """The same order, many times at once, each until it is answered."""
    clients = [box.client(), box.client(town.second_url)]
    headers = {"authorization": f"Bearer {guest.token}", **({"idempotency-key": key} if key else {})}

    async def once(number: int) -> httpx.Response:
        while True:
            answer = await clients[number % 2].post(
                "/api/v1/orders", json={"sessionId": showtime_id}, headers=headers
            )
            if not answer.is_error or answer.json()["code"] not in AGAIN:
                return answer
            await asyncio.sleep(0.05)

    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(once(number)) for number in range(TIMES if key else 5)]
    return [task.result() for task in tasks]


async def orders_of(town: Town, guest: Guest) -> int:
    counted = "SELECT count(*) FROM orders JOIN users ON users.id = orders.owner_id WHERE users.phone = $1"
    (row,) = await town.rows(counted, guest.phone)
    return int(row["count"])


async def test_fifty_equal_calls_make_one_order(box: Box, town: Town) -> None:
    guest, hall = await box.guest(), await box.hall()
    answers = await repeat(box, town, guest, hall.id, "one-purchase")
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.content for answer in answers}) == 1
    assert sum("idempotency-replayed" in answer.headers for answer in answers) == TIMES - 1
    assert await orders_of(town, guest) == 1
    other = await guest.call(
        "POST", "/api/v1/orders", {"sessionId": "another"}, **{"idempotency-key": "one-purchase"}
    )
    assert (other.status_code, other.json()["code"]) == (422, "idempotency-key-reused")


async def test_without_a_key_each_call_makes_its_own(box: Box, town: Town) -> None:
    """The twin: what the key prevents."""
    guest, hall = await box.guest(), await box.hall()
    answers = await repeat(box, town, guest, hall.id, None)
    assert len({answer.content for answer in answers}) == len(answers) == await orders_of(town, guest)
