"""One purchase as a guest lives it: browse, sign in, take two seats, pay, hold a ticket."""

import base64
import io
from decimal import Decimal

import pytest
from PIL import Image
from tests.e2e import samples
from tests.e2e.checker import at_rest
from tests.e2e.guest import CHALLENGED, DECLINED, Box, Guest, Json
from tests.e2e.samples import lacks
from tests.e2e.town import WORKER, Town, eventually
from tests.scanner import scanner_check
from tests.tax_qr import read_zatca_qr

from muvi.adapters.tickets.qr import QrPictures
from muvi.adapters.tickets.signer import Ed25519TicketSigner
from muvi.domain.shared.ids import from_wire, to_wire
from muvi.domain.tickets.token import verify_token

AHEAD = ("orders*", "order/*", "set-tickets", "booking*")
DATA_URI = "data:image/png;base64,"
SECOND_S = 5
"""A notice arrives in milliseconds; a copy that only its age brings up to date would need ten seconds."""


def same(answer: object, sample: object) -> None:
    assert not list(lacks(answer, sample))


async def browsed(guest: Guest) -> Json:
    """From the first screen to the showtime, as a client finds its way."""
    cities = await guest.get("/api/v1/cities")
    same(cities, samples.CITIES)
    city = next(one for one in cities if one["name"]["en"] == "Jeddah")
    near = await guest.get(f"/api/v1/cities/cordinates?lat={city['lat']}&long={city['lng']}")
    same(near, samples.CITY_BY_COORDINATES)
    assert near["id"] == city["id"]
    same(await guest.get("/api/v1/settings"), samples.SETTINGS)
    same(await guest.get("/api/v1/banners"), samples.BANNERS)
    same(await guest.get("/api/v1/experiences"), samples.EXPERIENCES)
    films = await guest.get(f"/api/v1/films?cityId={city['id']}")
    same(films, samples.FILMS)
    film = films["data"][0]
    same(await guest.get(f"/api/v1/films/unique-name/{film['uniqueName']}"), samples.FILM)
    cinemas = await guest.get(f"/api/v1/cinemas?cityId={city['id']}")
    same(await guest.get(f"/api/v1/cinemas/unique-name/{cinemas['data'][0]['uniqueName']}"), samples.CINEMA)
    listed = await guest.get(f"/api/v1/showtimes?cityId={city['id']}&filmId={film['id']}&limit=100")
    assert listed["data"]
    return listed


@pytest.mark.parametrize("language", ["en", "ar"])
async def test_a_guest_finds_a_film_and_sees_the_hall(box: Box, language: str) -> None:
    guest = box.stranger(language)
    showtime = (await browsed(guest))["data"][-1]
    hall = await guest.get(f"/api/v1/showtimes/{showtime['id']}/seats")
    same(hall, samples.SEATS)
    assert {"id", "row", "number", "label", "status", "type", "areaId", "price", "x", "y"} <= set(
        hall["seats"][0]
    )
    assert all(area["ticketTypes"][0]["price"] == area["price"] for area in hall["areas"])
    same(await guest.get("/api/v1/cancellation-reasons"), samples.REASONS)


