"""Whatever is sent to whichever route: a documented problem, never a 5xx, no trace in the tables."""

import re
from collections.abc import AsyncGenerator
from pathlib import Path
from typing import Any

import httpx
import pytest
from tests.e2e.edge import Edge, an_edge

UNKNOWN_ID = "01J00000000000000000000000"
BROWSER_ROUTES = ("/api/v1/transactions", "/pay")
"""A person stands in the browser there: they are sent on or shown a page."""

FIELDS = (
    "phoneNumber",
    "code",
    "otp",
    "sessionId",
    "paymentMethod",
    "paymentStrategy",
    "gateway",
    "successWebUrl",
    "failedWebUrl",
    "reasonId",
    "cancellationReasonId",
    "refreshToken",
)
VALUES = {
    "nul": r'"\u0000"',
    "lone surrogate": r'"\ud800"',
    "small number": "5",
    "huge number": "1" + "0" * 400,
    "float": "1.5e308",
    "infinite": "1e999",
    "list": "[]",
    "object": "{}",
    "true": "true",
    "null": "null",
    "long": '"' + "9" * 100_000 + '"',
    "right to left": r'"\u202e"',
    "empty": '""',
    "unknown id": f'"{UNKNOWN_ID}"',
    "id out of range": '"8ZZZZZZZZZZZZZZZZZZZZZZZZZ"',
    "statement": '"\'; DROP TABLE orders; --"',
}


def filled(value: str, tickets: str) -> bytes:
    members = [f'"{name}":{value}' for name in FIELDS]
    return ("{" + ",".join([*members, f'"tickets":{tickets}']) + "}").encode()


def chosen(value: str) -> bytes:
    """As far right as it can be, with the value where seats and tickets are."""
    ticket = f'{{"seatId":{value},"seatIds":[{value}],"ticketTypeId":{value}}}'
    return f'{{"sessionId":"{UNKNOWN_ID}","paymentMethod":"CARD","tickets":[{ticket}]}}'.encode()


BODIES = {
    "cut off": b'{"a":',
    "nothing": b"",
    "an array": b"[]",
    "a text": b'"x"',
    "a number": b"1",
    "null": b"null",
    "NaN": b'{"phoneNumber": NaN}',
    "1,000 arrays deep": b"[" * 1000 + b"]" * 1000,
    "1,000 objects deep": b'{"a":' * 1000 + b"1" + b"}" * 1000,
    "100,000 arrays open": b"[" * 100_000,
    "broken UTF-8": b'{"phoneNumber":"\xff\xfe"}',
    "raw NUL": b'{"phoneNumber":"\x00"}',
    "the same member twice": b'{"sessionId":"a","sessionId":"b","phoneNumber":"1","phoneNumber":1}',
    **{f"{name} everywhere": filled(value, f"[{value}]") for name, value in VALUES.items()},
    **{f"{name} as tickets": filled(f'"{UNKNOWN_ID}"', value) for name, value in VALUES.items()},
    **{f"{name} as seat": chosen(value) for name, value in VALUES.items()},
}
PATHS = (
    "x",
    "%00",
    "%ff",
    "a" * 5000,
    "..%2f..%2fetc%2fpasswd",
    "%F0%9F%98%80",
    "%ED%A0%80",
    "-1",
    "9" * 60,
    "null",
    "8ZZZZZZZZZZZZZZZZZZZZZZZZZ",
    "%27%20OR%201=1",
)
QUERIES = (
    *(f"page={value}" for value in ("0", "-1", "abc", "9" * 30, "1.5", "%00", "")),
    *(f"limit={value}" for value in ("0", "101", "1e3", "-5")),
    *(f"{name}={value}" for name in ("cityId", "cinemaId", "filmId") for value in ("x", "%00", "9" * 60)),
    "cinemaIds=1,x&experienceIds=%00&experienceIds[]=99999999999999999999",
    *(f"date={value}" for value in ("2026-13-45", "99999-01-01", "0001-01-01", "9999-12-31", "%00")),
    *(f"lat={value}&long={value}" for value in ("nan", "inf", "1e999", "91", "a", "", "%00")),
    "type=%F0&=&&==%%",
    "q=" + "x" * 50_000,
)
HEADERS = (
    ("accept-language", b"x" * 10_000),
    ("accept-language", b"\xff\xfe;;;q=zz,,"),
    ("x-device-platform", b"toaster"),
    ("x-device-platform", b"\xff"),
    ("authorization", b"Bearer " + b"x" * 9000),
    ("authorization", b"Bearer a.b.c"),
    ("authorization", b"\xff"),
    ("if-none-match", b"\xff"),
    ("cookie", b"a=" + b"b" * 9000),
    ("host", b"evil host"),
    ("content-length", b"-5"),
    ("content-length", b"9" * 30),
    ("range", b"bytes=0-"),
    ("accept", b"text/html;q=zz"),
    ("idempotency-key", b"\xff"),
    ("idempotency-key", b"x" * 65),
    ("x-request-id", b"\xff" * 500),
)


