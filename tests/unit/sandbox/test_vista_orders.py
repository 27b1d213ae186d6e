"""Orders of the sandbox's Vista: holding, replacing, refusing, expiring."""

from datetime import datetime

import pytest
from tests.builders_vista import (
    CINEMA,
    Levers,
    VistaClient,
    a_ticket,
    free_seats,
    seats_of,
    status_of,
)

from muvi_sandbox.chain.halls import layout


def utc_of(text: str) -> datetime:
    assert len(text.partition(".")[2]) == 8, "seven digits and a Z"
    return datetime.fromisoformat(f"{text[:26]}+00:00")


async def test_a_new_order_lives_six_hundred_seconds(vista: VistaClient) -> None:
    order = (await vista.post("orders", {"cinemaId": CINEMA})).json()["order"]
    assert len(order["userSessionId"]) == 32
    assert order["sessions"] == []
    lives = utc_of(order["expiryDateUtc"]) - utc_of(order["createdDateUtc"])
    assert lives.total_seconds() == 600


async def test_an_order_at_no_cinema_is_refused(vista: VistaClient) -> None:
    response = await vista.post("orders", {"cinemaId": "9999"})
    assert (response.status_code, response.json()["exceptionType"]) == (400, "CinemaNotFound")


async def test_two_equal_tickets_carry_uneven_tax_and_a_fee(vista: VistaClient, show: str) -> None:
    one, two = free_seats(await vista.plan(show))[:2]
    usid = await vista.order()
    order = (await vista.set_tickets(usid, show, a_ticket(one), a_ticket(two))).json()["order"]
    session = order["sessions"][0]
    assert session["id"] == int(show)
    details = [ticket["ticketDetails"] for ticket in session["tickets"]]
    price = details[0]["finalPriceInCents"]
    assert order["orderTotalValueInCents"] == 2 * price + order["bookingFeeTotalValueInCents"]
    assert order["bookingFeeTotalValueInCents"] == 500
    assert abs(details[0]["taxInCents"] - details[1]["taxInCents"]) <= 1
    total = order["orderTotalValueInCents"]
    assert order["taxValueInCents"] == round(total * 15 / 115)
    shown = session["tickets"][0]["seats"][0]
    assert (shown["columnDisplay"], shown["areaNumber"]) == (one["Id"], one["Position"]["AreaNumber"])


async def test_held_seats_are_taken_for_others_and_own_for_the_order(vista: VistaClient, show: str) -> None:
    seat = free_seats(await vista.plan(show))[0]
    usid = await vista.order()
    await vista.set_tickets(usid, show, a_ticket(seat, code=None))
    assert status_of(await vista.plan(show), seat) == 1
    assert status_of(await vista.plan(show, userSessionId=usid), seat) == 2


async def test_set_tickets_replaces_the_choice(vista: VistaClient, show: str) -> None:
    one, two, three = free_seats(await vista.plan(show))[:3]
    usid = await vista.order()
    await vista.set_tickets(usid, show, a_ticket(one), a_ticket(two))
    await vista.set_tickets(usid, show, a_ticket(two), a_ticket(three))
    plan = await vista.plan(show)
    assert [status_of(plan, seat) for seat in (one, two, three)] == [0, 1, 1]


async def test_a_refused_replacement_changes_nothing_and_names_no_seat(vista: VistaClient, show: str) -> None:
    one, two, three = free_seats(await vista.plan(show))[:3]
    usid, other = await vista.order(), await vista.order()
    before = (await vista.set_tickets(usid, show, a_ticket(one))).json()
    await vista.set_tickets(other, show, a_ticket(two))
    response = await vista.set_tickets(usid, show, a_ticket(three), a_ticket(two))
    assert response.status_code == 400
    assert response.json() == {
        "exceptionType": "SeatsUnavailable",
        "errorDescription": "One or more seats are not available",
    }
    plan = await vista.plan(show)
    assert [status_of(plan, seat) for seat in (one, two, three)] == [1, 1, 0]
    assert (await vista.get(f"orders/{usid}")).json() == before


async def test_a_counter_takes_a_seat_that_looked_free(vista: VistaClient, levers: Levers, show: str) -> None:
    seat = free_seats(await vista.plan(show))[0]
    usid = await vista.order()
    position = seat["Position"]
    name = f"{position['AreaNumber']}-{position['RowIndex']}-{position['ColumnIndex']}"
    await levers.act("counter-sale", cinemaId=CINEMA, sessionId=show, seats=[name])
    response = await vista.set_tickets(usid, show, a_ticket(seat))
    assert response.json()["exceptionType"] == "SeatsUnavailable"
    assert (await levers.truth("counter-sale"))[0]["seats"] == [name]


