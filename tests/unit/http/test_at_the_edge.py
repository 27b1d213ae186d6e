"""What every request meets before the application: ids, lines, headers, other origins, proxies."""

from ipaddress import ip_network
from typing import Any

import msgspec
import pytest
from litestar import Litestar, Request, Response, get, post
from litestar.testing import TestClient

from muvi.adapters.http.access_log import REQUESTS
from muvi.adapters.http.cors import origin_of
from muvi.adapters.http.edge import at_the_edge
from muvi.adapters.http.problems import HANDLERS
from muvi.adapters.http.proxies import TrustedProxies
from muvi.adapters.kit.request_id import present_request_id

HOME, APP = "https://muvi.example", "https://tickets.muvi.example"


@get("/thing", sync_to_thread=False)
def thing(request: Request[Any, Any, Any]) -> dict[str, str]:
    client = request.scope.get("client")
    return {"client": client[0] if client else "", "scheme": str(request.scope["scheme"])}


@get("/public", sync_to_thread=False)
def public() -> Response[str]:
    headers = {"cache-control": "max-age=60", "vary": "accept-language", "referrer-policy": "origin"}
    return Response("films", headers=headers)


@post("/thing", sync_to_thread=False)
def change() -> None:
    return None


@get("/under", sync_to_thread=False)
def under() -> Response[str]:
    return Response(present_request_id())


@get("/broken", sync_to_thread=False)
def broken() -> None:
    raise RuntimeError("never shown")


class Site:
    def __init__(self, **settings: Any) -> None:  # noqa: ANN401
        self.lines: list[dict[str, Any]] = []
        app = Litestar(
            [thing, public, under, change, broken], exception_handlers=HANDLERS, openapi_config=None
        )
        edged = at_the_edge(
            app,
            origins=(HOME, "http://127.0.0.1:3000", "muvi://paid", f"{APP}/after-payment"),
            write=lambda line: self.lines.append(msgspec.json.decode(line)),
            **settings,
        )
        self.client: TestClient[Any] = TestClient(edged, raise_server_exceptions=False)


@pytest.fixture
def site() -> Site:
    return Site()


def test_one_line_per_request(site: Site) -> None:
    response = site.client.get("/thing", headers={"x-request-id": "client-chosen.1"})
    assert response.headers["x-request-id"] == "client-chosen.1"
    (line,) = site.lines
    assert {name: line[name] for name in ("event", "level", "request_id", "method", "route", "status")} == {
        "event": "request",
        "level": "info",
        "request_id": "client-chosen.1",
        "method": "GET",
        "route": "/thing",
        "status": 200,
    }
    assert line["at"].endswith("Z")
    assert line["ms"] >= 0


def test_what_a_request_does_is_done_under_its_id(site: Site) -> None:
    """So a partner that is asked meanwhile is told the id, and so is every line that is logged."""
    under = site.client.get("/under", headers={"x-request-id": "client-chosen.1"})
    assert under.text == "client-chosen.1"
    assert present_request_id() == ""


@pytest.mark.parametrize(
    "sent", ["", "short", "x" * 65, "with space", "new\tline", "<script>1", "\u00e9" * 8]
)
def test_an_odd_request_id_is_replaced(site: Site, sent: str) -> None:
    response = site.client.get("/thing", headers=[(b"x-request-id", sent.encode("latin-1"))])
    given = response.headers["x-request-id"]
    assert given != sent
    assert len(given) == 16
    assert site.lines[0]["request_id"] == given


def test_paths_and_methods_of_strangers_make_no_series(site: Site) -> None:
    for number in range(5):
        site.client.get(f"/nowhere/{number}")
        site.client.request(f"BREW{number}", "/thing")
    assert {line["route"] for line in site.lines} == {"unmatched"}
    assert {line["method"] for line in site.lines} == {"GET", "OTHER"}
    labels = {sample.labels["method"] for metric in REQUESTS.collect() for sample in metric.samples}
    assert not any(label.startswith("BREW") for label in labels)


def test_every_answer_carries_the_headers(site: Site) -> None:
    for method, path in (("GET", "/thing"), ("GET", "/nowhere"), ("POST", "/public"), ("GET", "/broken")):
        headers = site.client.request(method, path).headers
        assert headers["x-content-type-options"] == "nosniff", path
        assert headers["referrer-policy"] == "no-referrer", path
        assert "origin" in headers["vary"], path


def test_a_route_has_its_own_word(site: Site) -> None:
    headers = site.client.get("/public", headers={"authorization": "Bearer x"}).headers
    assert headers["cache-control"] == "max-age=60"
    assert headers["referrer-policy"] == "origin"
    assert headers["vary"] == "accept-language, origin"


def test_personal_answers_are_not_stored(site: Site) -> None:
    assert "cache-control" not in site.client.get("/thing").headers
    signed_in = site.client.get("/thing", headers={"authorization": "Bearer x"})
    assert signed_in.headers["cache-control"] == "no-store"
    assert site.client.post("/thing").headers["cache-control"] == "no-store"


def test_head_is_get_without_the_body(site: Site) -> None:
    got, head = site.client.get("/thing"), site.client.head("/thing")
    assert (head.status_code, head.content) == (200, b"")
    assert head.headers["content-length"] == str(len(got.content))
    assert site.lines[1]["method"] == "HEAD"
    assert site.client.head("/nowhere").status_code == 404


def test_a_wrong_method_is_told_the_right_ones(site: Site) -> None:
    response = site.client.delete("/thing")
    assert (response.status_code, response.json()["code"]) == (405, "method-not-allowed")
    assert response.headers["allow"] == "GET, HEAD, OPTIONS, POST"