@pytest.fixture
async def edge(fresh_database_url: str, tmp_path: Path) -> AsyncGenerator[Edge]:
    async with an_edge(fresh_database_url, tmp_path) as made:
        yield made


def address(template: str, value: str = UNKNOWN_ID) -> str:
    return re.sub(r"\{[^}]*\}", value, template)


GENERAL = {
    "not-found",
    "method-not-allowed",
    "malformed-request",
    "unknown-platform",
    "idempotency-key-malformed",
}
"""What any route may say without listing it."""


def fault(response: httpx.Response, operation: dict[str, Any]) -> str | None:
    """What is wrong with an answer to something wrong."""
    if response.status_code >= 500:
        return f"{response.status_code} {response.text[:200]}"
    media_type = response.headers.get("content-type", "")
    if response.status_code < 400 or media_type.startswith("text/html"):
        return None
    if media_type != "application/problem+json":
        return f"not a problem document: {media_type}"
    return fault_of_problem(response.json(), operation)


def fault_of_problem(problem: dict[str, Any], operation: dict[str, Any]) -> str | None:
    """What is wrong with a problem document."""
    code, status = problem.get("code", ""), problem.get("status", 0)
    if not {"type", "title", "detail", "requestId"} <= problem.keys():
        return f"members are missing: {problem}"
    if code == "malformed-request" and not problem.get("errors"):
        return f"without errors[]: {problem}"
    told = operation["responses"].get(str(status), {}).get("description", "")
    return None if code in GENERAL or f"`{code}`" in told else f"{status} {code} is not documented here"


class Faults:
    """Gathers all of them, so that one run shows everything."""

    def __init__(self, edge: Edge) -> None:
        self.edge = edge
        self.found: list[str] = []
        self.sent = 0

    async def send(self, method: str, path: str, operation: dict[str, Any], why: str, **how: Any) -> int:  # noqa: ANN401
        response = await self.edge.send(method, path, **how)
        self.sent += 1
        said = fault(response, operation)
        if said is not None:
            self.found.append(f"{method} {path[:80]} ({why}): {said}")
        return response.status_code


LARGEST_FORM = 64 * 1024
"""Far more than the fields that a gateway signs; a body of any size is refused before somebody reads it."""


def sends_on(operation: dict[str, Any]) -> bool:
    """A browser that comes back from a gateway is led to a page whatever it brings; that is no acceptance."""
    return "303" in operation["responses"]


async def test_bodies_that_make_no_sense(edge: Edge) -> None:
    faults, before = Faults(edge), await edge.rows()
    headers = {**edge.signed_in, "content-type": "application/json"}
    for method, template, operation in edge.routes():
        if method == "POST":
            for why, body in BODIES.items():
                status = await faults.send(
                    method, address(template), operation, why, content=body, headers=headers
                )
                assert status >= 400 or (status == 303 and sends_on(operation)), f"{template} takes {why}"
    assert faults.found == []
    assert faults.sent > 500
    assert await edge.rows() == before


async def test_malformed_json_says_where(edge: Edge) -> None:
    for path in ("/auth/send-otp", "/guest-users/verify", "/orders", f"/orders/{UNKNOWN_ID}/seats"):
        response = await edge.send("POST", f"/api/v1{path}", content=b'{"a":', headers=edge.signed_in)
        assert (response.status_code, response.json()["code"]) == (400, "malformed-request")
        assert response.json()["errors"]
        wrong = await edge.send("POST", f"/api/v1{path}", json={"phoneNumber": [], "sessionId": {}})
        assert wrong.status_code == 400
        assert wrong.json()["errors"]


async def test_two_megabytes_are_refused(edge: Edge) -> None:
    body = b'{"phoneNumber":"' + b"1" * 2_000_000 + b'"}'
    for method, template, operation in edge.routes():
        if method == "POST" and "requestBody" in operation:
            for how in ({}, {"idempotency-key": "large"}):
                response = await edge.send(
                    method, address(template), content=body, headers={**edge.signed_in, **how}
                )
                assert (response.status_code, response.json()["code"]) == (413, "too-large"), template


@pytest.mark.parametrize(
    "media_type",
    ["text/plain", "application/xml", "multipart/form-data; boundary=x", "garbage;;;", "application/msgpack"],
)
async def test_other_media_types_are_refused(edge: Edge, media_type: str) -> None:
    for method, template, operation in edge.routes():
        read = operation.get("requestBody", {}).get("content", {})
        if method == "POST" and set(read) == {
            "application/json"
        }:  # a webhook is proven whatever it calls itself
            response = await edge.send(
                method,
                address(template),
                content=b"{}",
                headers={**edge.signed_in, "content-type": media_type},
            )
            assert (response.status_code, response.json()["code"]) == (415, "unsupported-media-type")


async def test_old_clients_name_no_media_type(edge: Edge) -> None:
    response = await edge.send("POST", "/api/v1/auth/send-otp", content=b'{"phoneNumber":"1"}')
    assert (response.status_code, response.json()["code"]) == (422, "invalid-phone-number")


