"""The API with routes that break its description, one way each: fuzzing has to notice."""

from __future__ import annotations

from collections.abc import Mapping

from litestar.types import ASGIApp, Receive, Scope, Send

from muvi.entrypoints.api import main
from muvi.entrypoints.web import create as create_web

PROBLEM = b'{"type":"/problems/x","title":"x","status":500,"code":"x","detail":"","requestId":"x"}'
PAGE = b'{"data":[],"count":0,"total":0,"page":1,"pageCount":1}'
BROKEN: Mapping[str, tuple[int, bytes, bytes]] = {
    "/api/v1/cities": (500, b"application/problem+json", PROBLEM),
    "/api/v1/banners": (418, b"application/problem+json", PROBLEM),
    "/api/v1/settings": (200, b"text/html", b"<p>settings"),
    "/api/v1/cancellation-reasons": (200, b"application/json", b'{"none":true}'),
    "/api/v1/cinemas": (200, b"application/json", PAGE),
    "/api/v1/orders": (200, b"application/json", PAGE),
}
"""Path: what every GET is answered with. The last two are right but for whom and what they accept."""


class Broken:
    """An ASGI application in front of the real one."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        wrong = BROKEN.get(scope.get("path", "")) if scope.get("method") == "GET" else None
        if wrong is None:
            await self._app(scope, receive, send)
            return
        status, media_type, body = wrong
        headers = [(b"content-type", media_type), (b"content-length", str(len(body)).encode())]
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": body, "more_body": False})


def create() -> ASGIApp:
    return Broken(create_web())


if __name__ == "__main__":
    main("tests.fuzz.broken_api:create")
