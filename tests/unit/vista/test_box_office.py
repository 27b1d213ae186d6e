"""The Vista box office against scripted answers: what goes out, and what each answer is taken for."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
from tests.unit.vista.samples import USID, a_plan, a_ticket_type, an_order

from muvi.adapters.kit.http_client import VendorHttp
from muvi.adapters.memory.clock import FakeClock
from muvi.adapters.vista.box_office import VistaBoxOffice
from muvi.adapters.vista.client import VistaClient
from muvi.adapters.vista.orders_wire import utc
from muvi.domain.seating.seat_plan import SeatKey
from muvi.domain.shared.actor import Platform
from muvi.ports.errors import OutcomeUnknown, Refused, Unavailable
from muvi.ports.seating.box_office import (
    Buyer,
    OrderRef,
    PaidBy,
    SeatsUnavailable,
    ShowtimeNotSold,
    ShowtimeRef,
    TicketChoice,
)

NOW = datetime(2025, 1, 13, 6, 43, tzinfo=UTC)
REF = OrderRef(id=USID, cinema="0001", platform=Platform.IOS)
SHOWTIME = ShowtimeRef("0001", "51592")
TICKETS = (
    TicketChoice(ticket_type_id="0022", seats=(SeatKey("1-0-0"),)),
    TicketChoice(ticket_type_id="0022", seats=(SeatKey("1-2-0"),)),
)
PAID = (PaidBy(amount_minor=11500, reference="gw-ref-1", card_masked="4681......5478", card_brand="VISA"),)
BUYER = Buyer(name="Guest One", email="guest@example.org", phone="+966500000000")


class Scripted:
    """Gives its answers in order, the last one for ever, and keeps the requests."""

    def __init__(self, *answers: httpx.Response | Exception) -> None:
        self.answers = list(answers)
        self.seen: list[httpx.Request] = []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.seen.append(request)
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if isinstance(answer, Exception):
            raise answer
        return httpx.Response(answer.status_code, content=answer.content, headers=answer.headers)

    @property
    def body(self) -> Any:  # noqa: ANN401  (plain JSON)
        return json.loads(self.seen[-1].content)

    @property
    def line(self) -> str:
        return f"{self.seen[-1].method} {self.seen[-1].url.raw_path.decode()}"


def ok(body: object, status: int = 200, date: str = "") -> httpx.Response:
    return httpx.Response(status, json=body, headers={"Date": date} if date else {})


def an_office(script: Scripted, clock: FakeClock | None = None) -> VistaBoxOffice:
    http = VendorHttp("box-office", "http://vista/WSVistaWebClient", transport=httpx.MockTransport(script))
    tokens = {Platform.WEBSITE: "web-token", Platform.IOS: "ios-token"}
    return VistaBoxOffice(VistaClient(http, tokens, clock or FakeClock(NOW)))


async def test_every_call_carries_the_token_of_its_platform_under_its_exact_name() -> None:
    script = Scripted(ok(an_order()))
    await an_office(script).open_order("0001", Platform.IOS)
    assert (b"connectApiToken", b"ios-token") in script.seen[0].headers.raw
    assert script.line == "POST /WSVistaWebClient/orders"
    assert script.body == {"cinemaId": "0001"}


async def test_a_platform_without_a_token_sends_nothing() -> None:
    script = Scripted(ok(an_order()))
    with pytest.raises(Refused) as caught:
        await an_office(script).open_order("0001", Platform.KIOSK)
    assert caught.value.reason == "platform-not-configured"
    assert script.seen == []


async def test_plan_and_ticket_types_are_read_below_the_cinema() -> None:
    script = Scripted(ok(a_plan()), ok({"ResponseCode": 0, "Tickets": [a_ticket_type("0022", 5500, 1)]}))
    office = an_office(script)
    assert len((await office.seat_plan(SHOWTIME, Platform.WEBSITE)).seats) == 3
    assert script.line == "GET /WSVistaWebClient/RESTData.svc/cinemas/0001/sessions/51592/seat-plan"
    assert [known.id for known in await office.ticket_types(SHOWTIME, Platform.WEBSITE)] == ["0022"]
    assert script.line == "GET /WSVistaWebClient/RESTData.svc/cinemas/0001/sessions/51592/tickets"


async def test_set_tickets_sends_the_whole_choice_and_lets_nothing_be_allocated() -> None:
    script = Scripted(ok(an_order((1, 0, 0), (1, 2, 0))))
    order = await an_office(script).set_tickets(REF, SHOWTIME, TICKETS)
    assert script.line == f"POST /WSVistaWebClient/orders/{USID}/sessions/51592/set-tickets"
    assert script.body == {
        "tickets": [
            {
                "ticketDetails": {"ticketTypeCode": "0022"},
                "seats": [{"areaNumber": 1, "rowIndex": row, "columnIndex": 0}],
            }
            for row in (0, 2)
        ],
        "useSeatAutoAllocation": False,
    }
    assert (order.total_minor, order.tax_minor, order.booking_fee_minor) == (11500, 1500, 500)
    assert [(t.price_minor, t.tax_minor, t.seats) for t in order.tickets] == [
        (5500, 717, ("1-0-0",)),
        (5500, 718, ("1-2-0",)),
    ]


@pytest.mark.parametrize("session", [51592, "51592"])
async def test_other_seats_than_asked_are_never_taken_for_success(session: int | str) -> None:
    with pytest.raises(OutcomeUnknown):
        await an_office(Scripted(ok(an_order((1, 0, 0), (1, 2, 3), session=session)))).set_tickets(
            REF, SHOWTIME, TICKETS
        )
    with pytest.raises(OutcomeUnknown):
        await an_office(Scripted(ok(an_order((1, 0, 0), (1, 2, 0), session=7)))).set_tickets(
            REF, SHOWTIME, TICKETS
        )


async def test_nothing_but_the_comparison_tells_wrong_seats_from_right_ones() -> None:
    """The twin of the test above: the same answer, not compared with the wish, reads as a fine order."""
    order = await an_office(Scripted(ok(an_order((1, 0, 0), (1, 2, 3))))).read_order(REF)
    assert order
    assert order.seats != {key for choice in TICKETS for key in choice.seats}
    assert (order.total_minor, len(order.tickets)) == (11500, 2)


async def test_seats_gone_is_an_answer_of_its_own() -> None:
    gone = ok({"exceptionType": "SeatsUnavailable", "errorDescription": "One or more"}, 400)
    with pytest.raises(SeatsUnavailable):
        await an_office(Scripted(gone)).set_tickets(REF, SHOWTIME, TICKETS)
    other = ok({"exceptionType": "OrderNotFound"}, 404)
    with pytest.raises(Refused) as caught:
        await an_office(Scripted(other)).set_tickets(REF, SHOWTIME, TICKETS)
    assert type(caught.value) is Refused
    assert caught.value.reason == "OrderNotFound"


async def test_an_order_that_is_gone_reads_as_none() -> None:
    assert await an_office(Scripted(ok({}, 404))).read_order(REF) is None
    script = Scripted(ok(an_order((1, 0, 0))))
    order = await an_office(script).read_order(REF)
    assert order
    assert order.seats == {"1-0-0"}
    assert script.line == f"GET /WSVistaWebClient/orders/{USID}"


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("2025-01-13T06:52:53.5912687Z", datetime(2025, 1, 13, 6, 52, 53, 591268, UTC)),
        ("2025-01-13T06:52:53Z", datetime(2025, 1, 13, 6, 52, 53, 0, UTC)),
        ("2025-01-13T06:52:53.5Z", datetime(2025, 1, 13, 6, 52, 53, 500000, UTC)),
    ],
)
def test_utc_times_have_up_to_seven_digits(text: str, read: datetime) -> None:
    assert utc(text) == read


async def test_expiry_is_told_in_our_clock() -> None:
    """Vista's clock runs ninety seconds ahead: its expiry is ninety seconds earlier on ours."""
    ahead = ok(an_order(), date="Mon, 13 Jan 2025 06:44:30 GMT")
    order = await an_office(Scripted(ahead)).open_order("0001", Platform.WEBSITE)
    expected = utc("2025-01-13T06:52:53.5912687Z") - timedelta(seconds=90.5)
    assert order.expires_at == expected


