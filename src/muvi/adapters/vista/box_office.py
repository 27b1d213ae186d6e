"""The box office of the cinemas that Vista runs."""

from __future__ import annotations

from typing import TypeVar

from typing_extensions import override

from muvi.adapters.kit.http_client import quoted
from muvi.adapters.kit.vendor_calls import operations
from muvi.adapters.vista.client import SYSTEM, Coded, CodeRefused, VistaClient
from muvi.adapters.vista.orders_wire import (
    BookingAnswer,
    BookingStatusAnswer,
    OrderAnswer,
    PaymentAnswer,
    payment_body,
    seats_of_session,
    set_tickets_body,
    to_booking,
    to_order,
)
from muvi.adapters.vista.seat_plan_wire import (
    PlanAnswer,
    SeatStatuses,
    TicketTypesAnswer,
    to_plan,
    to_ticket_types,
)
from muvi.domain.seating.seat_plan import SeatPlan, TicketType
from muvi.domain.shared.actor import Platform
from muvi.ports.errors import OutcomeUnknown, Refused, Unavailable
from muvi.ports.seating.box_office import (
    Booking,
    BoxOffice,
    BoxOfficeOrder,
    Buyer,
    OrderRef,
    PaidBy,
    SeatsUnavailable,
    ShowtimeNotSold,
    ShowtimeRef,
    TicketChoice,
)

PAYMENT_S = 120.0
"""Two public clients give `order/payment` 80 and 120 seconds, everything else 20."""

_TAKEN = "SeatsUnavailable"
_GENERAL_FAILURE = "1"
_SESSION_NOT_FOUND = "50"
"""Also the answer when the channel of the token is not ticked on the session."""

S = TypeVar("S", bound=Coded)