@pytest.mark.parametrize("language", ["en", "ar"])
async def test_a_guest_takes_two_seats_pays_and_holds_a_ticket(box: Box, town: Town, language: str) -> None:
    hall, guest = await box.hall(), await box.guest(language, email=f"story-{language}@example.com")
    placed = await guest.post("/api/v1/orders", {"sessionId": hall.id})
    same(placed, samples.ORDER)
    assert (placed["status"], placed["totalAmount"]) == ("PENDING", 0)
    chosen = (await guest.choose(placed["id"], hall.id, hall.free[:2])).json()
    tickets = sum(Decimal(str(seat["price"])) for seat in hall.free[:2])
    fee = sum(Decimal(str(line["total"])) for line in chosen["lines"] if line["kind"] == "booking-fee")
    assert Decimal(str(chosen["totalAmount"])) == tickets + fee
    assert sum(Decimal(str(line["vat"])) for line in chosen["lines"]) == Decimal(str(chosen["vatAmount"]))

    back = f"{town.api_url}/booking?step=paid"
    opened = (await guest.open_payment(placed["id"], successWebUrl=back, failedWebUrl=back)).json()
    assert (opened["orderId"], opened["tickets"]) == (placed["id"], [])
    page = await guest.http.get(opened["nextAction"]["url"])
    assert f'lang="{language}"' in page.text
    assert opened["nextAction"]["scriptUrl"] in page.text.replace("&amp;", "&")
    visit = await guest.http.get(await guest.submit(opened["nextAction"]))
    assert (visit.status_code, visit.headers["location"]) == (303, f"{back}&orderId={placed['id']}")

    order = await guest.until(placed["id"], "CONFIRMED")
    same(order, samples.ORDER | {"tickets": samples.PAID["tickets"]})
    assert [seat["id"] for seat in order["seats"]] == [seat["id"] for seat in hall.free[:2]]
    await the_ticket_is_good(town, guest, order)
    (letter,) = await eventually(lambda: town.sandbox.inbox("email", guest.email), town)
    assert order["ticketImageUrl"] in letter["body"]
    assert [one["code"] for one in order["timeline"]][-1] == "order-confirmed"
    assert (await guest.order(placed["id"]))["tickets"] == order["tickets"]
    await at_rest(town, box.guests)


async def the_ticket_is_good(town: Town, guest: Guest, order: Json) -> None:
    """The picture, the tax code, and what a scanner reads without a network."""
    picture = await guest.http.get(order["ticketImageUrl"])
    assert picture.headers["content-type"] == "image/png"
    assert Image.open(io.BytesIO(picture.content)).width == 1080
    in_french = await guest.http.get(order["ticketImageUrl"], params={"lang": "fr"})
    assert (in_french.status_code, in_french.headers["content-type"]) == (200, "image/png")
    invoice = read_zatca_qr(order["zatcaQr"])
    assert (invoice.seller_name, invoice.vat_number) == ("Muvi Cinemas", "399999999900003")
    amounts = (Decimal(str(order["totalAmount"])), Decimal(str(order["vatAmount"])))
    assert (invoice.total, invoice.vat) == amounts
    signer = Ed25519TicketSigner.from_setting(town.secret("TICKET_SIGNING_KEY"))
    scanner = scanner_check(signer.public_keys())
    kept = await town.rows("SELECT code, token FROM tickets WHERE order_id = $1", from_wire(order["id"]))
    tokens = {row["code"]: row["token"] for row in kept}
    for ticket in order["tickets"]:
        token = tokens[ticket["code"].replace("-", "")]
        admission = verify_token(token, scanner, showtime_id=from_wire(order["sessionId"]))
        assert (to_wire(admission.order_id), admission.seat) == (order["id"], ticket["seat"])
        assert ticket["qrCode"] == QrPictures().data_uri(token)
        assert Image.open(io.BytesIO(base64.b64decode(ticket["qrCode"].removeprefix(DATA_URI)))).width > 100


async def test_claims_and_sales_show_on_every_process(box: Box, town: Town) -> None:
    hall, guest = await box.hall(), await box.guest()
    seats = {seat["id"] for seat in hall.free[:2]}

    async def shown(url: str, status: str) -> bool:
        plan = (await box.again(hall.showtime, url)).plan
        return {seat["id"] for seat in plan["seats"] if seat["status"] == status} >= seats

    for url in (town.api_url, town.second_url):
        assert await shown(url, "AVAILABLE")
    order_id = await guest.hold(hall.id, hall.free[:2])
    for url in (town.api_url, town.second_url):
        await eventually(lambda url=url: shown(url, "HELD"), town, SECOND_S)
    await guest.pay(order_id)
    await guest.until(order_id, "CONFIRMED")
    for url in (town.api_url, town.second_url):
        await eventually(lambda url=url: shown(url, "TAKEN"), town, SECOND_S)