def test_a_defect_shows_nothing_of_itself(site: Site, capsys: pytest.CaptureFixture[str]) -> None:
    response = site.client.get("/broken")
    capsys.readouterr()
    assert (response.status_code, response.json()["code"]) == (500, "internal-error")
    assert "never shown" not in response.text
    assert response.json()["requestId"] == response.headers["x-request-id"]


# Browsers of other origins


@pytest.mark.parametrize("origin", [HOME, APP, "http://127.0.0.1:3000"])
def test_our_own_pages_may_call(site: Site, origin: str) -> None:
    headers = site.client.get("/thing", headers={"origin": origin}).headers
    assert headers["access-control-allow-origin"] == origin
    assert "retry-after" in headers["access-control-expose-headers"]
    assert "access-control-allow-credentials" not in headers
    preflight = site.client.options(
        "/thing", headers={"origin": origin, "access-control-request-method": "POST"}
    )
    assert preflight.status_code == 204
    assert preflight.headers["access-control-allow-origin"] == origin
    assert "idempotency-key" in preflight.headers["access-control-allow-headers"]
    assert "POST" in preflight.headers["access-control-allow-methods"]


def test_refusals_can_be_read_by_our_own_pages(site: Site) -> None:
    response = site.client.get("/nowhere", headers={"origin": HOME})
    assert response.status_code == 404
    assert response.headers["access-control-allow-origin"] == HOME


@pytest.mark.parametrize(
    "origin",
    [
        "https://evil.example",
        "http://muvi.example",
        "https://muvi.example:8443",
        "https://muvi.example.evil.example",
        "https://sub.muvi.example",
        "null",
        "*",
        "muvi://paid",
        "",
    ],
)
def test_pages_of_others_may_not(site: Site, origin: str) -> None:
    assert "access-control-allow-origin" not in site.client.get("/thing", headers={"origin": origin}).headers
    preflight = site.client.options(
        "/thing", headers={"origin": origin, "access-control-request-method": "POST"}
    )
    assert preflight.status_code == 204
    assert not [name for name in preflight.headers if name.startswith("access-control")]


def test_options_without_an_origin_lists_methods(site: Site) -> None:
    response = site.client.options("/thing")
    assert response.status_code == 204
    assert {"GET", "OPTIONS"} <= set(response.headers["allow"].split(", "))


@pytest.mark.parametrize(
    ("address", "origin"),
    [
        ("https://MUVI.example:443/path?x=1", b"https://muvi.example"),
        ("http://localhost:3000", b"http://localhost:3000"),
        ("http://[::1]:80/", b"http://[::1]"),
        ("muvi://paid", b""),
        ("https://", b""),
        ("https://x:99999", b""),
        ("https://caf\u00e9.example", b""),
    ],
)
def test_origins_are_written_as_browsers_do(address: str, origin: bytes) -> None:
    assert origin_of(address) == origin


# Proxies

NEAR = (ip_network("10.0.0.0/8"), ip_network("127.0.0.1/32"))


async def seen_through(peer: str | None, *headers: tuple[str, str]) -> tuple[str, str]:
    """What the application sees of a request that came through a proxy."""
    seen: list[tuple[str, str]] = []

    async def app(scope: Any, receive: Any, send: Any) -> None:  # noqa: ANN401
        client = scope.get("client")
        seen.append((client[0] if client else "", scope["scheme"]))

    scope: Any = {
        "type": "http",
        "scheme": "http",
        "client": (peer, 1) if peer else None,
        "headers": [(name.encode(), value.encode("latin-1")) for name, value in headers],
    }
    await TrustedProxies(app, NEAR)(scope, None, None)  # type: ignore[arg-type]
    return seen[0]


@pytest.mark.parametrize(
    ("peer", "forwarded", "client"),
    [
        ("203.0.113.9", "1.1.1.1", "203.0.113.9"),
        ("10.1.2.3", "198.51.100.7", "198.51.100.7"),
        ("10.1.2.3", "6.6.6.6, 198.51.100.7", "198.51.100.7"),
        ("10.1.2.3", "6.6.6.6, 198.51.100.7, 10.9.9.9", "198.51.100.7"),
        ("10.1.2.3", "6.6.6.6, rubbish, 10.9.9.9", "10.9.9.9"),
        ("10.1.2.3", "rubbish", "10.1.2.3"),
        ("10.1.2.3", "\u00e9, ,", "10.1.2.3"),
        ("::ffff:10.1.2.3", "2001:db8::1", "2001:db8::1"),
        ("10.1.2.3", ", ".join(["7.7.7.7"] * 10_000), "7.7.7.7"),
        ("testclient", "1.1.1.1", "testclient"),
    ],
)
async def test_only_a_trusted_peer_names_the_client(peer: str, forwarded: str, client: str) -> None:
    assert (await seen_through(peer, ("x-forwarded-for", forwarded)))[0] == client


async def test_the_scheme_is_believed_from_the_same_peers_only() -> None:
    https = ("x-forwarded-proto", "https")
    assert await seen_through("10.0.0.1", https) == ("10.0.0.1", "https")
    assert await seen_through("203.0.113.9", https) == ("203.0.113.9", "http")
    assert await seen_through("10.0.0.1", ("x-forwarded-proto", "javascript")) == ("10.0.0.1", "http")
    assert await seen_through(None, https) == ("", "http")


def test_without_settings_nobody_is_believed(site: Site) -> None:
    told = site.client.get(
        "/thing", headers={"x-forwarded-for": "1.1.1.1", "x-forwarded-proto": "https"}
    ).json()
    assert told == {"client": "testclient", "scheme": "http"}