async def test_clocks_that_agree_within_two_seconds_do_not_move_the_expiry() -> None:
    near = ok(an_order(), date="Mon, 13 Jan 2025 06:43:01 GMT")
    order = await an_office(Scripted(near)).open_order("0001", Platform.WEBSITE)
    assert order.expires_at == utc("2025-01-13T06:52:53.5912687Z")


async def test_a_measured_skew_stays_until_the_clocks_really_move() -> None:
    clock = FakeClock(NOW)
    script = Scripted(
        ok(an_order(), date="Mon, 13 Jan 2025 06:44:30 GMT"),
        ok(an_order(), date="Mon, 13 Jan 2025 06:44:31 GMT"),
        ok(an_order(), date="no date"),
        ok(an_order(), date="Mon, 13 Jan 2025 06:43:00 GMT"),
    )
    office = an_office(script, clock)
    read = [await office.read_order(REF) for _ in range(4)]
    assert [order.expires_at for order in read if order] == [
        *[utc("2025-01-13T06:52:53.5912687Z") - timedelta(seconds=90.5)] * 3,
        utc("2025-01-13T06:52:53.5912687Z"),
    ]


async def test_payment_records_money_taken_elsewhere() -> None:
    paid = {  # ids of the asynchronous sample in Vista's own guide
        "Result": 0,
        "ExtendedResultCode": 0,
        "VistaBookingNumber": "4887",
        "VistaBookingId": "WL37LZH",
        "VistaTransNumber": "4509",
        "BackgroundJobUrl": "https://vista.example/WSVistaWebClient/BackgroundJob.svc/0",
    }
    script = Scripted(ok(paid))
    booking = await an_office(script).complete(REF, PAID, BUYER)
    assert (booking.id, booking.number, booking.transaction) == ("WL37LZH", "4887", "4509")
    assert script.line == "POST /WSVistaWebClient/RESTTicketing.svc/order/payment"
    assert script.body["PerformPayment"] is False
    assert script.body["UserSessionId"] == USID
    assert script.body["CustomerEmail"] == "guest@example.org"
    assert script.body["PaymentInfo"]["PaymentValueCents"] == 11500
    assert script.body["PaymentInfo"]["CardNumber"] == "4681......5478"
    assert script.body["PaymentInfo"]["BankReference"] == "gw-ref-1"
    assert "PaymentInfoCollection" not in script.body


