"""A box office in memory, with the manners of a real one: orders that expire, whole replacements, silent
losses of seats.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Literal, TypeVar
from uuid import UUID

from typing_extensions import override

from muvi.adapters.memory.box_office_state import (
    SYSTEM,
    OrderState,
    ShowtimeState,
    SoldBooking,
    check_groups,
    priced,
    view_of,
)
from muvi.domain.seating.seat_plan import SeatKey, SeatPlan, SeatStatus, TicketType
from muvi.domain.shared.actor import Platform
from muvi.ports.clock import Clock
from muvi.ports.errors import OutcomeUnknown, PortError, Refused, Unavailable
from muvi.ports.seating.box_office import (
    Booking,
    BoxOffice,
    BoxOfficeOrder,
    Buyer,
    OrderRef,
    PaidBy,
    ShowtimeNotSold,
    ShowtimeRef,
    TicketChoice,
)

COUNTER = "counter"
When = Literal["before", "after"]
T = TypeVar("T")


class MemoryBoxOffice(BoxOffice):
    """All cinemas at once. Times follow the given clock.

    `fail_next` scripts a failure; `calls` lists every call by name; the knobs are plain attributes.
    """

    def __init__(self, clock: Clock, *, lifetime_s: float = 600.0, fee_minor: int = 250) -> None:
        self.lifetime_s = lifetime_s
        self.payment_extension_s = 600.0
        self.extension_allowed = True
        self.fee_minor = fee_minor
        self.bookings_hidden_for_s = 0.0
        self.calls: list[str] = []
        self.bookings: dict[str, SoldBooking] = {}
        self._clock = clock
        self._showtimes: dict[ShowtimeRef, ShowtimeState] = {}
        self._orders: dict[str, OrderState] = {}
        self._failures: defaultdict[str, list[tuple[When, PortError]]] = defaultdict(list)
        self._count = 0

    def add_showtime(
        self,
        showtime: ShowtimeRef,
        plan: SeatPlan,
        types: tuple[TicketType, ...],
        platforms: frozenset[Platform] = frozenset(Platform),
    ) -> None:
        """Put a showtime on sale on some platforms."""
        self._showtimes[showtime] = ShowtimeState(plan, types, platforms)

    def sell_at_counter(self, showtime: ShowtimeRef, *seats: SeatKey) -> None:
        """Somebody buys free seats at the cinema. Raises `ValueError` for a seat that is held."""
        self._sweep()
        hall = self._showtimes[showtime]
        if any(seat in hall.holders for seat in seats):
            raise ValueError("the seat is held")
        hall.holders.update((seat, COUNTER) for seat in seats)

    def fail_next(
        self, call: str, when: When = "before", error: PortError | None = None, times: int = 1
    ) -> None:
        """Let the next calls of that name fail before or after their effect.

        Without an error: `Unavailable` before, `OutcomeUnknown` after.
        """
        given = error or (
            Unavailable("scripted", system=SYSTEM)
            if when == "before"
            else OutcomeUnknown("scripted", system=SYSTEM)
        )
        self._failures[call].extend([(when, given)] * times)

    @override
    async def seat_plan(self, showtime: ShowtimeRef, platform: Platform) -> SeatPlan:
        return self._call("seat_plan", lambda: self._plan(showtime, platform))

    @override
    async def ticket_types(self, showtime: ShowtimeRef, platform: Platform) -> tuple[TicketType, ...]:
        return self._call("ticket_types", lambda: self._on_sale(showtime, platform).types)

    @override
    async def open_order(self, cinema: str, platform: Platform) -> BoxOfficeOrder:
        def work() -> BoxOfficeOrder:
            self._count += 1
            ref = OrderRef(id=UUID(int=self._count).hex, cinema=cinema, platform=platform)
            order = OrderState(ref, self._clock.now() + timedelta(seconds=self.lifetime_s))
            self._orders[ref.id] = order
            return view_of(order, self.fee_minor)

        return self._call("open_order", work)

    @override
    async def read_order(self, ref: OrderRef) -> BoxOfficeOrder | None:
        return self._call("read_order", lambda: self._view_of(ref))

    @override
    async def set_tickets(
        self, ref: OrderRef, showtime: ShowtimeRef, tickets: tuple[TicketChoice, ...]
    ) -> BoxOfficeOrder:
        return self._call("set_tickets", lambda: self._set_tickets(ref, showtime, tickets))

    @override
    async def extend(self, ref: OrderRef) -> None:
        def work() -> None:
            order = self._alive(ref)
            if not self.extension_allowed:
                raise Refused("extending is switched off", reason="not-allowed", system=SYSTEM)
            self._lengthen(order, self.lifetime_s)

        return self._call("extend", work)

    @override
    async def begin_payment(self, ref: OrderRef) -> None:
        return self._call("begin_payment", lambda: self._lengthen(self._alive(ref), self.payment_extension_s))

    @override
    async def complete(self, ref: OrderRef, tenders: tuple[PaidBy, ...], buyer: Buyer) -> Booking:
        return self._call("complete", lambda: self._complete(ref, tenders, buyer))

    @override
    async def find_booking(self, ref: OrderRef) -> Booking | None:
        def work() -> Booking | None:
            sold = self.bookings.get(ref.id)
            visible_from = self._clock.now() - timedelta(seconds=self.bookings_hidden_for_s)
            return sold.booking if sold and sold.made_at <= visible_from else None

        return self._call("find_booking", work)

    @override
    async def cancel(self, ref: OrderRef) -> None:
        def work() -> None:
            order = self._orders.get(ref.id)
            if order is not None:
                self._end(order)

        return self._call("cancel", work)

    def _call(self, name: str, work: Callable[[], T]) -> T:
        self.calls.append(name)
        self._sweep()
        when, error = self._failures[name].pop(0) if self._failures[name] else ("none", None)
        if error is not None and when == "before":
            raise error
        answer = work()
        if error is not None:
            raise error
        return answer

    def _sweep(self) -> None:
        now = self._clock.now()
        for order in [known for known in self._orders.values() if known.expires_at <= now]:
            self._end(order)

    def _end(self, order: OrderState) -> None:
        self._free(order.ref.id)
        del self._orders[order.ref.id]

    def _free(self, holder: str, showtime: ShowtimeRef | None = None) -> None:
        for ref, hall in self._showtimes.items():
            if showtime in (None, ref):
                hall.holders = {seat: held for seat, held in hall.holders.items() if held != holder}

    def _on_sale(self, showtime: ShowtimeRef, platform: Platform) -> ShowtimeState:
        hall = self._showtimes.get(showtime)
        if hall is None or platform not in hall.platforms:
            raise ShowtimeNotSold("no such showtime on sale here", reason="showtime-not-found", system=SYSTEM)
        return hall

    def _plan(self, showtime: ShowtimeRef, platform: Platform) -> SeatPlan:
        hall = self._on_sale(showtime, platform)
        seats = (
            replace(seat, status=SeatStatus.TAKEN) if seat.key in hall.holders else seat
            for seat in hall.plan.seats
        )
        return replace(hall.plan, seats=tuple(seats))

    def _alive(self, ref: OrderRef) -> OrderState:
        order = self._orders.get(ref.id)
        if order is None:
            raise Refused("the order is gone", reason="order-not-found", system=SYSTEM)
        return order

    def _lengthen(self, order: OrderState, seconds: float) -> None:
        order.expires_at = max(order.expires_at, self._clock.now() + timedelta(seconds=seconds))

    def _set_tickets(
        self, ref: OrderRef, showtime: ShowtimeRef, tickets: tuple[TicketChoice, ...]
    ) -> BoxOfficeOrder:
        order = self._alive(ref)
        hall = self._on_sale(showtime, ref.platform)
        chosen = tuple(priced(hall, ref.id, choice) for choice in tickets)
        check_groups(hall.plan, [key for choice in tickets for key in choice.seats])
        self._free(ref.id, showtime)
        hall.holders.update((key, ref.id) for choice in tickets for key in choice.seats)
        order.tickets[showtime] = chosen
        return view_of(order, self.fee_minor)

    def _view_of(self, ref: OrderRef) -> BoxOfficeOrder | None:
        order = self._orders.get(ref.id)
        return None if order is None else view_of(order, self.fee_minor)

    def _complete(self, ref: OrderRef, tenders: tuple[PaidBy, ...], buyer: Buyer) -> Booking:
        order = self._orders.get(ref.id)
        if order is None or not any(order.tickets.values()):
            raise OutcomeUnknown("result 1: an unexpected error", system=SYSTEM)
        view = view_of(order, self.fee_minor)
        if sum(tender.amount_minor for tender in tenders) != view.total_minor:
            raise OutcomeUnknown("result 1: the payment does not cover the order", system=SYSTEM)
        self._count += 1
        booking = Booking(
            id=f"W{self._count:06d}", number=str(self._count), transaction=str(1000 + self._count)
        )
        self.bookings[ref.id] = SoldBooking(booking, view, tenders, buyer, self._clock.now())
        del self._orders[ref.id]
        return booking
