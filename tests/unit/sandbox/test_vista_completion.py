"""Payments of the sandbox's Vista: completion, its lost and late answers, the background job."""

from typing import Any

import httpx
import pytest
from tests.builders_vista import BASE, CINEMA, Levers, VistaClient, a_payment, a_ticket, free_seats, status_of


@pytest.fixture
async def held(vista: VistaClient, show: str) -> tuple[str, int]:
    """An order with two tickets, and its total."""
    one, two = free_seats(await vista.plan(show))[:2]
    usid = await vista.order()
    order = (await vista.set_tickets(usid, show, a_ticket(one), a_ticket(two))).json()["order"]
    return usid, order["orderTotalValueInCents"]


async def status(vista: VistaClient, usid: str) -> dict[str, Any]:
    return await vista.ticketing("query-booking-status", usid, ClientId="web")


async def test_a_payment_makes_a_booking(vista: VistaClient, levers: Levers, held: tuple[str, int]) -> None:
    usid, total = held
    paid = await vista.pay(usid, total)
    assert (paid["Result"], paid["CinemaID"], paid["BackgroundJobUrl"]) == (0, CINEMA, None)
    assert len(paid["VistaBookingId"]) == 7
    assert isinstance(paid["VistaBookingNumber"], str)
    summary = (await status(vista, usid))["OrderSummary"]
    assert summary["VistaBookingId"] == paid["VistaBookingId"]
    booking = (await vista.booking(BookingId=paid["VistaBookingId"]))["Booking"]
    assert booking["BookingNumber"] == int(paid["VistaBookingNumber"])
    assert booking["CurrentValueInCents"] == total
    assert [fact["event"] for fact in await levers.truth()][-2:] == ["payment-recorded", "booking-completed"]


async def test_a_payment_of_another_amount_books_nothing(
    vista: VistaClient, levers: Levers, held: tuple[str, int]
) -> None:
    usid, total = held
    assert (await vista.pay(usid, total - 1))["Result"] == 1
    assert await levers.truth("payment-recorded") == []
    assert (await vista.get(f"orders/{usid}")).status_code == 200


@pytest.mark.parametrize("name", ["PaymentInfoCollection", "PaymentInfocollection"])
async def test_split_tenders_add_up(vista: VistaClient, held: tuple[str, int], name: str) -> None:
    usid, total = held
    parts = [{"PaymentValueCents": 500, "CardType": "VISA"}, {"PaymentValueCents": total - 500}]
    answer = await vista.ticketing("payment", usid, PerformPayment=False, **{name: parts})
    assert answer["Result"] == 0


async def test_seats_without_ticket_types_cannot_be_paid(vista: VistaClient, show: str) -> None:
    usid = await vista.order()
    await vista.set_tickets(usid, show, a_ticket(free_seats(await vista.plan(show))[0], code=None))
    assert (await vista.pay(usid, 0))["Result"] == 1


async def test_an_unknown_or_swept_order_fails_with_the_general_code(
    vista: VistaClient, levers: Levers, held: tuple[str, int]
) -> None:
    assert (await vista.pay("0" * 32, 100))["Result"] == 1
    usid, total = held
    await levers.later(601)
    assert (await vista.pay(usid, total))["Result"] == 1
    assert (await status(vista, usid))["OrderSummary"] is None


@pytest.mark.parametrize(
    "fault",
    [
        {"fault": "code-after", "code": 13},
        {"fault": "code-after", "code": 25},
        {"fault": "code-after", "code": 1},
        {"fault": "after", "status": 503},
        {"fault": "garbage-after"},
    ],
)
async def test_booked_although_the_answer_says_otherwise(
    vista: VistaClient,
    levers: Levers,
    held: tuple[str, int],
    fault: dict[str, object],
    http: httpx.AsyncClient,
) -> None:
    usid, total = held
    await levers.rule("order/payment", match=usid, **fault)
    headers = {"connectApiToken": "sandbox-vista-website"}
    body = {"UserSessionId": usid, **a_payment(total)}
    response = await http.post(f"{BASE}/RESTTicketing.svc/order/payment", json=body, headers=headers)
    if "code" in fault:
        assert response.json()["Result"] == fault["code"]
    else:
        assert "VistaBookingId" not in response.text
    assert (await status(vista, usid))["OrderSummary"]["VistaBookingId"]
    assert (await vista.booking(UserSessionId=usid))["ResultCode"] == 0
    assert len(await levers.truth("booking-completed")) == 1