async def test_looking_at_an_order_asks_nobody(box: Box, town: Town) -> None:
    hall, guest = await box.hall(), await box.guest()
    order_id = await guest.hold(hall.id, hall.free[:2])
    await guest.pay(order_id)
    await guest.until(order_id, "CONFIRMED")
    paying = await guest.hold(hall.id, hall.free[2:4])
    await guest.open_payment(paying)
    with town.frozen(WORKER):  # it asks by itself, about other buyers' orders as well
        await town.sandbox.rule("hyperpay", "*", times=1000)
        for call in AHEAD:
            await town.sandbox.rule("vista", call, times=1000)
        for _ in range(10):
            await guest.order(order_id)
            await guest.order(paying)
            await guest.get("/api/v1/orders")
        assert [rule["hits"] for rule in await town.sandbox.rules()] == [0] * (1 + len(AHEAD))


async def test_another_choice_replaces_the_first(box: Box, town: Town) -> None:
    hall, guest, other = await box.hall(), await box.guest(), await box.guest()
    order_id = await guest.hold(hall.id, hall.free[:2])
    answer = await guest.choose(order_id, hall.id, hall.free[1:4])
    assert {seat["id"] for seat in answer.json()["seats"]} == {seat["id"] for seat in hall.free[1:4]}
    await other.hold(hall.id, hall.free[:1])

    refused = await guest.choose(order_id, hall.id, hall.free[:2])
    assert (refused.status_code, refused.json()["code"]) == (409, "seats-unavailable")
    assert refused.json()["seats"] == [{"id": hall.free[0]["id"], "label": hall.free[0]["label"]}]
    kept = await guest.order(order_id)
    assert {seat["id"] for seat in kept["seats"]} == {seat["id"] for seat in hall.free[1:4]}
    last = (await town.sandbox.truth("vista", "tickets-set"))[-2]
    assert set(last["seats"]) == {seat["id"] for seat in hall.free[1:4]}
    await guest.pay(order_id)
    await guest.until(order_id, "CONFIRMED")
    await at_rest(town, box.guests)


async def test_a_seat_sold_at_the_counter_is_named_and_the_former_choice_stands(box: Box, town: Town) -> None:
    hall, guest = await box.hall(), await box.guest()
    order_id = await guest.hold(hall.id, hall.free[:1])
    (ref,) = await town.rows(
        "SELECT s.box_office_number AS number, c.box_office_id AS cinema FROM showtimes s"
        " JOIN cinemas c ON c.id = s.cinema_id WHERE s.id = $1",
        from_wire(hall.id),
    )
    seat = hall.free[1]
    await town.sandbox.act(
        "vista", "counter-sale", cinemaId=ref["cinema"], sessionId=ref["number"], seats=[seat["id"]]
    )
    refused = await guest.choose(order_id, hall.id, [seat, hall.free[2]])
    assert refused.status_code == 409
    assert refused.json()["seats"] == [{"id": seat["id"], "label": seat["label"]}]
    assert [one["id"] for one in (await guest.order(order_id))["seats"]] == [hall.free[0]["id"]]


async def test_a_cancelled_order_frees_its_seats_in_both_systems(box: Box, town: Town) -> None:
    hall, guest, other = await box.hall(), await box.guest(), await box.guest()
    order_id = await guest.hold(hall.id, hall.free[:2])
    can = await guest.get(f"/api/v1/orders/{order_id}/check-cancel")
    same(can, samples.CHECK_CANCEL)
    assert can["canCancel"] is True
    reason = (await guest.get("/api/v1/cancellation-reasons"))[0]["id"]
    cancelled = await guest.post(f"/api/v1/orders/{order_id}/cancel", {"cancellationReasonId": reason})
    assert cancelled["status"] == "CANCELLED"
    again = await guest.post(f"/api/v1/orders/{order_id}/cancel", {"reasonId": reason})
    assert again["status"] == "CANCELLED"
    await other.buy(hall.id, hall.free[:2])
    await at_rest(town, box.guests)