async def test_split_payments_go_as_a_list() -> None:
    script = Scripted(ok({"Result": 0, "VistaBookingId": "W1", "VistaBookingNumber": 7}))
    halves = (PaidBy(amount_minor=500, reference="a"), PaidBy(amount_minor=600, reference="b"))
    assert (await an_office(script).complete(REF, halves, Buyer())).number == "7"
    assert [part["PaymentValueCents"] for part in script.body["PaymentInfoCollection"]] == [500, 600]
    assert "PaymentInfo" not in script.body


@pytest.mark.parametrize(
    "answer",
    [
        ok({"Result": 1, "ErrorDescription": "An unexpected error"}),
        ok({"Result": 13, "VistaBookingId": "W1"}),
        ok({"Result": 25, "VistaBookingId": "W1"}),
        ok({"Result": 999}),
        ok({"Result": 0, "VistaBookingId": None}),
        ok({"Result": 0, "VistaBookingId": ""}),
        ok({"VistaBookingId": "W1"}),
        ok({}, 500),
        ok({}, 401),
        ok({}, 302),
        httpx.Response(200, content=b"<html>502 Bad Gateway</html>"),
        httpx.Response(502, content=b"<html>"),
        httpx.ReadTimeout("no answer"),
        httpx.ReadError("cut"),
    ],
)
async def test_anything_but_a_plain_success_of_a_payment_is_unknown(
    answer: httpx.Response | Exception,
) -> None:
    with pytest.raises(OutcomeUnknown):
        await an_office(Scripted(answer)).complete(REF, PAID, BUYER)


async def test_a_payment_that_never_left_may_be_repeated() -> None:
    with pytest.raises(Unavailable):
        await an_office(Scripted(httpx.ConnectError("refused"))).complete(REF, PAID, BUYER)


STATUS = {
    "ResponseCode": 0,
    "OrderSummary": {"UserSessionId": USID, "VistaBookingId": "WL37LZH", "VistaBookingNumber": "4887"},
}
NOTHING: dict[str, object] = {"ResponseCode": 0, "OrderSummary": None}
BOOKING = {
    "ResultCode": 0,
    "Booking": {"BookingNumber": 3638, "BookingId": "WPM8TS9", "VistaTransactionId": 3679},
}


async def test_a_booking_is_asked_for_by_status_and_then_by_the_orders_key() -> None:
    script = Scripted(ok(STATUS))
    found = await an_office(script).find_booking(REF)
    assert found
    assert (found.id, found.number) == ("WL37LZH", "4887")
    assert script.line.endswith("RESTTicketing.svc/order/query-booking-status")

    script = Scripted(ok(NOTHING), ok(BOOKING))
    found = await an_office(script).find_booking(REF)
    assert found
    assert (found.id, found.number, found.transaction) == ("WPM8TS9", "3638", "3679")
    assert script.line == "POST /WSVistaWebClient/RESTBooking.svc/booking"
    assert script.body == {"CinemaId": "0001", "UserSessionId": USID}


@pytest.mark.parametrize(
    ("status", "booking"),
    [
        (ok(NOTHING), ok({"ResultCode": 0, "Booking": None})),
        (ok(NOTHING), ok({"ResultCode": 5})),
        (ok({"ResponseCode": 7}), ok({"ResultCode": 1})),
        (
            ok({"ResponseCode": 0, "OrderSummary": {"VistaBookingId": "", "VistaBookingNumber": "0"}}),
            ok(BOOKING | {"Booking": {}}),
        ),
    ],
)
async def test_no_booking_known_now(status: httpx.Response, booking: httpx.Response) -> None:
    assert await an_office(Scripted(status, booking)).find_booking(REF) is None


