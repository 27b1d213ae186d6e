"""What people look at before they buy: lists and seat maps, beside the same server answering a constant."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections import Counter
from collections.abc import AsyncGenerator, Mapping
from dataclasses import dataclass

import msgspec

from bench.buyers import API, CREATED, OK, SeatMap, Shop, sign_in
from bench.load import Figures, Load, measure
from bench.place import NotMeasured, Place
from bench.wire import Caller

HALL_SEATS = 300
HALLS_SEARCHED = 100
CHANGES_A_SECOND = 10
HEARTBEAT = "/heartbeat"
FILMS = f"{API}/films"
SHOWTIMES = f"{API}/showtimes"


@dataclass(frozen=True, slots=True)
class Hall:
    """A showtime, and how many seats its hall has."""

    showtime: str
    seats: int

    @property
    def target(self) -> str:
        return f"{API}/showtimes/{self.showtime}/seats"


@dataclass(frozen=True, slots=True, kw_only=True)
class Browsed:
    """Figures of one visit; `changes` is how claims were changed while the last seat map was loaded, by the
    status of the answer.
    """

    heartbeat: Figures
    films: Figures
    showtimes: Figures
    hall: Hall
    seat_map: Figures
    changing: Figures
    changes: Mapping[int, int]
    changes_s: float


async def a_hall(place: Place) -> Hall:
    """The hall nearest to 300 seats among the first showtimes on sale. Raises `NotMeasured`."""
    caller = Caller(place.url)
    shows = (await caller.ask("GET", f"{API}/showtimes?limit={HALLS_SEARCHED}&page=2")).json()["data"]
    best: Hall | None = None
    for row in shows:
        answer = await caller.ask("GET", f"{API}/showtimes/{row['id']}/seats")
        if answer.status != OK:
            continue
        hall = Hall(row["id"], len(msgspec.json.decode(answer.body, type=SeatMap).seats))
        if best is None or abs(hall.seats - HALL_SEATS) < abs(best.seats - HALL_SEATS):
            best = hall
    caller.close()
    if best is None:
        raise NotMeasured("no seat map could be read")
    return best


async def browse(place: Place, *, seconds: float, connections: int) -> Browsed:
    """Load one address after the other."""
    pid = place.parts().get("API")

    async def load(target: str) -> Figures:
        return await measure(Load.of(place.url, target, seconds=seconds, connections=connections, pid=pid))

    hall = await a_hall(place)
    heartbeat, films, showtimes = await load(HEARTBEAT), await load(FILMS), await load(SHOWTIMES)
    seat_map = await load(hall.target)
    async with _changing(place, hall) as answers:
        began = time.perf_counter()
        changing = await load(hall.target)
        changes, changes_s = dict(answers), time.perf_counter() - began
    return Browsed(
        heartbeat=heartbeat,
        films=films,
        showtimes=showtimes,
        hall=hall,
        seat_map=seat_map,
        changing=changing,
        changes=changes,
        changes_s=changes_s,
    )


@contextlib.asynccontextmanager
async def _changing(place: Place, hall: Hall) -> AsyncGenerator[Counter[int]]:
    """Meanwhile ten guests change their seats once a second each; yields what they are answered."""
    shop = Shop(url=place.url, sandbox=place.sandbox)
    guests = [_Wavering(place, hall, await sign_in(shop, number)) for number in range(CHANGES_A_SECOND)]
    for guest in guests:
        await guest.begin()
    answers: Counter[int] = Counter()
    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(guest.waver(answers, first_s=n / 10)) for n, guest in enumerate(guests)]
        try:
            yield answers
        finally:
            for task in tasks:
                task.cancel()
    for guest in guests:
        await guest.leave()


class _Wavering:
    """A guest who cannot decide."""

    def __init__(self, place: Place, hall: Hall, headers: dict[str, str]) -> None:
        self._hall = hall
        self._headers = headers
        self._caller = Caller(place.url)
        self._order = ""
        self._plan = SeatMap([], [])

    async def begin(self) -> None:
        """Place an order. Raises `NotMeasured`."""
        body = {"sessionId": self._hall.showtime}
        placed = await self._caller.json("POST", f"{API}/orders", body, self._headers)
        seats = await self._caller.ask("GET", self._hall.target)
        if placed.status != CREATED or seats.status != OK:
            raise NotMeasured(f"no order to change seats of: {placed.status} {placed.body[:200]!r}")
        self._order = placed.json()["id"]
        self._plan = msgspec.json.decode(seats.body, type=SeatMap)

    async def waver(self, answers: Counter[int], *, first_s: float) -> None:
        """Choose other seats every second until cancelled."""
        at = time.perf_counter() + first_s
        while True:
            await asyncio.sleep(max(0.0, at - time.perf_counter()))
            body = {"sessionId": self._hall.showtime, "tickets": self._plan.two()}
            answer = await self._caller.json("POST", f"{API}/orders/{self._order}/seats", body, self._headers)
            answers[answer.status] += 1
            at += 1.0

    async def leave(self) -> None:
        """Give the seats back."""
        self._caller.close()
        await self._caller.json("POST", f"{API}/orders/{self._order}/cancel", {}, self._headers)
        self._caller.close()