async def test_a_guest_turns_the_pages_of_their_orders(box: Box) -> None:
    hall, guest = await box.hall(), await box.guest()
    older, newer = [await guest.place(hall.id) for _ in range(2)]
    for page, order_id in (("1", newer), ("2", older)):
        listed = await guest.get(f"/api/v1/orders?limit=1&page={page}")
        assert [one["id"] for one in listed["data"]] == [order_id]
        assert (listed["count"], listed["total"], listed["pageCount"]) == (1, 2, 2)
    assert (await guest.call("GET", "/api/v1/orders?page=0")).json()["code"] == "invalid-parameter"


async def test_a_confirmed_order_cannot_be_cancelled(box: Box) -> None:
    hall, guest = await box.hall(), await box.guest()
    order = await guest.buy(hall.id, hall.free[:1])
    assert (await guest.get(f"/api/v1/orders/{order['id']}/check-cancel"))["canCancel"] is False
    refused = await guest.call("POST", f"/api/v1/orders/{order['id']}/cancel", {})
    assert (refused.status_code, refused.json()["code"]) == (409, "cancellation-not-allowed")


async def test_paying_again_meets_the_same_form(box: Box) -> None:
    hall, guest = await box.hall(), await box.guest()
    order_id = await guest.hold(hall.id, hall.free[:1])
    first = (await guest.open_payment(order_id)).json()
    path = f"/api/v1/guest-users/orders/{order_id}/pay"
    second = await guest.post(path, {"paymentStrategy": "CARD", "gateway": "hyperpay"})
    assert second == first
    assert (await guest.get(f"/api/v1/guest-users/orders/{order_id}"))["status"] == "PENDING"


@pytest.mark.parametrize("answer", ["Y", "N"])
async def test_a_challenge_decides(box: Box, town: Town, answer: str) -> None:
    hall, guest = await box.hall(), await box.guest()
    order_id = await guest.hold(hall.id, hall.free[:1])
    action = (await guest.open_payment(order_id)).json()["nextAction"]
    bank = await guest.submit(action, CHALLENGED)
    passed = await guest.http.get(f"{town.sandbox.url}{bank}", params={"result": answer})
    assert (await guest.http.get(passed.headers["location"])).status_code == 303
    if answer == "N":
        await eventually(
            lambda: town.rows(
                "SELECT 1 FROM payment_attempts WHERE checkout_id = $1 AND status = 'FAILED'",
                action["checkoutId"],
            ),
            town,
        )
        await guest.pay(order_id)
    await guest.until(order_id, "CONFIRMED")
    await at_rest(town, box.guests)


async def test_a_declined_card_and_then_a_good_one(box: Box, town: Town) -> None:
    hall, guest = await box.hall(), await box.guest()
    order_id = await guest.hold(hall.id, hall.free[:1])
    action = await guest.pay(order_id, DECLINED)
    await guest.http.get(await guest.submit(action))
    await guest.until(order_id, "CONFIRMED")
    await at_rest(town, box.guests)


async def test_customers_sign_in_and_see_their_orders(box: Box, town: Town) -> None:
    customer = box.stranger("ar")
    sent = await customer.post("/api/v1/auth/send-otp", {"phoneNumber": customer.phone})
    same(sent, samples.SEND_OTP)
    (text, *_) = await town.sandbox.inbox("sms", customer.phone)
    body = {"phoneNumber": customer.phone, "otp": text["code"]}
    signed_in = await customer.post("/api/v1/auth/verify-otp", body)
    same(signed_in, samples.VERIFY_OTP)
    customer.token = signed_in["token"]
    same(await customer.get("/api/v1/auth/me"), samples.ME)
    hall = await box.hall()
    order = await customer.buy(hall.id, hall.free[:1])
    listed = await customer.get("/api/v1/orders?limit=5")
    assert [one["id"] for one in listed["data"]] == [order["id"]]
    assert {name: listed[name] for name in ("count", "total", "page", "pageCount")} == {
        "count": 1,
        "total": 1,
        "page": 1,
        "pageCount": 1,
    }