async def test_paths_and_queries_that_make_no_sense(edge: Edge) -> None:
    faults, before = Faults(edge), await edge.rows()
    for method, template, operation in edge.routes():
        if "{" in template:
            for value in PATHS:
                how = {"content": b"{}"} if method == "POST" else {}
                status = await faults.send(
                    method, address(template, value), operation, "path", headers=edge.signed_in, **how
                )
                assert status >= 400, f"{template} takes {value[:50]}"
        if method == "GET" and not template.startswith(BROWSER_ROUTES):
            for query in QUERIES:
                path = f"{address(template)}?{query}"
                await faults.send(method, path, operation, "query", headers=edge.signed_in)
    assert faults.found == []
    assert await edge.rows() == before


async def test_a_returning_buyer_is_sent_on_whatever_the_address_holds(edge: Edge) -> None:
    before = await edge.rows()
    for query in (*QUERIES, "id=%00", "attemptId=%00&id=%ff", f"attemptId={UNKNOWN_ID}&id={'x' * 9000}"):
        response = await edge.send("GET", f"/api/v1/transactions/hyperPay?{query}")
        assert response.status_code == 303, query[:80]
        assert response.headers["location"].startswith("http://127.0.0.1:3000/pay/back")
    for body in (one for one in BODIES.values() if len(one) < LARGEST_FORM):
        for media_type in ("application/x-www-form-urlencoded", "application/json", "garbage;;;"):
            said = {"content-type": media_type}
            response = await edge.send("POST", "/api/v1/transactions/payfort", content=body, headers=said)
            assert response.status_code == 303, body[:80]
            assert response.headers["location"].startswith("http://127.0.0.1:3000/pay/back")
    assert await edge.rows() == before


async def test_a_returning_buyer_is_sent_on_without_a_database(tmp_path: Path) -> None:
    async with an_edge("postgresql+asyncpg://nobody@127.0.0.1:1/nothing", tmp_path) as edge:
        assert (await edge.send("GET", "/health/ready")).status_code == 503
        for method, path in (
            ("GET", f"hyperPay?attemptId={UNKNOWN_ID}&lang=ar"),
            ("POST", "payfort?lang=ar"),
        ):
            response = await edge.send(method, f"/api/v1/transactions/{path}")
            assert response.status_code == 303
            assert response.headers["location"] == "http://127.0.0.1:3000/pay/back?lang=ar"
        assert [line["outcome"] for line in edge.lines if line["status"] == 303] == ["not-noted"] * 2


async def test_headers_that_make_no_sense(edge: Edge) -> None:
    faults, before = Faults(edge), await edge.rows()
    for method, template, operation in edge.routes():
        for name, value in HEADERS:
            pairs = [(name.encode(), value)]
            if name != "authorization":
                pairs.append((b"authorization", edge.signed_in["authorization"].encode()))
            how = {"content": b"{}"} if method == "POST" else {}
            await faults.send(method, address(template), operation, name, headers=pairs, **how)
    assert [said for said in faults.found if "/health/ready" not in said] == []
    assert await edge.rows() == before


async def test_unknown_routes_and_methods(edge: Edge) -> None:
    for path in ("/", "/api", "/api/v1", "/api/v2/films", "/api/v1/orders/x/y/z", "//", "/api/v1/films/../x"):
        response = await edge.send("GET", path)
        assert (response.status_code, response.json()["code"]) == (404, "not-found"), path
    for method in ("PUT", "PATCH", "DELETE", "TRACE", "CONNECT", "BREW"):
        response = await edge.send(method, "/api/v1/cities")
        assert (response.status_code, response.json()["code"]) == (405, "method-not-allowed"), method
        assert "GET" in response.headers["allow"]


async def test_every_answer_is_sealed_and_every_line_names_a_route(edge: Edge) -> None:
    for path in ("/heartbeat", "/api/v1/cities", "/api/v1/orders", "/nowhere", "/swagger", "/pay/back"):
        headers = (await edge.send("GET", path, headers=edge.signed_in)).headers
        assert headers["x-content-type-options"] == "nosniff", path
        assert headers["referrer-policy"], path
        assert headers["x-request-id"], path
    assert (await edge.send("GET", "/api/v1/orders", headers=edge.signed_in)).headers[
        "cache-control"
    ] == "no-store"
    assert {line["route"] for line in edge.lines} >= {"/api/v1/cities", "/api/v1/orders", "unmatched"}


@pytest.mark.parametrize(
    ("said", "title"),
    [
        (b"ar", "غير موجود"),
        (b"ar-SA,ar;q=0.9,en;q=0.8", "غير موجود"),
        (b"en,ar", "Not found"),
        (b"fr, ar;q=0.2", "غير موجود"),
        (b"", "Not found"),
        (b"*", "Not found"),
        (b"\xff\xfe", "Not found"),
        (b"ar" * 5000, "غير موجود"),
        (b",;=,", "Not found"),
    ],
)
async def test_the_language_is_read_leniently(edge: Edge, said: bytes, title: str) -> None:
    response = await edge.send("GET", "/nowhere", headers=[(b"accept-language", said)])
    assert response.json()["title"] == title
