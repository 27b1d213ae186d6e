"""What clients do wrong: each has its status and its code, is documented, and leaves no trace."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from dataclasses import dataclass
from typing import Any
from weakref import WeakKeyDictionary

import httpx
import pytest
from tests.e2e.guest import Box, Guest, Hall, Json
from tests.e2e.town import WORKER, Town, eventually

from muvi.domain.shared.ids import from_wire

NOBODYS = "01ARZ3NDEKTSV4RRFFQ69G5FAV"  # the example of the ULID specification
KEPT = (
    "orders",
    "order_lines",
    "box_office_orders",
    "order_timeline",
    "checkouts",
    "seat_claims",
    "seat_claim_events",
    "seat_versions",
    "payment_attempts",
    "gateway_transactions",
    "refunds",
    "webhook_events",
    "tickets",
    "ledger_journals",
    "ledger_entries",
    "outbox",
    "inbox",
    "notifications",
    "idempotency_keys",
    "users",
    "auth_sessions",
)


@dataclass
class Desk:
    """A guest with an order, and a hall that has everything one can get wrong."""

    town: Town
    box: Box
    guest: Guest
    hall: Hall
    order_id: str
    documented: Json

    async def refuse(
        self,
        status: int,
        code: str,
        method: str,
        path: str,
        body: object = None,
        guest: Guest | None = None,
    ) -> Json:
        """Send it and hold the refusal against the rules for all of them."""
        async with self.town.still(WORKER):  # it works on what other tests began
            before = await self.trace()
            answer = await (guest or self.guest).call(method, path, body)
            told: Json = is_problem(answer, status, code)
            assert await self.trace() == before
        self.must_be_documented(method, path, status)
        return told

    async def trace(self) -> dict[str, list[dict[str, Any]]]:
        """Every row of ours."""
        return await self.town.tables(*KEPT)

    def must_be_documented(self, method: str, path: str, status: int) -> None:
        """The contract names this status for this operation, as a problem document."""
        operations = [
            operations[method.lower()]
            for template, operations in self.documented["paths"].items()
            if method.lower() in operations and _fits(template, path)
        ]
        assert operations, path
        assert str(status) in operations[0]["responses"], f"{method} {path} does not document {status}"
        assert "application/problem+json" in operations[0]["responses"][str(status)]["content"]

    def seats(self, order_id: str = "") -> str:
        return f"/api/v1/orders/{order_id or self.order_id}/seats"

    def pay(self, order_id: str = "") -> str:
        return f"/api/v1/orders/{order_id or self.order_id}/pay"

    def choice(self, *seats: Json, **more: object) -> Json:
        tickets = [{"seatId": seat["id"], "ticketTypeId": seat["ticketTypeId"]} for seat in seats]
        return {"sessionId": self.hall.id, "tickets": tickets, **more}


def is_problem(answer: httpx.Response, status: int, code: str) -> Json:
    assert (answer.status_code, answer.json().get("code")) == (status, code), answer.text
    assert answer.headers["content-type"].startswith("application/problem+json")
    told: Json = answer.json()
    assert (told["status"], told["type"]) == (status, f"/problems/{code}")
    assert told["title"]
    assert told["requestId"]
    return told


def _fits(template: str, path: str) -> bool:
    names, parts = template.strip("/").split("/"), path.strip("/").split("/")
    return len(names) == len(parts) and all(
        name == part or name.startswith("{") for name, part in zip(names, parts, strict=True)
    )


@pytest.fixture
async def desk(town: Town, box: Box) -> AsyncGenerator[Desk]:
    guest = await box.guest()
    hall = await sofas(box)
    order_id = await guest.hold(hall.id, hall.free[:2])
    documented = (await guest.http.get("/swagger/openapi.json")).json()
    yield Desk(town, box, guest, hall, order_id, documented)
    await guest.call("POST", f"/api/v1/orders/{order_id}/cancel", {})


async def sofas(box: Box) -> Hall:
    """A hall that has sofas beside its plain seats; found once, and given back by each test."""
    if box.town in _with_sofas:
        return await box.again(_with_sofas[box.town])
    for _ in range(60):
        hall = await box.hall()
        if any("groupId" in seat and seat["status"] == "AVAILABLE" for seat in hall.plan["seats"]):
            _with_sofas[box.town] = hall.showtime
            return hall
    raise AssertionError("no hall has sofas")


_with_sofas: WeakKeyDictionary[Town, Json] = WeakKeyDictionary()


@pytest.mark.parametrize(
    ("method", "path", "code"),
    [
        ("GET", "/api/v1/orders/{}", "order-not-found"),
        ("GET", "/api/v1/guest-users/orders/{}", "order-not-found"),
        ("GET", "/api/v1/orders/{}/check-cancel", "order-not-found"),
        ("POST", "/api/v1/orders/{}/cancel", "order-not-found"),
        ("POST", "/api/v1/orders/{}/pay", "order-not-found"),
        ("POST", "/api/v1/guest-users/orders/{}/pay", "order-not-found"),
        ("GET", "/api/v1/showtimes/{}", "showtime-not-found"),
        ("GET", "/api/v1/showtimes/{}/seats", "showtime-not-found"),
        ("GET", "/api/v1/films/{}", "film-not-found"),
        ("GET", "/api/v1/films/unique-name/{}", "film-not-found"),
        ("GET", "/api/v1/cinemas/{}", "cinema-not-found"),
        ("GET", "/api/v1/cinemas/unique-name/{}", "cinema-not-found"),
    ],
)
async def test_an_unknown_id_in_the_path(desk: Desk, method: str, path: str, code: str) -> None:
    for id_ in (NOBODYS, "7", "x" * 300):
        await desk.refuse(404, code, method, path.format(id_), {} if method == "POST" else None)


async def test_an_unknown_showtime_in_a_body(desk: Desk) -> None:
    await desk.refuse(422, "unknown-showtime", "POST", "/api/v1/orders", {"sessionId": NOBODYS})
    other = desk.choice(desk.hall.free[0], sessionId=NOBODYS)
    await desk.refuse(422, "other-showtime", "POST", desk.seats(), other)
    for id_ in ("7", 7, ""):
        await desk.refuse(422, "unknown-reference", "POST", "/api/v1/orders", {"sessionId": id_})
        choice = desk.choice(desk.hall.free[0], sessionId=id_)
        await desk.refuse(422, "unknown-reference", "POST", desk.seats(), choice)


async def test_unknown_names_in_a_body(desk: Desk) -> None:
    seat = desk.hall.free[3]
    ticket = desk.choice({**seat, "ticketTypeId": "9999"})
    await desk.refuse(422, "ticket-type-not-found", "POST", desk.seats(), ticket)
    await desk.refuse(422, "unknown-gateway", "POST", desk.pay(), {"gateway": "cash"})
    for way in (
        {"paymentMethod": "WALLET"},
        {"cardId": "c1"},
        {"eWalletAmount": 10},
        {"isApplePayment": True},
    ):
        await desk.refuse(422, "payment-method-not-offered", "POST", desk.pay(), way)


@pytest.mark.parametrize("change", ["starts_at = now() - interval '1 minute'", "on_sale = false"])
async def test_an_ended_or_unsold_showtime(desk: Desk, change: str) -> None:
    hall = await desk.box.hall()
    id_ = from_wire(hall.id)
    (row,) = await desk.town.rows("SELECT starts_at, on_sale FROM showtimes WHERE id = $1", id_)
    order_id = await desk.guest.place(hall.id)
    await desk.town.rows(f"UPDATE showtimes SET {change} WHERE id = $1", id_)  # noqa: S608

    async def known() -> bool:
        answer = await desk.guest.call("POST", "/api/v1/orders", {"sessionId": hall.id})
        return answer.status_code == 409

    try:
        await eventually(known, desk.town)  # a showtime is read once in two seconds
        await desk.refuse(409, "showtime-closed", "POST", "/api/v1/orders", {"sessionId": hall.id})
        choice = desk.choice(hall.free[0], sessionId=hall.id)
        await desk.refuse(409, "showtime-closed", "POST", desk.seats(order_id), choice)
    finally:
        back = "UPDATE showtimes SET starts_at = $2, on_sale = $3 WHERE id = $1"
        await desk.town.rows(back, id_, row["starts_at"], row["on_sale"])


async def test_a_choice_that_the_hall_does_not_allow(desk: Desk) -> None:
    seats, path = desk.hall.free, desk.seats()
    eleven = desk.choice(*seats[:11])
    assert (await desk.refuse(422, "too-many-seats", "POST", path, eleven))["maxSeats"] == 10
    elsewhere = desk.choice(seats[1], {**seats[0], "id": "9-99-99"})
    assert (await desk.refuse(422, "seat-not-found", "POST", path, elsewhere))["seats"] == ["9-99-99"]
    await desk.refuse(422, "seat-chosen-twice", "POST", path, desk.choice(seats[3], seats[3]))
    await desk.refuse(422, "seats-missing", "POST", path, desk.choice())
    types = (area["ticketTypes"][0]["id"] for area in desk.hall.plan["areas"])
    other = next(one for one in types if one != seats[0]["ticketTypeId"])
    mixed = desk.choice({**seats[0], "ticketTypeId": other})
    await desk.refuse(422, "ticket-type-not-allowed", "POST", path, mixed)


async def test_half_a_sofa(desk: Desk) -> None:
    plan = desk.hall.plan
    seat = next(one for one in plan["seats"] if "groupId" in one and one["status"] == "AVAILABLE")
    area = next(one for one in plan["areas"] if one["id"] == seat["areaId"])
    half = desk.choice({**seat, "ticketTypeId": area["ticketTypes"][0]["id"]})
    told = await desk.refuse(422, "seat-group-incomplete", "POST", desk.seats(), half)
    rest = [one["id"] for one in plan["seats"] if one.get("groupId") == seat["groupId"]]
    assert {seat["id"], *(one["id"] for one in told["missingSeats"])} == set(rest)


async def test_anothers_order(desk: Desk) -> None:
    other = await desk.box.guest()
    for method, path, body in (
        ("GET", f"/api/v1/orders/{desk.order_id}", None),
        ("GET", f"/api/v1/orders/{desk.order_id}/check-cancel", None),
        ("POST", desk.seats(), desk.choice(desk.hall.free[5])),
        ("POST", desk.pay(), {}),
        ("POST", f"/api/v1/orders/{desk.order_id}/cancel", {}),
    ):
        await desk.refuse(404, "order-not-found", method, path, body, guest=other)


async def test_nobodys_and_a_forged_token(desk: Desk) -> None:
    nobody, forger = desk.box.stranger(), desk.box.stranger()
    forger.token = desk.guest.token[:-4] + "AAAA"
    for stranger in (nobody, forger):
        place = {"sessionId": desk.hall.id}
        await desk.refuse(401, "unauthenticated", "POST", "/api/v1/orders", place, guest=stranger)
        order = f"/api/v1/orders/{desk.order_id}"
        await desk.refuse(401, "unauthenticated", "GET", order, guest=stranger)


async def test_changes_on_an_expired_order(desk: Desk) -> None:
    hall = await desk.box.hall()
    order_id = await desk.guest.hold(hall.id, hall.free[:1])
    id_ = from_wire(order_id)
    await desk.town.rows("UPDATE orders SET expires_at = now() WHERE id = $1", id_)
    await desk.town.rows("UPDATE checkouts SET next_at = now() WHERE order_id = $1", id_)
    await desk.guest.until(order_id, "EXPIRED")
    choice = desk.choice(hall.free[0], sessionId=hall.id)
    await desk.refuse(410, "order-expired", "POST", desk.seats(order_id), choice)
    await desk.refuse(410, "order-expired", "POST", desk.pay(order_id), {})
    await desk.refuse(410, "order-expired", "POST", f"/api/v1/orders/{order_id}/cancel", {})
    assert (await desk.guest.order(order_id))["status"] == "EXPIRED"


async def test_paying_for_nothing(desk: Desk) -> None:
    order_id = await desk.guest.place(desk.hall.id)
    await desk.refuse(409, "seats-required", "POST", desk.pay(order_id), {})


async def test_other_seats_while_a_payment_is_open(desk: Desk) -> None:
    assert (await desk.guest.open_payment(desk.order_id)).is_success
    choice = desk.choice(desk.hall.free[4])
    await desk.refuse(409, "payment-in-progress", "POST", desk.seats(), choice)


MALFORMED = (
    b"",
    b"{",
    b'{"sessionId": ',
    b"[]",
    b'"text"',
    b"{}",
    b"\xff\xfe",
    b"[" * 50_000,
    b'{"sessionId": 1, "tickets": [], "more": ' + b"[" * 50_000,
)


@pytest.mark.parametrize("path", ["/api/v1/orders", "/api/v1/orders/{}/seats"])
async def test_malformed_json(desk: Desk, path: str) -> None:
    headers = {"authorization": f"Bearer {desk.guest.token}", "content-type": "application/json"}
    async with desk.town.still(WORKER):
        before = await desk.trace()
        for body in MALFORMED:
            answer = await desk.guest.http.post(path.format(desk.order_id), content=body, headers=headers)
            assert is_problem(answer, 400, "malformed-request")["errors"]
        assert await desk.trace() == before
    desk.must_be_documented("POST", path.format(desk.order_id), 400)


@pytest.mark.parametrize("path", ["/api/v1/orders", "/api/v1/orders/{}/seats", "/api/v1/orders/{}/pay"])
async def test_a_body_that_is_needed_and_missing(desk: Desk, path: str) -> None:
    told = await desk.refuse(400, "malformed-request", "POST", path.format(desk.order_id))
    assert told["errors"] == [{"message": "a body is required", "source": "body"}]


@pytest.mark.parametrize("media_type", ["application/json", ""])
async def test_a_body_that_says_nothing_may_be_left_out(desk: Desk, media_type: str) -> None:
    headers = {"authorization": f"Bearer {desk.guest.token}"}
    headers |= {"content-type": media_type} if media_type else {}
    answer = await desk.guest.http.post(f"/api/v1/orders/{desk.order_id}/cancel", headers=headers)
    assert (answer.status_code, answer.json()["status"]) == (200, "CANCELLED"), answer.text
    operation = desk.documented["paths"]["/api/v1/orders/{order_id}/cancel"]["post"]
    assert operation["requestBody"]["required"] is False


async def test_a_wrong_code_counts_down_and_locks(desk: Desk) -> None:
    stranger = desk.box.stranger()
    path, body = "/api/v1/guest-users/verify", {"phoneNumber": stranger.phone, "otp": "000000"}
    await stranger.post("/api/v1/guest-users/phone-number", {"phoneNumber": stranger.phone})
    (text, *_) = await desk.town.sandbox.inbox("sms", stranger.phone)
    body["otp"] = "999999" if text["code"] == "000000" else "000000"
    for left in (4, 3, 2, 1, 0):
        told = await desk.refuse(401, "wrong-otp", "POST", path, body, guest=stranger)
        assert told["attemptsLeft"] == left
    right = {**body, "otp": text["code"]}
    told = await desk.refuse(429, "otp-locked", "POST", path, right, guest=stranger)
    assert (told["scope"], told["attemptsLeft"], told["retryAfterS"] > 0) == ("number", 0, True)


async def test_a_number_that_gets_no_text(desk: Desk) -> None:
    stranger, path = desk.box.stranger(), "/api/v1/guest-users/phone-number"
    for number in ("", "abc", "+1", "0114567890"):
        body = {"phoneNumber": number}
        await desk.refuse(422, "invalid-phone-number", "POST", path, body, guest=stranger)


STRANGE = (
    "https://evil.example/",
    "//evil.example",
    "javascript:alert(1)",
    "{}@evil.example/",
    "{}.evil.example",
)


@pytest.mark.parametrize("field", ["successWebUrl", "failedWebUrl"])
async def test_a_return_address_outside_of_ours(desk: Desk, field: str) -> None:
    for address in STRANGE:
        body = {field: address.format(desk.town.api_url)}
        told = await desk.refuse(422, "return-address-not-allowed", "POST", desk.pay(), body)
        assert told["field"] == field


async def test_a_forged_and_a_malformed_webhook(desk: Desk) -> None:
    path = "/api/v1/cms/transactions/hyperpay-webhooks"
    action = (await desk.guest.open_payment(desk.order_id)).json()["nextAction"]
    seen = await desk.town.sandbox.truth("hyperpay")
    await desk.town.sandbox.knobs("hyperpay", webhook_retry_s=[])

    async def answered() -> bool:
        """Both; the gateway may still tell of another test's payment."""
        fresh = await desk.town.sandbox.truth("hyperpay", "webhook", after=seen[-1]["seq"])
        return {400, 401} <= {one["status"] for one in fresh}

    async with desk.town.still(WORKER):
        before = await desk.trace()
        await desk.town.sandbox.act("hyperpay", "webhook-forged", checkout_id=action["checkoutId"])
        await desk.town.sandbox.act("hyperpay", "webhook-malformed")
        await eventually(answered, desk.town)
        assert await desk.trace() == before
    for status in (400, 401):
        desk.must_be_documented("POST", path, status)


async def test_a_platform_that_does_not_exist(desk: Desk) -> None:
    for platform in ("toaster", "ANDROID;"):
        headers = {"x-device-platform": platform}
        answer = await desk.guest.call("GET", f"/api/v1/showtimes/{desk.hall.id}/seats", **headers)
        is_problem(answer, 400, "unknown-platform")
