"""What every caller of the sandbox's Vista meets: tokens, channels, code fields, forms of values."""

from typing import Any

import httpx
import pytest
from litestar import Litestar
from litestar.types import HTTPReceiveMessage, Message
from tests.builders_vista import BASE, CINEMA, Levers, VistaClient, a_ticket, free_seats, seats_of

from muvi_sandbox.server import RAW_HEADERS


async def test_a_missing_or_unknown_token_gets_401(http: httpx.AsyncClient) -> None:
    for headers in ({}, {"connectApiToken": "website"}, {"connectApiToken": ""}):
        response = await http.get(f"{BASE}/OData.svc/Cinemas?$format=json", headers=headers)
        assert response.status_code == 401
        assert set(response.json()) == {"exceptionType", "errorDescription"}


@pytest.mark.parametrize(
    ("spelling", "status"),
    [
        (b"connectApiToken", 200),
        (b"connectapitoken", 200),
        (b"Connectapitoken", 403),
        (b"ConnectApiToken", 403),
    ],
)
async def test_the_spelling_of_the_token_header_counts(app: Litestar, spelling: bytes, status: int) -> None:
    """The sandbox's own server hands over header names as they were sent; here the test does."""
    sent = [(b"Host", b"sandbox"), (spelling, b"sandbox-vista-website")]
    statuses: list[int] = []

    async def send(message: Message) -> None:
        if message["type"] == "http.response.start":
            statuses.append(message["status"])

    async def receive() -> HTTPReceiveMessage:
        return {"type": "http.request", "body": b"", "more_body": False}

    scope: Any = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": "GET",
        "scheme": "http",
        "path": f"{BASE}/OData.svc/FilmGenres",
        "raw_path": f"{BASE}/OData.svc/FilmGenres".encode(),
        "root_path": "",
        "query_string": b"$format=json",
        "headers": [(name.lower(), value) for name, value in sent],
        "client": ("127.0.0.1", 1),
        "server": ("127.0.0.1", 2),
        "state": {},
        "extensions": {RAW_HEADERS: sent},
    }
    await app(scope, receive, send)
    assert statuses == [status]


async def test_sessions_and_ticket_types_depend_on_the_channel(http: httpx.AsyncClient) -> None:
    web, app, kiosk = (VistaClient(http, platform) for platform in ("website", "ios", "kiosk"))
    sessions = {client: {row["ID"] for row in await client.rows("Sessions")} for client in (web, app, kiosk)}
    assert sessions[app] < sessions[web] < sessions[kiosk]
    unticked = next(iter(sorted(sessions[web] - sessions[app])))
    cinema, _, session = unticked.partition("-")
    assert (await web.plan(session, cinema))["ResponseCode"] == 0
    assert await app.plan(session, cinema) == {
        "ResponseCode": 50,
        "ErrorDescription": f"Session with ID {session} could not be found",
    }


async def test_an_unticked_channel_means_an_empty_list_and_no_plan(
    vista: VistaClient, levers: Levers, show: str
) -> None:
    await levers.knobs(unticked_channels=["WWW"])
    assert await vista.rows("Sessions") == []
    assert (await vista.plan(show))["ResponseCode"] == 50
    usid = await vista.order()
    assert (await vista.set_tickets(usid, show)).json()["exceptionType"] == "SessionNotFound"


async def test_a_kiosk_sells_types_that_a_website_does_not(http: httpx.AsyncClient, show: str) -> None:
    path = f"RESTData.svc/cinemas/{CINEMA}/sessions/{show}/tickets"
    web = (await VistaClient(http).get(path)).json()["Tickets"]
    kiosk = (await VistaClient(http, "kiosk").get(path)).json()["Tickets"]
    codes = [ticket["TicketTypeCode"] for ticket in web]
    assert "0025" not in codes
    assert "0025" in [ticket["TicketTypeCode"] for ticket in kiosk]
    first = {ticket["AreaCategoryCode"]: ticket["Description"] for ticket in reversed(web)}
    assert first == {"0000000001": "Adult", "0000000002": "Adult VIP", "0000000003": "Sofa seat"}
    package = next(ticket for ticket in web if ticket["IsPackageTicket"])
    assert package["PackageContent"]["Tickets"][0]["Quantity"] == 2


async def test_failures_come_with_200_under_three_names_of_the_code(vista: VistaClient) -> None:
    nobody = {"UserSessionId": "0" * 32}
    for path, body, field in (
        ("RESTTicketing.svc/order/payment", nobody, "Result"),
        ("RESTTicketing.svc/order/continue", nobody, "Result"),
        ("RESTTicketing.svc/order/startexternalpayment", nobody, "Result"),
        ("RESTBooking.svc/booking", {"CinemaId": CINEMA, "BookingId": "WNONE00"}, "ResultCode"),
        ("RESTBooking.svc/booking/refund", {"CinemaId": CINEMA, "BookingNumber": "1"}, "ResultCode"),
        ("RESTBooking.svc/booking/cancel", {"CinemaId": CINEMA, "BookingNumber": "1"}, "Result"),
    ):
        response = await vista.post(path, body)
        assert response.status_code == 200
        assert response.json()[field] != 0
        assert {"Result", "ResultCode", "ResponseCode"} & set(response.json()) == {field}
    plan = await vista.get(f"RESTData.svc/cinemas/{CINEMA}/sessions/1/seat-plan")
    assert (plan.status_code, plan.json()["ResponseCode"]) == (200, 50)