@pytest.mark.parametrize(
    ("status", "booking"),
    [
        (ok({"ResponseCode": 1}), ok({"ResultCode": 1})),
        (ok({}, 500), ok(BOOKING)),
        (ok(NOTHING), ok({}, 503)),
        (ok(NOTHING), ok({}, 401)),
        (ok({}, 403), ok(NOTHING)),
        (ok(NOTHING), httpx.Response(200, content=b"{")),
        (ok(NOTHING), httpx.ReadTimeout("")),
        (ok(NOTHING), ok({"Result": 0})),
    ],
)
async def test_a_look_up_that_fails_is_no_proof_of_absence(
    status: httpx.Response, booking: httpx.Response | Exception
) -> None:
    with pytest.raises(Unavailable):
        await an_office(Scripted(status, booking)).find_booking(REF)


async def test_cancelling_what_is_gone_is_a_success() -> None:
    script = Scripted(ok({"OrderNotFound": True, "Result": 0, "ErrorDescription": None}))
    await an_office(script).cancel(REF)
    assert script.line == "POST /WSVistaWebClient/RESTTicketing.svc/order/cancel"
    with pytest.raises(OutcomeUnknown):
        await an_office(Scripted(ok({"Result": 1}))).cancel(REF)


async def test_the_order_is_marked_as_being_paid_elsewhere() -> None:
    script = Scripted(ok({"ExtendedResultCode": 0, "PaymentRedirectUrl": None, "Result": 0}))
    await an_office(script).begin_payment(REF)
    assert script.body == {"UserSessionId": USID, "AutoCompleteOrder": False}
    assert script.line.endswith("/order/startexternalpayment")


Ask = Callable[[VistaBoxOffice], Awaitable[object]]
READS: list[Ask] = [
    lambda office: office.seat_plan(SHOWTIME, Platform.WEBSITE),
    lambda office: office.ticket_types(SHOWTIME, Platform.WEBSITE),
    lambda office: office.read_order(REF),
]
WRITES: list[Ask] = [
    lambda office: office.open_order("0001", Platform.WEBSITE),
    lambda office: office.set_tickets(REF, SHOWTIME, TICKETS),
    lambda office: office.extend(REF),
    lambda office: office.begin_payment(REF),
    lambda office: office.cancel(REF),
]
LOST = [
    ok({}, 500),
    ok({}, 302),
    httpx.Response(200, content=b"<html>"),
    httpx.Response(200, content=b""),
    httpx.ReadTimeout("no answer"),
]


@pytest.mark.parametrize("answer", LOST)
@pytest.mark.parametrize("ask", READS)
async def test_a_read_without_a_usable_answer_may_be_repeated(
    ask: Ask, answer: httpx.Response | Exception
) -> None:
    with pytest.raises(Unavailable):
        await ask(an_office(Scripted(answer)))


@pytest.mark.parametrize("answer", LOST)
@pytest.mark.parametrize("ask", WRITES)
async def test_a_change_without_a_usable_answer_is_unknown(
    ask: Ask, answer: httpx.Response | Exception
) -> None:
    with pytest.raises(OutcomeUnknown):
        await ask(an_office(Scripted(answer)))


@pytest.mark.parametrize("ask", [*READS, *WRITES])
@pytest.mark.parametrize(
    ("answer", "wait_s"),
    [
        (httpx.Response(429, headers={"Retry-After": "3"}), 3.0),
        (httpx.ConnectError("refused"), None),
    ],
)
async def test_what_was_never_done_may_be_repeated(
    ask: Ask, answer: httpx.Response | Exception, wait_s: float | None
) -> None:
    with pytest.raises(Unavailable) as caught:
        await ask(an_office(Scripted(answer)))
    assert caught.value.retry_after_s == wait_s


@pytest.mark.parametrize("ask", [*READS[:2], *WRITES[:4]])
async def test_a_wrong_token_is_a_refusal(ask: Ask) -> None:
    with pytest.raises(Refused) as caught:
        await ask(an_office(Scripted(ok({}, 401))))
    assert caught.value.reason == "401"


@pytest.mark.parametrize("ask", READS[:2])
async def test_a_session_that_is_not_found_is_refused_with_vistas_own_code(ask: Ask) -> None:
    missing = ok({"ResponseCode": 50, "ErrorDescription": "Session with ID 32217 could not be found"})
    with pytest.raises(ShowtimeNotSold) as caught:
        await ask(an_office(Scripted(missing)))
    assert caught.value.reason == "50"


@pytest.mark.parametrize("ask", READS[:2])
async def test_any_other_code_says_nothing_about_the_sale(ask: Ask) -> None:
    with pytest.raises(Refused) as caught:
        await ask(an_office(Scripted(ok({"ResponseCode": 3}))))
    assert not isinstance(caught.value, ShowtimeNotSold)