async def test_a_lost_answer_of_set_tickets_leaves_the_seats_held(
    vista: VistaClient, levers: Levers, show: str
) -> None:
    seat = free_seats(await vista.plan(show))[0]
    usid = await vista.order()
    await levers.rule("set-tickets", fault="after", status=502)
    assert (await vista.set_tickets(usid, show, a_ticket(seat))).status_code == 502
    assert status_of(await vista.plan(show), seat) == 1
    order = (await vista.get(f"orders/{usid}")).json()["order"]
    assert order["sessions"][0]["tickets"][0]["seats"][0]["columnIndex"] == seat["Position"]["ColumnIndex"]


async def test_another_session_adds_to_the_order(vista: VistaClient, show: str) -> None:
    """The trap of a second session: the tickets of the first one stay and are charged."""
    rows = await vista.rows(
        "Sessions", filter=f"CinemaId eq '{CINEMA}' and SoldoutStatus eq 0", orderby="Showtime desc"
    )
    other = next(row["SessionId"] for row in rows if row["SessionId"] != show and row["AllowTicketSales"])
    usid = await vista.order()
    await vista.set_tickets(usid, show, a_ticket(free_seats(await vista.plan(show))[0]))
    category = (await vista.plan(other))["SeatLayoutData"]["Areas"][0]["AreaCategoryCode"]
    code = "0022" if category == "0000000001" else "0051"
    seat = free_seats(await vista.plan(other), category)[0]
    order = (await vista.set_tickets(usid, other, a_ticket(seat, code=code))).json()["order"]
    assert {session["id"] for session in order["sessions"]} == {int(show), int(other)}


async def test_half_a_sofa_is_refused_and_a_whole_one_is_sold_either_way(
    vista: VistaClient, show: str
) -> None:
    sofa = free_seats(await vista.plan(show), "0000000003")
    left, right = sofa[0], sofa[1]
    assert left["SeatsInGroup"] == [left["Position"], right["Position"]]
    usid = await vista.order()
    half = await vista.set_tickets(usid, show, a_ticket(left, code="0041"))
    assert (half.status_code, half.json()["exceptionType"]) == (400, "SeatGroupIncomplete")
    seats = await vista.set_tickets(usid, show, a_ticket(left, code="0041"), a_ticket(right, code="0041"))
    assert seats.status_code == 200
    package = await vista.set_tickets(usid, show, a_ticket(left, right, code="0042"))
    assert package.status_code == 200
    assert package.json()["order"]["bookingFeeTotalValueInCents"] == 500
    single = await vista.set_tickets(usid, show, a_ticket(left, code="0042"))
    assert single.json()["exceptionType"] == "SeatCountMismatch"


async def test_a_ticket_type_of_another_area_or_price_is_refused(vista: VistaClient, show: str) -> None:
    seat = free_seats(await vista.plan(show))[0]
    usid = await vista.order()
    for ticket, kind in (
        (a_ticket(seat, code="0031"), "AreaCategoryMismatch"),
        (a_ticket(seat, code="0022", priceInCents=1), "PriceMismatch"),
        (a_ticket(seat, code="9999"), "TicketTypeNotFound"),
        (a_ticket(seat, code="0025"), "TicketTypeNotFound"),
        (a_ticket(seat, seat, code=None), "InvalidSeat"),
        (a_ticket(), "SeatsRequired"),
    ):
        response = await vista.set_tickets(usid, show, ticket)
        assert (response.status_code, response.json()["exceptionType"]) == (400, kind)
    assert (await vista.get(f"orders/{usid}")).json()["order"]["sessions"] == []


async def test_vista_picks_seats_when_it_may(vista: VistaClient, show: str) -> None:
    usid = await vista.order()
    body = {
        "tickets": [
            {"ticketDetails": {"ticketTypeCode": "0042"}},
            {"ticketDetails": {"ticketTypeCode": "0022"}},
        ]
    }
    order = (await vista.post(f"orders/{usid}/sessions/{show}/set-tickets/", body)).json()["order"]
    assert [len(ticket["seats"]) for ticket in order["sessions"][0]["tickets"]] == [2, 1]


