"""The answer of a third party, and the ways in which a network can spoil it."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import msgspec
from litestar import Response
from litestar.response.base import ASGIResponse
from litestar.types import Receive, Scope, Send
from typing_extensions import override

_json = msgspec.json.Encoder()


@dataclass(frozen=True, slots=True)
class Reply:
    """What the vendor's logic decided to answer; dicts and lists become JSON, text becomes UTF-8."""

    status: int = 200
    body: bytes | str | dict[str, Any] | list[Any] = b""
    headers: Mapping[str, str] = field(default_factory=dict)
    media_type: str = "application/json"

    def encoded(self) -> bytes:
        """Return the bytes on the wire."""
        if isinstance(self.body, bytes):
            return self.body
        if isinstance(self.body, str):
            return self.body.encode()
        return _json.encode(self.body)


class _Wire(ASGIResponse):
    """Bytes and headers as given; skips the framework's own rendering."""

    def __init__(self, reply: Reply) -> None:
        body = reply.encoded()
        super().__init__(
            body=body, status_code=reply.status, media_type=reply.media_type, headers=dict(reply.headers)
        )


class _Cut(ASGIResponse):
    """Promises a body and closes the connection instead."""

    @override
    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        extensions: Mapping[str, object] = scope.get("extensions") or {}
        if "muvi.cut" in extensions:
            await send({"type": "muvi.cut"})  # type: ignore[typeddict-item]
            return
        promise = [(b"content-type", b"application/json"), (b"content-length", b"4096")]
        await send({"type": "http.response.start", "status": 200, "headers": promise})
        await send({"type": "http.response.body", "body": b"{", "more_body": True})
        raise ConnectionAbortedError("cut by a fault rule")


class _Silence(_Cut):
    """Never answers: waits until the client leaves, the sandbox stops or the limit passes, then cuts."""

    def __init__(self, closing: asyncio.Event, limit_s: float) -> None:
        super().__init__()
        self._closing = closing
        self._limit_s = limit_s

    @override
    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        waits = {asyncio.ensure_future(self._closing.wait()), asyncio.ensure_future(_client_left(receive))}
        try:
            await asyncio.wait(waits, timeout=self._limit_s, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for wait in waits:
                wait.cancel()
            await asyncio.wait(waits)
        await super().__call__(scope, receive, send)


async def _client_left(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


class VendorResponse(Response[bytes]):
    """A ready ASGI answer that Litestar passes on untouched."""

    def __init__(self, asgi: ASGIResponse) -> None:
        super().__init__(content=b"")
        self._asgi = asgi

    @override
    def to_asgi_response(self, *args: Any, **kwargs: Any) -> ASGIResponse:
        return self._asgi


def answer(reply: Reply) -> VendorResponse:
    """Return a reply as it is."""
    return VendorResponse(_Wire(reply))


def cut() -> VendorResponse:
    """Return an answer whose connection breaks in the middle."""
    return VendorResponse(_Cut())


def silence(closing: asyncio.Event, limit_s: float) -> VendorResponse:
    """Return an answer that never comes."""
    return VendorResponse(_Silence(closing, limit_s))
