"""Which web pages may call us from a browser: the chain's own origins and no others."""

from __future__ import annotations

from collections.abc import Iterable
from urllib.parse import urlsplit

from litestar.enums import ScopeType
from litestar.types import ASGIApp, HTTPScope, Message, Receive, Scope, Send

METHODS = b"GET, POST, PUT, PATCH, DELETE"
ACCEPTED = b"accept-language, authorization, content-type, idempotency-key, x-device-platform, x-request-id"
SHOWN = b"etag, idempotency-replayed, retry-after, x-request-id"
REMEMBERED_S = b"600"
DEFAULT_PORTS = {"http": 80, "https": 443}


class Cors:
    """Cross-origin resource sharing (Fetch standard). Tokens travel in `authorization`, so cookies of other
    origins are never asked for. A page of another origin gets its answer without leave to read it.
    """

    def __init__(self, app: ASGIApp, origins: Iterable[str]) -> None:
        self.app = app
        self._origins = frozenset(origin for text in origins if (origin := origin_of(text)))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != ScopeType.HTTP:
            await self.app(scope, receive, send)
            return
        origin = _header(scope, b"origin")
        if origin is None:
            await self.app(scope, receive, send)
        elif scope["method"] == "OPTIONS" and _header(scope, b"access-control-request-method") is not None:
            scope["path_template"] = "preflight"
            headers = [(b"content-length", b"0"), *self._preflight(origin)]
            await send({"type": "http.response.start", "status": 204, "headers": headers})
            await send({"type": "http.response.body", "body": b"", "more_body": False})
        elif origin in self._origins:
            await self.app(scope, receive, _allowing(origin, send))
        else:
            await self.app(scope, receive, send)

    def _preflight(self, origin: bytes) -> list[tuple[bytes, bytes]]:
        if origin not in self._origins:
            return []
        return [
            (b"access-control-allow-origin", origin),
            (b"access-control-allow-methods", METHODS),
            (b"access-control-allow-headers", ACCEPTED),
            (b"access-control-max-age", REMEMBERED_S),
        ]


def _allowing(origin: bytes, send: Send) -> Send:
    async def allowed(message: Message) -> None:
        if message["type"] == "http.response.start":
            leave = [(b"access-control-allow-origin", origin), (b"access-control-expose-headers", SHOWN)]
            message["headers"] = [*message["headers"], *leave]
        await send(message)

    return allowed


def _header(scope: HTTPScope, wanted: bytes) -> bytes | None:
    for name, value in scope["headers"]:
        if name == wanted:
            return value
    return None


def origin_of(address: str) -> bytes:
    """The origin of a web address as browsers write it; empty for what no browser calls from."""
    try:
        parts = urlsplit(address)
        port = parts.port
    except ValueError:
        return b""
    if parts.scheme not in DEFAULT_PORTS or not parts.hostname or not address.isascii():
        return b""
    host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    at = "" if port in (None, DEFAULT_PORTS[parts.scheme]) else f":{port}"
    return f"{parts.scheme}://{host}{at}".encode()