async def test_special_places_have_their_own_status_and_a_broken_one_is_not_sold(
    vista: VistaClient, show: str
) -> None:
    kinds = {seat.kind for seat in layout("G", mirrored=False).seats}
    assert {kind.value for kind in kinds} == {0, 3, 4, 7}
    broken = next(seat for seat in seats_of(await vista.plan(show)) if seat["Status"] == 4)
    usid = await vista.order()
    assert (await vista.set_tickets(usid, show, a_ticket(broken))).json()[
        "exceptionType"
    ] == "SeatsUnavailable"


async def test_a_changed_price_counts_from_then_on(vista: VistaClient, levers: Levers, show: str) -> None:
    await levers.act("change-price", ticketTypeCode="0022", priceInCents=6150)
    tickets = (await vista.get(f"cinemas/{CINEMA}/sessions/{show}/tickets")).json()["Tickets"]
    assert (tickets[0]["TicketTypeCode"], tickets[0]["PriceInCents"], tickets[0]["TaxInCents"]) == (
        "0022",
        6150,
        802,
    )


async def test_the_sweep_frees_the_seats_and_the_order_is_gone(
    vista: VistaClient, levers: Levers, show: str
) -> None:
    seat = free_seats(await vista.plan(show))[0]
    usid = await vista.order()
    await vista.set_tickets(usid, show, a_ticket(seat))
    await levers.later(599)
    assert (await vista.get(f"orders/{usid}")).status_code == 200
    await levers.later(2)
    assert (await vista.get(f"orders/{usid}")).status_code == 404
    assert (await vista.set_tickets(usid, show, a_ticket(seat))).status_code == 404
    assert status_of(await vista.plan(show), seat) == 0
    assert [fact["usid"] for fact in await levers.truth("order-expired")] == [usid]


async def test_a_grace_lets_the_order_outlive_its_expiry(vista: VistaClient, levers: Levers) -> None:
    await levers.knobs(expiry_grace_s=60)
    usid = await vista.order()
    await levers.later(630)
    assert (await vista.get(f"orders/{usid}")).status_code == 200
    await levers.later(60)
    assert (await vista.get(f"orders/{usid}")).status_code == 404


@pytest.mark.parametrize(("extension", "alive"), [(600, 200), (0, 404)])
async def test_an_external_payment_extends_the_order_by_what_the_site_set(
    vista: VistaClient, levers: Levers, extension: int, alive: int
) -> None:
    await levers.knobs(external_payment_extension_s=extension)
    usid = await vista.order()
    await levers.later(500)
    answer = await vista.ticketing("startexternalpayment", usid, AutoCompleteOrder=False)
    assert answer["Result"] == 0
    assert "ExpiryDateUtc" not in answer
    await levers.later(150)
    assert (await vista.get(f"orders/{usid}")).status_code == alive


@pytest.mark.parametrize(("allowed", "alive"), [(True, 200), (False, 404)])
async def test_continue_starts_the_life_anew_unless_refused(
    vista: VistaClient, levers: Levers, *, allowed: bool, alive: int
) -> None:
    await levers.knobs(continue_allowed=allowed)
    usid = await vista.order()
    await levers.later(500)
    assert ((await vista.ticketing("continue", usid))["Result"] == 0) is allowed
    await levers.later(150)
    assert (await vista.get(f"orders/{usid}")).status_code == alive


async def test_cancel_frees_the_seats_and_cancelling_nothing_succeeds(
    vista: VistaClient, levers: Levers, show: str
) -> None:
    seat = free_seats(await vista.plan(show))[0]
    usid = await vista.order()
    await vista.set_tickets(usid, show, a_ticket(seat))
    assert (await vista.ticketing("cancel", usid))["OrderNotFound"] is False
    assert status_of(await vista.plan(show), seat) == 0
    again = await vista.ticketing("cancel", usid)
    assert (again["Result"], again["OrderNotFound"]) == (0, True)
    assert len(await levers.truth("order-cancelled")) == 1


async def test_a_show_that_is_called_off_leaves_feed_and_plan(
    vista: VistaClient, levers: Levers, show: str
) -> None:
    await levers.act("cancel-session", cinemaId=CINEMA, sessionId=show)
    assert (await vista.plan(show))["ResponseCode"] == 50
    assert await vista.rows("Sessions", filter=f"ID eq '{CINEMA}-{show}'") == []
