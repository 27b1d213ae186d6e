"""One wide line per request, its id, the numbers for /metrics, and the headers that every answer carries.

Ids are in the line, personal data never. This wraps every request, so it stays thin: series are looked up
once, the line is encoded in one go.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from functools import lru_cache

import msgspec
import structlog
from litestar.enums import ScopeType
from litestar.types import ASGIApp, HTTPScope, Message, Receive, Scope, Send
from prometheus_client import Counter, Gauge, Histogram

from muvi.adapters.http.proxies import TRACEPARENT
from muvi.adapters.kit.clock import SystemClock
from muvi.adapters.kit.request_id import new_request_id, under_request_id
from muvi.adapters.kit.tracing import NO_SPAN, Span, present_trace_id, span

REQUESTS = Counter("muvi_http_requests_total", "Requests by route and status", ["method", "route", "status"])
SECONDS = Histogram(
    "muvi_http_request_seconds",
    "Time to answer, seconds",
    ["method", "route"],
    buckets=(0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2, 5, 10),
)
IN_FLIGHT = Gauge("muvi_http_in_flight", "Requests that are being answered")
QUIET = frozenset({"/heartbeat", "/health/live", "/health/ready", "/metrics"})
METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
TOLD = ("outcome", "cause", "actor", "order", "trace_id")
"""What a request may add to its line by its state."""

EVERYWHERE = (
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
    (b"vary", b"origin"),
)
NO_STORE = (b"cache-control", b"no-store")
ERROR = 400
DEFECT = 500

_ACCEPTABLE_ID = re.compile(rb"[A-Za-z0-9._-]{8,64}")
_encode = msgspec.json.Encoder().encode


class AccessLog:
    """Wraps the whole application, unmatched paths included: names the request, times it, writes its line.

    Answers to signed-in callers and to unsafe calls are not to be stored unless their route says otherwise.
    HEAD is GET without the body.
    """

    def __init__(self, app: ASGIApp, write: Callable[[bytes], None] | None = None) -> None:
        self.app = app
        self._write = write or structlog.BytesLogger().msg
        self._now = SystemClock().now

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != ScopeType.HTTP:
            await self.app(scope, receive, send)
            return
        started = time.perf_counter()
        request_id, personal = _read(scope)
        state = scope["state"] = {**scope.get("state", {}), "request_id": request_id.decode()}
        method, status = scope["method"], 500
        if method == "HEAD":
            scope["method"] = "GET"

        async def sealed(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                message["headers"] = _sealed([*message["headers"]], request_id, personal=personal)
            elif method == "HEAD" and message["type"] == "http.response.body":
                message["body"] = b""
            await send(message)

        route = ""
        IN_FLIGHT.inc()
        try:
            with under_request_id(state["request_id"]), _traced(scope, method) as told:
                try:
                    await self.app(scope, receive, sealed)
                finally:
                    route = str(scope.get("path_template") or "unmatched")
                    _tell_trace(told, state, f"{method} {route}", status)
        finally:
            IN_FLIGHT.dec()
            seconds = time.perf_counter() - started
            count, observe = _series(method if method in METHODS else "OTHER", route, status)
            count()
            observe(seconds)
            if status >= ERROR or route not in QUIET:
                self._tell(state, method, route, status, seconds)

    def _tell(self, state: dict[str, object], method: str, route: str, status: int, seconds: float) -> None:
        line = {
            "event": "request",
            "level": "info",
            "at": self._now(),
            "request_id": state["request_id"],
            "method": method if method in METHODS else "OTHER",
            "route": route,
            "status": status,
            "ms": round(seconds * 1000, 2),
        }
        for name in TOLD:
            if name in state:
                line[name] = state[name]
        self._write(_encode(line))


def _traced(scope: HTTPScope, method: str) -> AbstractContextManager[Span]:
    """The request's span: part of a proxy's trace when one that is trusted names it, else of a new one."""
    if scope["path"] in QUIET:
        return NO_SPAN
    return span(method, kind="server", parent=scope["state"].get(TRACEPARENT, ""))


def _tell_trace(told: Span, state: dict[str, object], name: str, status: int) -> None:
    trace_id = present_trace_id()
    if not trace_id:
        return
    state["trace_id"] = trace_id
    told.rename(name)
    told.tell("http.response.status_code", status)
    told.tell("muvi.request_id", str(state["request_id"]))
    for fact in ("order", "outcome"):
        if fact in state:
            told.tell(f"muvi.{fact}", str(state[fact]))
    if status >= DEFECT:
        told.fail(str(status))


def _read(scope: HTTPScope) -> tuple[bytes, bool]:
    """The request's id, the client's if it is one, and whether the answer is for this caller only."""
    request_id, personal = b"", scope["method"] not in {"GET", "HEAD"}
    for name, value in scope["headers"]:
        if name == b"authorization":
            personal = True
        elif name == b"x-request-id" and _ACCEPTABLE_ID.fullmatch(value):
            request_id = value
    return request_id or new_request_id().encode(), personal


def _sealed(
    headers: list[tuple[bytes, bytes]], request_id: bytes, *, personal: bool
) -> list[tuple[bytes, bytes]]:
    """The headers of an answer with those that every one carries; a route's own word comes first."""
    given = {name for name, _ in headers}
    headers += [pair for pair in EVERYWHERE if pair[0] == b"vary" or pair[0] not in given]
    if personal and b"cache-control" not in given:
        headers.append(NO_STORE)
    headers.append((b"x-request-id", request_id))
    return headers


@lru_cache(maxsize=2048)
def _series(method: str, route: str, status: int) -> tuple[Callable[[], None], Callable[[float], None]]:
    """The two series of a kind of request; looking them up costs more than counting."""
    return REQUESTS.labels(method, route, status).inc, SECONDS.labels(method, route).observe
