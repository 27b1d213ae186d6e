"""Bookings of the sandbox's Vista: look-up, refund, and what a restart remembers."""

from typing import Any

import httpx
import pytest
from tests.builders_vista import CINEMA, Levers, VistaClient, a_ticket, free_seats, status_of

from muvi_sandbox.app import create_app
from muvi_sandbox.config import SandboxConfig


@pytest.fixture
async def seats(vista: VistaClient, show: str) -> list[dict[str, Any]]:
    return free_seats(await vista.plan(show))[:3]


@pytest.fixture
async def booking(vista: VistaClient, show: str, seats: list[dict[str, Any]]) -> dict[str, Any]:
    """A paid booking of three tickets."""
    usid = await vista.order()
    order = (await vista.set_tickets(usid, show, *map(a_ticket, seats))).json()["order"]
    paid = await vista.pay(usid, order["orderTotalValueInCents"])
    whole: dict[str, Any] = (await vista.booking(BookingId=paid["VistaBookingId"]))["Booking"]
    return whole


async def test_a_booking_is_found_by_each_of_its_keys(vista: VistaClient, booking: dict[str, Any]) -> None:
    for key in (
        {"BookingId": booking["BookingId"]},
        {"BookingNumber": booking["BookingNumber"]},
        {"BookingNumber": str(booking["BookingNumber"])},
        {"VistaTransNumber": booking["VistaTransactionId"]},
        {"UserSessionId": booking["UserSessionId"]},
    ):
        assert (await vista.booking(**key))["Booking"]["BookingId"] == booking["BookingId"]
    missing = await vista.booking(BookingId="WNONE00")
    assert (missing["ResultCode"], missing["Booking"]) == (1, None)
    assert (await vista.booking("0002", BookingId=booking["BookingId"]))["Booking"] is None


async def test_search_shows_a_single_match_whole(vista: VistaClient, booking: dict[str, Any]) -> None:
    body = {"CinemaId": CINEMA, "Email": "guest@example.org"}
    found = (await vista.post("RESTBooking.svc/booking/search", body)).json()
    assert found["SingleBookingMatch"]["BookingId"] == booking["BookingId"]
    assert len(found["BookingSearchResults"]) == 1


async def test_a_paid_booking_cannot_be_cancelled(vista: VistaClient, booking: dict[str, Any]) -> None:
    async def cancel(number: int) -> dict[str, Any]:
        body = {"CinemaId": CINEMA, "BookingNumber": number}
        answer: dict[str, Any] = (await vista.post("RESTBooking.svc/booking/cancel", body)).json()
        return answer

    paid, missing = await cancel(booking["BookingNumber"]), await cancel(1)
    assert (paid["Result"], paid["ExtendedResultCode"]) == (1, 48)
    assert (missing["Result"], missing["ExtendedResultCode"]) == (1, 47)


async def refund(vista: VistaClient, booking: dict[str, Any], amount: int, **more: object) -> httpx.Response:
    body = {
        "CinemaId": CINEMA,
        "BookingNumber": str(booking["BookingNumber"]),
        "RefundAmount": amount,
        **more,
    }
    return await vista.post("RESTBooking.svc/booking/refund", body)


async def test_a_refund_must_name_the_exact_value_and_frees_the_seats(
    vista: VistaClient, levers: Levers, booking: dict[str, Any], show: str, seats: list[dict[str, Any]]
) -> None:
    worth = booking["CurrentValueInCents"]
    wrong = (await refund(vista, booking, 0)).json()
    assert wrong["ResultCode"] == 1
    assert wrong["ErrorDescription"] == f"Requested refund amount (0) ≠ total ({worth})"
    assert (await refund(vista, booking, worth)).json()["ResultCode"] == 0
    plan = await vista.plan(show)
    assert [status_of(plan, seat) for seat in seats] == [0, 0, 0]
    after = (await vista.booking(BookingId=booking["BookingId"]))["Booking"]
    assert (after["CancelledStatus"], after["CurrentValueInCents"]) == ("1", 0)
    assert (await refund(vista, booking, 0)).json()["ResultCode"] == 1
    assert [fact["amountCents"] for fact in await levers.truth("booking-refunded")] == [worth]


