"""Where the contract of the box office is played: one stage per adapter, with the levers a test needs."""

from __future__ import annotations

import json
from abc import abstractmethod
from datetime import datetime, timedelta
from typing import Literal, Protocol

import httpx
from litestar import Litestar
from tests.builders_seating import a_plan, ticket_types
from typing_extensions import override

from muvi.adapters.kit.http_client import VendorHttp
from muvi.adapters.memory.box_office import MemoryBoxOffice
from muvi.adapters.memory.clock import FakeClock
from muvi.adapters.vista.box_office import VistaBoxOffice
from muvi.adapters.vista.client import VistaClient
from muvi.domain.seating.seat_plan import SeatKey
from muvi.domain.shared.actor import Platform
from muvi.ports.clock import Clock
from muvi.ports.seating.box_office import BoxOffice, Buyer, OrderRef, ShowtimeRef
from muvi_sandbox.config import SandboxConfig
from muvi_sandbox.faults import Fault, Faults, Rule
from muvi_sandbox.vista import VistaSandbox
from muvi_sandbox.vista.knobs import VistaKnobs

When = Literal["before", "after"]


class Stage(Protocol):
    """A box office with one showtime that has standard seats and sofas for two."""

    office: BoxOffice
    showtime: ShowtimeRef

    @abstractmethod
    async def advance(self, seconds: float) -> None:
        """Let time pass for both sides."""

    @abstractmethod
    async def fail_next(self, call: str, when: When) -> None:
        """Break the next call of that port method, before or after its effect."""

    @abstractmethod
    async def sell_at_counter(self, seat: SeatKey) -> None:
        """Let somebody buy a free seat at the cinema."""

    @abstractmethod
    async def hide_bookings(self, seconds: float) -> None:
        """Let new bookings be visible only later."""

    @abstractmethod
    async def forbid_extension(self) -> None:
        """Switch off that orders can be extended."""

    @abstractmethod
    async def withdraw(self, platform: Platform) -> None:
        """Take every showtime off one platform's sale."""

    @abstractmethod
    async def booked_for(self, ref: OrderRef) -> Buyer:
        """Who the booking made of an order is for, as the cinema's staff see it."""


class MemoryStage(Stage):
    """The box office in memory."""

    def __init__(self) -> None:
        self.clock = FakeClock()
        self.memory = MemoryBoxOffice(self.clock)
        self.office = self.memory
        self.showtime = ShowtimeRef("0001", "51592")
        self.memory.add_showtime(self.showtime, a_plan(), ticket_types())

    @override
    async def advance(self, seconds: float) -> None:
        self.clock.advance(seconds=seconds)

    @override
    async def fail_next(self, call: str, when: When) -> None:
        self.memory.fail_next(call, when)

    @override
    async def sell_at_counter(self, seat: SeatKey) -> None:
        self.memory.sell_at_counter(self.showtime, seat)

    @override
    async def hide_bookings(self, seconds: float) -> None:
        self.memory.bookings_hidden_for_s = seconds

    @override
    async def forbid_extension(self) -> None:
        self.memory.extension_allowed = False

    @override
    async def withdraw(self, platform: Platform) -> None:
        left = frozenset(Platform) - {platform}
        self.memory.add_showtime(self.showtime, a_plan(), ticket_types(), left)

    @override
    async def booked_for(self, ref: OrderRef) -> Buyer:
        return self.memory.bookings[ref.id].buyer


_CALLS = {
    "seat_plan": "seat-plan",
    "ticket_types": "tickets",
    "open_order": "orders",
    "read_order": "orders/get",
    "set_tickets": "set-tickets",
    "extend": "order/continue",
    "begin_payment": "order/startexternalpayment",
    "complete": "order/payment",
    "find_booking": "order/query-booking-status",
    "cancel": "order/cancel",
}


class SandboxClock(Clock):
    """The clock of the sandbox as ours: what it skips, we skip."""

    def __init__(self, config: SandboxConfig) -> None:
        self._config = config

    @override
    def now(self) -> datetime:
        return self._config.clock.now()


class VistaStage(Stage):
    """Vista's box office against the sandbox, over HTTP messages in this process."""

    def __init__(self, app: Litestar) -> None:
        self._config: SandboxConfig = app.state["config"]
        self._faults: Faults = app.state["faults"]
        self._vista: VistaSandbox = app.state["vista"]
        self.http = VendorHttp(
            "box-office", "http://sandbox/vista/WSVistaWebClient", transport=httpx.ASGITransport(app=app)
        )
        tokens = {platform: f"sandbox-vista-{platform}" for platform in Platform}
        self.office = VistaBoxOffice(VistaClient(self.http, tokens, SandboxClock(self._config)))
        self.showtime = self._a_showtime_with_sofas()

    def _a_showtime_with_sofas(self) -> ShowtimeRef:
        soon = self._vista.world.now() + timedelta(days=2)
        for session in self._vista.world.chain.sessions.values():
            free = self._vista.world.halls.of(session)
            groups = [seat.group for seat in session.layout.seats if len(seat.group) == 2]
            whole = [
                group
                for group in groups
                if all(free.is_free(session.layout.seats[i], holder="") for i in group)
            ]
            if session.starts.replace(tzinfo=soon.tzinfo) > soon and whole:
                return ShowtimeRef(session.cinema.id, str(session.number))
        raise AssertionError("the sandbox shows nothing in a hall with sofas")

    @override
    async def advance(self, seconds: float) -> None:
        self._config.clock.advance(seconds)

    @override
    async def fail_next(self, call: str, when: When) -> None:
        fault = Fault.BEFORE if when == "before" else Fault.GARBAGE_AFTER
        self._faults.add(Rule(system="vista", call=_CALLS[call], fault=fault))

    @override
    async def sell_at_counter(self, seat: SeatKey) -> None:
        show = {"cinemaId": self.showtime.cinema, "sessionId": self.showtime.showtime}
        self._vista.act("counter-sale", {**show, "seats": [str(seat)]})

    @override
    async def hide_bookings(self, seconds: float) -> None:
        self._vista.knobs.booking_visible_after_s = seconds

    @override
    async def forbid_extension(self) -> None:
        self._vista.knobs.continue_allowed = False

    @override
    async def withdraw(self, platform: Platform) -> None:
        self._vista.knobs.unticked_channels = ["KIOSK" if platform is Platform.KIOSK else "WWW"]

    @property
    def knobs(self) -> VistaKnobs:
        """How this Vista is set up."""
        return self._vista.knobs

    @override
    async def booked_for(self, ref: OrderRef) -> Buyer:
        answer = await self.http.post_json(
            "RESTBooking.svc/booking",
            {"CinemaId": ref.cinema, "UserSessionId": ref.id},
            headers=[("connectApiToken", f"sandbox-vista-{ref.platform}")],
        )
        booking = json.loads(answer.body)["Booking"]
        name = f"{booking['FirstName']} {booking['LastName']}".strip()
        return Buyer(name=name, email=booking["Email"], phone=booking["Phone"])