async def test_code_1_without_a_booking(vista: VistaClient, levers: Levers, held: tuple[str, int]) -> None:
    usid, total = held
    await levers.rule("order/payment", fault="code", code=1)
    assert (await vista.pay(usid, total))["Result"] == 1
    summary = (await status(vista, usid))["OrderSummary"]
    assert (summary["VistaBookingId"], summary["VistaBookingNumber"]) == ("", "0")
    assert await levers.truth("booking-completed") == []
    assert (await vista.pay(usid, total))["Result"] == 0


async def test_a_call_sent_twice_books_once(
    vista: VistaClient, levers: Levers, held: tuple[str, int]
) -> None:
    usid, total = held
    await levers.rule("order/payment", fault="duplicate")
    assert (await vista.pay(usid, total))["Result"] == 1
    assert len(await levers.truth("payment-recorded")) == len(await levers.truth("booking-completed")) == 1


async def test_a_booking_can_stay_hidden_for_a_while(
    vista: VistaClient, levers: Levers, held: tuple[str, int]
) -> None:
    usid, total = held
    await levers.knobs(booking_visible_after_s=30)
    await vista.pay(usid, total)
    assert (await status(vista, usid))["OrderSummary"] is None
    assert (await vista.booking(UserSessionId=usid))["Booking"] is None
    await levers.later(31)
    assert (await status(vista, usid))["OrderSummary"]["VistaBookingId"]
    assert (await vista.booking(UserSessionId=usid))["Booking"]["UserSessionId"] == usid


@pytest.mark.parametrize("code", [0, 1])
async def test_the_answer_for_no_booking_is_a_knob(vista: VistaClient, levers: Levers, code: int) -> None:
    await levers.knobs(missing_booking_code=code)
    answer = await status(vista, "f" * 32)
    assert (answer["ResponseCode"], answer["OrderSummary"]) == (code, None)


@pytest.mark.parametrize(("fails", "end"), [(False, "Completed"), (True, "Failed")])
async def test_a_background_job_is_pending_and_then_ends(
    vista: VistaClient, levers: Levers, held: tuple[str, int], *, fails: bool, end: str
) -> None:
    usid, total = held
    await levers.knobs(async_completion=True, async_job_fails=fails)
    paid = await vista.pay(usid, total)
    assert paid["Result"] == 0
    path = paid["BackgroundJobUrl"].partition("/WSVistaWebClient/")[2]
    pending = (await vista.get(path)).json()
    assert (pending["Status"], pending["ResultCode"]) == ("Pending", 0)
    assert pending["VistaBookingNumber"] == int(paid["VistaBookingNumber"])
    await levers.later(6)
    assert (await vista.get(path)).json()["Status"] == end
    assert (await vista.booking(BookingId=paid["VistaBookingId"]))["ResultCode"] == 0


async def test_cancel_after_completion_answers_0_and_does_nothing(
    vista: VistaClient, levers: Levers, held: tuple[str, int]
) -> None:
    usid, total = held
    await vista.pay(usid, total)
    answer = await vista.ticketing("cancel", usid)
    assert (answer["Result"], answer["OrderNotFound"]) == (0, True)
    assert (await vista.booking(UserSessionId=usid))["Booking"]["CancelledStatus"] == "0"
    assert await levers.truth("order-cancelled") == []


async def test_sold_seats_outlive_the_orders_expiry(
    vista: VistaClient, levers: Levers, held: tuple[str, int], show: str
) -> None:
    usid, total = held
    plan = await vista.plan(show, userSessionId=usid)
    await vista.pay(usid, total)
    await levers.later(3600)
    mine = [seat for area in plan["SeatLayoutData"]["Areas"] for row in area["Rows"] for seat in row["Seats"]]
    mine = [seat for seat in mine if seat["Status"] == 2]
    later = await vista.plan(show)
    assert [status_of(later, seat) for seat in mine] == [1, 1]