async def test_groups_and_sequences_are_refunded_apart(vista: VistaClient, booking: dict[str, Any]) -> None:
    price = booking["Tickets"][0]["PriceInCents"]
    assert (await refund(vista, booking, price, RefundGroupNumbers=[1])).json()["ResultCode"] == 0
    path = f"cinemas/{CINEMA}/bookings/{booking['BookingId']}/refund"
    one = {"sequencesToRefund": [2], "externalPaymentDetails": [{"amountInCents": price}]}
    assert (await vista.post(path, one)).status_code == 200
    rest = {"refundReason": "Guest request", "externalPaymentDetails": [{"amountInCents": price}]}
    short = await vista.post(path, rest)
    assert (short.status_code, short.json()["exceptionType"]) == (400, "RefundAmountMismatch")
    fee = booking["TotalBookingFeeValueCents"]
    whole = {"externalPaymentDetails": [{"amountInCents": price + fee}]}
    assert (await vista.post(path, whole)).status_code == 200
    after = (await vista.booking(BookingId=booking["BookingId"]))["Booking"]
    assert [ticket["RefundedStatus"] for ticket in after["Tickets"]] == ["1", "1", "1"]


async def test_a_package_goes_back_as_a_whole_only(vista: VistaClient, show: str) -> None:
    left, right = free_seats(await vista.plan(show), "0000000003")[:2]
    usid = await vista.order()
    order = (await vista.set_tickets(usid, show, a_ticket(left, right, code="0042"))).json()["order"]
    paid = await vista.pay(usid, order["orderTotalValueInCents"])
    body = {"sequencesToRefund": [1], "externalPaymentDetails": [{"amountInCents": 7000}]}
    response = await vista.post(f"cinemas/{CINEMA}/bookings/{paid['VistaBookingId']}/refund", body)
    assert (response.status_code, response.json()["exceptionType"]) == (400, "PackageIncomplete")


async def test_only_a_token_with_the_right_may_refund(
    http: httpx.AsyncClient, levers: Levers, booking: dict[str, Any]
) -> None:
    app = VistaClient(http, "ios")
    worth = booking["CurrentValueInCents"]
    assert (await refund(app, booking, worth)).status_code == 403
    assert await levers.truth("booking-refunded") == []
    await levers.knobs(refund_platforms=["ios"])
    assert (await refund(app, booking, worth)).json()["ResultCode"] == 0


async def test_a_restart_forgets_neither_bookings_nor_orders_nor_seats(
    config: SandboxConfig, vista: VistaClient, levers: Levers, booking: dict[str, Any], show: str
) -> None:
    open_seat, sold_seat, back = free_seats(await vista.plan(show))[:3]
    usid = await vista.order()
    held = (await vista.set_tickets(usid, show, a_ticket(open_seat))).json()
    await vista.ticketing("cancel", await _order_with(vista, show, back))
    position = sold_seat["Position"]
    await levers.act(
        "counter-sale",
        cinemaId=CINEMA,
        sessionId=show,
        seats=[{key[0].lower() + key[1:]: value for key, value in position.items()}],
    )
    await levers.act("change-price", ticketTypeCode="0022", priceInCents=6150)
    restarted = create_app(config)
    transport = httpx.ASGITransport(app=restarted)
    async with httpx.AsyncClient(transport=transport, base_url="http://sandbox") as http:
        again = VistaClient(http)
        assert (await again.booking(BookingId=booking["BookingId"]))["Booking"] == booking
        assert (await again.get(f"orders/{usid}")).json() == held
        assert await again.plan(show) == await vista.plan(show)
        tickets = (await again.get(f"cinemas/{CINEMA}/sessions/{show}/tickets")).json()["Tickets"]
        assert tickets[0]["PriceInCents"] == 6150
        paid = await again.pay(usid, held["order"]["orderTotalValueInCents"])
        assert int(paid["VistaBookingNumber"]) == booking["BookingNumber"] + 1
    restarted.state.truth.close()


async def _order_with(vista: VistaClient, show: str, seat: dict[str, Any]) -> str:
    usid = await vista.order()
    await vista.set_tickets(usid, show, a_ticket(seat))
    return usid
