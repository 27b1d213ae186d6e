"""A cinema whose box office hardly answers: it uses up its own places and nobody else's."""

import asyncio
import socket
from collections.abc import AsyncGenerator, Callable
from datetime import timedelta

import pytest
from litestar import Litestar

from muvi.adapters.kit.bulkhead import Bulkhead
from muvi.adapters.kit.clock import SystemClock
from muvi.adapters.kit.http_client import VendorHttp
from muvi.adapters.vista.box_office import VistaBoxOffice
from muvi.adapters.vista.client import SYSTEM, VistaClient
from muvi.domain.shared.actor import Platform
from muvi.ports.errors import Unavailable
from muvi.ports.seating.box_office import Buyer, OrderRef, PaidBy, ShowtimeRef
from muvi_sandbox.faults import Faults
from muvi_sandbox.server import serving
from muvi_sandbox.vista import VistaSandbox

WEB = Platform.WEBSITE
CONNECTIONS = 2
"""All that is kept open to the box office of the whole chain."""
MOMENT_S, LONG_S = 0.5, 60.0


class Chain:
    """Two cinemas of one Vista; the first is slow."""

    def __init__(self, vista: VistaSandbox, port: int) -> None:
        self.vista = vista
        soon = vista.world.now() + timedelta(days=2)
        shows = {
            session.cinema.id: ShowtimeRef(session.cinema.id, str(session.number))
            for session in vista.world.chain.sessions.values()
            if session.starts.replace(tzinfo=soon.tzinfo) > soon
        }
        self.slow, self.quick = list(shows.values())[:2]
        address = f"http://127.0.0.1:{port}/vista/WSVistaWebClient"
        self.http = VendorHttp(SYSTEM, address, max_connections=CONNECTIONS, total_s=LONG_S)

    def office(self, places: int) -> VistaBoxOffice:
        """A box office with so many places for each cinema, none of which is waited for."""
        tokens = {platform: f"sandbox-vista-{platform}" for platform in Platform}
        bulkhead = Bulkhead(SYSTEM, limit=places, wait_s=0)
        return VistaBoxOffice(VistaClient(self.http, tokens, SystemClock(), bulkhead))

    def calls_at_the_slow_one(self, office: VistaBoxOffice, usid: str) -> list[Callable[[], object]]:
        """One call of every kind."""
        ref = OrderRef(id=usid, cinema=self.slow.cinema, platform=WEB)
        return [
            lambda: office.seat_plan(self.slow, WEB),
            lambda: office.ticket_types(self.slow, WEB),
            lambda: office.open_order(self.slow.cinema, WEB),
            lambda: office.read_order(ref),
            lambda: office.set_tickets(ref, self.slow, ()),
            lambda: office.extend(ref),
            lambda: office.begin_payment(ref),
            lambda: office.complete(ref, (PaidBy(amount_minor=1, reference="r"),), Buyer()),
            lambda: office.find_booking(ref),
            lambda: office.cancel(ref),
        ]


@pytest.fixture
async def chain(sandbox: Litestar) -> AsyncGenerator[Chain]:
    bound = socket.create_server(("127.0.0.1", 0))
    faults: Faults = sandbox.state["faults"]
    async with serving(sandbox, sandbox.state["config"].clock, bound, quit_calls=faults.close):
        chain = Chain(sandbox.state["vista"], bound.getsockname()[1])
        yield chain
        await chain.http.aclose()


async def hanging(chain: Chain, office: VistaBoxOffice, many: int) -> list[asyncio.Task[object]]:
    """Plan reads that the slow cinema has received and does not answer."""
    chain.vista.knobs.slow_cinemas = {chain.slow.cinema: LONG_S}
    tasks = [asyncio.create_task(office.seat_plan(chain.slow, WEB)) for _ in range(many)]
    while chain.vista.held_up(chain.slow.cinema) < many:  # noqa: ASYNC110  (it says how many, not when)
        await asyncio.sleep(0)
    return tasks


async def given_up(tasks: list[asyncio.Task[object]]) -> None:
    for task in tasks:
        task.cancel()
    await asyncio.wait(tasks)


async def test_another_cinema_is_served_while_one_hangs(chain: Chain) -> None:
    office = chain.office(places=1)
    tasks = await hanging(chain, office, 1)
    assert (await office.seat_plan(chain.quick, WEB)).seats
    await given_up(tasks)


async def test_without_the_cap_one_cinema_takes_every_connection(chain: Chain) -> None:
    """The twin: the same calls, room for all of them at one cinema."""
    office = chain.office(places=100)
    tasks = await hanging(chain, office, CONNECTIONS)
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(MOMENT_S):
            await office.seat_plan(chain.quick, WEB)
    await given_up(tasks)


async def test_every_call_to_a_cinema_whose_places_are_taken_is_unavailable_and_not_sent(
    chain: Chain,
) -> None:
    office = chain.office(places=1)
    opened = await office.open_order(chain.slow.cinema, WEB)
    tasks = await hanging(chain, office, 1)
    for call in chain.calls_at_the_slow_one(office, opened.ref.id):
        with pytest.raises(Unavailable) as refused:
            await call()
        assert refused.value.retry_after_s
    assert chain.vista.held_up(chain.slow.cinema) == 1
    await given_up(tasks)
    chain.vista.knobs.slow_cinemas = {}
    assert await office.read_order(opened.ref) == opened