@operations("vista")
class VistaBoxOffice(BoxOffice):
    """Orders through V2, their life and payment by RESTTicketing.svc, bookings by RESTBooking.svc."""

    def __init__(
        self,
        client: VistaClient,
        *,
        statuses: SeatStatuses | None = None,
        rest_data: str = "RESTData.svc/",
        tender_category: str = "CREDIT",
    ) -> None:
        """`rest_data`: empty where paths have no such prefix; `tender_category`: the circuit's own."""
        self._client = client
        self._statuses = statuses or SeatStatuses()
        self._rest_data = rest_data
        self._tender_category = tender_category

    @override
    async def seat_plan(self, showtime: ShowtimeRef, platform: Platform) -> SeatPlan:
        path = f"{self._session(showtime)}/seat-plan"
        answer = await self._read(path, PlanAnswer, showtime.cinema, platform)
        if answer.seat_layout_data is None:
            raise Unavailable("a seat plan without a layout", system=SYSTEM)
        return to_plan(answer.seat_layout_data, self._statuses)

    @override
    async def ticket_types(self, showtime: ShowtimeRef, platform: Platform) -> tuple[TicketType, ...]:
        path = f"{self._session(showtime)}/tickets"
        answer = await self._read(path, TicketTypesAnswer, showtime.cinema, platform)
        return to_ticket_types(answer.tickets or ())

    @override
    async def open_order(self, cinema: str, platform: Platform) -> BoxOfficeOrder:
        body = {"cinemaId": cinema}
        answer = await self._client.v2("POST", "orders", OrderAnswer, platform, cinema=cinema, body=body)
        return self._order(
            answer, OrderRef(id=answer.order.user_session_id, cinema=cinema, platform=platform)
        )

    @override
    async def read_order(self, ref: OrderRef) -> BoxOfficeOrder | None:
        path = f"orders/{quoted(ref.id)}"
        reply = await self._client.send("GET", path, ref.platform, cinema=ref.cinema)
        if reply.status == 404:  # noqa: PLR2004
            return None
        return self._order(self._client.v2_answer(reply, OrderAnswer, safe=True), ref, safe=True)

    @override
    async def set_tickets(
        self, ref: OrderRef, showtime: ShowtimeRef, tickets: tuple[TicketChoice, ...]
    ) -> BoxOfficeOrder:
        path = f"orders/{quoted(ref.id)}/sessions/{quoted(showtime.showtime)}/set-tickets"
        body = set_tickets_body(tickets)
        try:
            answer = await self._client.v2(
                "POST", path, OrderAnswer, ref.platform, cinema=ref.cinema, body=body
            )
        except Refused as error:
            if _TAKEN in f"{error.reason} {error}":
                raise SeatsUnavailable(str(error), reason=error.reason, system=SYSTEM) from error
            raise
        asked = frozenset(key for choice in tickets for key in choice.seats)
        if seats_of_session(answer.order, showtime.showtime) != asked:
            raise OutcomeUnknown("the order holds other seats than asked for", system=SYSTEM)
        return self._order(answer, ref)

    @override
    async def extend(self, ref: OrderRef) -> None:
        await self._ticketing("order/continue", ref, Coded)

    @override
    async def begin_payment(self, ref: OrderRef) -> None:
        await self._ticketing("order/startexternalpayment", ref, Coded, AutoCompleteOrder=False)

    @override
    async def complete(self, ref: OrderRef, tenders: tuple[PaidBy, ...], buyer: Buyer) -> Booking:
        body = payment_body(ref, tenders, buyer, self._tender_category)
        try:
            answer = await self._client.v1(
                "result",
                "RESTTicketing.svc/order/payment",
                PaymentAnswer,
                ref.platform,
                cinema=ref.cinema,
                body=body,
                total_s=PAYMENT_S,
            )
        except Refused as error:  # 13 and 25 were seen with a booking, 1 with and without
            raise OutcomeUnknown(f"order/payment answered {error}", system=SYSTEM) from error
        booking = to_booking(answer.vista_booking_id, answer.vista_booking_number, answer.vista_trans_number)
        if booking is None:
            raise OutcomeUnknown("order/payment answered without a booking", system=SYSTEM)
        return booking

    @override
    async def find_booking(self, ref: OrderRef) -> Booking | None:
        """By `query-booking-status`, then by UserSessionId.

        Code 1 is Vista's general failure: two of them say nothing about a booking (`Unavailable`). Any other
        code is taken as "not known there".
        """
        failed = 0
        for ask in (self._booking_status, self._booking_of_order):
            try:
                booking = await ask(ref)
            except CodeRefused as error:
                failed += error.reason == _GENERAL_FAILURE
                continue
            except Refused as error:
                raise Unavailable(f"cannot ask for a booking: {error}", system=SYSTEM) from error
            if booking is not None:
                return booking
        if failed == 2:  # noqa: PLR2004
            raise Unavailable("both look-ups of a booking failed", system=SYSTEM)
        return None

    @override
    async def cancel(self, ref: OrderRef) -> None:
        """A missing order counts as cancelled. Another code than 0 proves nothing: `OutcomeUnknown`."""
        try:
            await self._ticketing("order/cancel", ref, Coded)
        except Refused as error:
            raise OutcomeUnknown(f"order/cancel answered {error}", system=SYSTEM) from error

    async def _booking_status(self, ref: OrderRef) -> Booking | None:
        path = "RESTTicketing.svc/order/query-booking-status"
        body = {"UserSessionId": ref.id}
        answer = await self._client.v1(
            "response_code", path, BookingStatusAnswer, ref.platform, cinema=ref.cinema, body=body, safe=True
        )
        summary = answer.order_summary
        return to_booking(summary.vista_booking_id, summary.vista_booking_number) if summary else None

    async def _booking_of_order(self, ref: OrderRef) -> Booking | None:
        path = "RESTBooking.svc/booking"
        body = {"CinemaId": ref.cinema, "UserSessionId": ref.id}
        answer = await self._client.v1(
            "result_code", path, BookingAnswer, ref.platform, cinema=ref.cinema, body=body, safe=True
        )
        found = answer.booking
        if found is None:
            return None
        return to_booking(found.booking_id, found.booking_number, found.vista_transaction_id)

    async def _ticketing(self, operation: str, ref: OrderRef, shape: type[Coded], **more: object) -> None:
        body = {"UserSessionId": ref.id, **more}
        path = f"RESTTicketing.svc/{operation}"
        await self._client.v1("result", path, shape, ref.platform, cinema=ref.cinema, body=body)

    def _order(self, answer: OrderAnswer, ref: OrderRef, *, safe: bool = False) -> BoxOfficeOrder:
        try:
            return to_order(answer.order, ref, self._client.our_time)
        except ValueError as error:
            text = f"an order with a time that is none: {error}"
            raise (Unavailable if safe else OutcomeUnknown)(text, system=SYSTEM) from error

    async def _read(self, path: str, shape: type[S], cinema: str, platform: Platform) -> S:
        try:
            return await self._client.v1("response_code", path, shape, platform, cinema=cinema)
        except CodeRefused as error:
            if error.reason == _SESSION_NOT_FOUND:
                raise ShowtimeNotSold(str(error), reason=error.reason, system=SYSTEM) from error
            raise

    def _session(self, showtime: ShowtimeRef) -> str:
        return f"{self._rest_data}cinemas/{quoted(showtime.cinema)}/sessions/{quoted(showtime.showtime)}"