@pytest.mark.parametrize(
    ("call", "path", "field"),
    [
        ("order/cancel", "RESTTicketing.svc/order/cancel", "Result"),
        ("order/query-booking-status", "RESTTicketing.svc/order/query-booking-status", "ResponseCode"),
        ("booking", "RESTBooking.svc/booking", "ResultCode"),
    ],
)
async def test_a_rules_code_takes_the_shape_of_its_service(
    vista: VistaClient, levers: Levers, call: str, path: str, field: str
) -> None:
    await levers.rule(call, fault="code", code=4)
    assert (await vista.post(path, {})).json()[field] == 4


async def test_plans_are_the_same_with_and_without_the_prefix(vista: VistaClient, show: str) -> None:
    bare = await vista.get(f"cinemas/{CINEMA}/sessions/{show}/seat-plan")
    assert bare.json() == await vista.plan(show)


async def test_areas_share_a_category_and_a_mirrored_cinema_counts_backwards(
    http: httpx.AsyncClient, vista: VistaClient, show: str
) -> None:
    areas = (await vista.plan(show))["SeatLayoutData"]["Areas"]
    assert [area["AreaCategoryCode"] for area in areas] == ["0000000001"] * 2 + ["0000000002", "0000000003"]
    assert areas[1]["Rows"][0] == {"RowIndexZeroBased": 0, "PhysicalName": None, "Seats": []}
    row = areas[0]["Rows"][0]["Seats"]
    columns = [seat["Position"]["ColumnIndex"] for seat in row]
    assert len(columns) < areas[0]["ColumnCount"]
    assert [int(seat["Id"]) for seat in row] == sorted(int(seat["Id"]) for seat in row)
    other = (await vista.rows("Sessions", filter="CinemaId eq '0002'", top="1"))[0]["SessionId"]
    mirrored = (await vista.plan(other, "0002"))["SeatLayoutData"]["Areas"][0]["Rows"][0]["Seats"]
    labels = [int(seat["Id"]) for seat in mirrored]
    assert labels == sorted(labels, reverse=True)


async def test_the_feed_lags_behind_the_plan(vista: VistaClient, levers: Levers, show: str) -> None:
    async def in_feed() -> int:
        seats: int = (await vista.rows("Sessions", filter=f"ID eq '{CINEMA}-{show}'"))[0]["SeatsAvailable"]
        return seats

    before = await in_feed()
    seat = free_seats(await vista.plan(show))[0]
    usid = await vista.order()
    await vista.set_tickets(usid, show, a_ticket(seat))
    free_now = sum(1 for other in seats_of(await vista.plan(show)) if other["Status"] in {0, 3, 7})
    assert await in_feed() == before
    await levers.later(31)
    assert await in_feed() == free_now == before - 1


async def test_the_same_id_is_text_here_and_a_number_there(vista: VistaClient, show: str) -> None:
    row = (await vista.rows("Sessions", filter=f"SessionId eq '{show}'", top="1"))[0]
    assert row["SessionId"] == show
    assert row["Showtime"] == row["Showtime"][:19]
    usid = await vista.order()
    order = (await vista.set_tickets(usid, show, a_ticket(free_seats(await vista.plan(show))[0]))).json()[
        "order"
    ]
    assert order["sessions"][0]["id"] == int(show)
    assert order["sessions"][0]["startTime"].endswith("+03:00")


async def test_an_unknown_path_is_404(vista: VistaClient) -> None:
    assert (await vista.get("RESTData.svc/nothing")).status_code == 404


async def test_the_counter_needs_free_seats_that_exist(
    http: httpx.AsyncClient, levers: Levers, show: str
) -> None:
    sold = await levers.act("counter-sale", cinemaId=CINEMA, sessionId=show, count=2)
    for facts in (
        {"sessionId": show, "seats": sold["seats"]},
        {"sessionId": show, "seats": ["9-9-9"]},
        {"sessionId": show},
        {"sessionId": "1", "count": 1},
        {"sessionId": show, "count": 1000},
    ):
        body = {"system": "vista", "action": "counter-sale", "cinemaId": CINEMA, **facts}
        assert (await http.post("/control/act", json=body)).status_code == 400
    assert (await http.post("/control/act", json={"system": "vista", "action": "dance"})).status_code == 400
