"""The Vista box office over real connections: what a transport inside the process cannot show."""

import asyncio
import socket
from collections.abc import AsyncGenerator
from datetime import timedelta

import pytest
from litestar import Litestar
from tests.contract.seating.stages import VistaStage

from muvi.adapters.kit.clock import SystemClock
from muvi.adapters.kit.http_client import VendorHttp
from muvi.adapters.vista.box_office import VistaBoxOffice
from muvi.adapters.vista.client import VistaClient
from muvi.domain.seating.seat_plan import SeatStatus
from muvi.domain.shared.actor import Platform
from muvi.ports.errors import OutcomeUnknown, Unavailable
from muvi.ports.seating.box_office import BoxOfficeOrder, Buyer, PaidBy, ShowtimeRef, TicketChoice
from muvi_sandbox.config import SandboxConfig
from muvi_sandbox.faults import Fault, Faults, Rule
from muvi_sandbox.server import serving

WEB = Platform.WEBSITE


class Line:
    """A Vista at the other end of a wire."""

    def __init__(self, app: Litestar, port: int) -> None:
        self.config: SandboxConfig = app.state["config"]
        self.faults: Faults = app.state["faults"]
        self.showtime: ShowtimeRef = VistaStage(app).showtime
        self.http = VendorHttp("box-office", f"http://127.0.0.1:{port}/vista/WSVistaWebClient", total_s=2)
        tokens = {platform: f"sandbox-vista-{platform}" for platform in Platform}
        self.office = VistaBoxOffice(VistaClient(self.http, tokens, SystemClock()))

    def fail(self, call: str, fault: Fault) -> None:
        """Strike the next call."""
        self.faults.add(Rule(system="vista", call=call, fault=fault))

    async def choices(self, count: int) -> tuple[TicketChoice, ...]:
        """Tickets on free single seats."""
        plan = await self.office.seat_plan(self.showtime, WEB)
        types = await self.office.ticket_types(self.showtime, WEB)
        free = [s for s in plan.seats if s.status is SeatStatus.AVAILABLE and not s.group]
        category = next(area.category for area in plan.areas if area.id == free[0].area_id)
        adult = next(known for known in types if known.category == category and known.seats == 1)
        seats = [seat for seat in free if seat.area_id == free[0].area_id][:count]
        return tuple(TicketChoice(ticket_type_id=adult.id, seats=(seat.key,)) for seat in seats)

    async def order(self) -> BoxOfficeOrder:
        """An order of two seats."""
        opened = await self.office.open_order(self.showtime.cinema, WEB)
        return await self.office.set_tickets(opened.ref, self.showtime, await self.choices(2))


@pytest.fixture
async def line(sandbox: Litestar) -> AsyncGenerator[Line]:
    bound = socket.create_server(("127.0.0.1", 0))
    quitting = asyncio.Event()
    async with serving(sandbox, sandbox.state["config"].clock, bound, quit_calls=quitting.set):
        line = Line(sandbox, bound.getsockname()[1])
        yield line
        await line.http.aclose()


def paid(order: BoxOfficeOrder) -> tuple[PaidBy, ...]:
    return (PaidBy(amount_minor=order.total_minor, reference="r1"),)


async def test_a_whole_purchase(line: Line) -> None:
    order = await line.order()
    await line.office.begin_payment(order.ref)
    booking = await line.office.complete(order.ref, paid(order), Buyer(name="Guest One"))
    found = await line.office.find_booking(order.ref)
    assert found
    assert found.id == booking.id


async def test_the_token_passes_under_its_exact_name_and_title_cased_it_does_not(line: Line) -> None:
    path = f"RESTData.svc/cinemas/{line.showtime.cinema}/sessions/{line.showtime.showtime}/seat-plan"
    statuses = [
        (await line.http.get(path, headers=[(name, "sandbox-vista-website")])).status
        for name in ("connectApiToken", "Connectapitoken")
    ]
    assert statuses == [200, 403]


async def test_a_payment_without_an_answer_is_found_by_asking(line: Line) -> None:
    order = await line.order()
    line.fail("order/payment", Fault.CUT_AFTER)
    with pytest.raises(OutcomeUnknown):
        await line.office.complete(order.ref, paid(order), Buyer())
    assert await line.office.find_booking(order.ref)
    assert await line.office.read_order(order.ref) is None


@pytest.mark.parametrize("fault", [Fault.CUT, Fault.HANG])
async def test_seats_without_an_answer_are_found_by_asking(line: Line, fault: Fault) -> None:
    order = await line.order()
    line.fail("set-tickets", fault)
    with pytest.raises(OutcomeUnknown):
        await line.office.set_tickets(order.ref, line.showtime, await line.choices(1))
    known = await line.office.read_order(order.ref)
    assert known
    assert known.seats == order.seats


async def test_a_plan_without_an_answer_may_be_asked_again(line: Line) -> None:
    line.fail("seat-plan", Fault.CUT)
    with pytest.raises(Unavailable):
        await line.office.seat_plan(line.showtime, WEB)
    assert await line.office.seat_plan(line.showtime, WEB)


async def test_expiry_is_told_in_our_clock_though_vistas_runs_ahead(line: Line) -> None:
    """The sandbox stamps its answers with its own clock. Uncorrected, ten minutes look like forty."""
    line.config.clock.advance(1800)
    before = SystemClock().now()
    order = await line.order()
    assert timedelta(seconds=590) < order.expires_at - before < timedelta(seconds=630)
    uncorrected = order.expires_at + line.office._client.skew
    assert uncorrected - before > timedelta(seconds=2300)
