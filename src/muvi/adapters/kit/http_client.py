"""The one way out to a vendor over HTTP.

What is left out: client-side cookies, redirects, environment proxies, URL objects, a second layer of timers,
and a pool made for every kind of concurrency (measured in docs/adr/0017).
"""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from urllib.parse import quote, urlencode, urlsplit

import h11
import httpx
import msgspec

from muvi.adapters.kit.http_lines import Lines, NotConnected, NoWholeAnswer
from muvi.adapters.kit.vendor_calls import vendor_call
from muvi.ports.errors import OutcomeUnknown, Unavailable

MEGABYTE = 1_000_000
_JSON = msgspec.json.Encoder()

Header = tuple[str, str]
_Raw = list[tuple[bytes, bytes]]

_NEVER_SENT = (NotConnected, httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout)
_NO_ANSWER = (NoWholeAnswer, h11.LocalProtocolError, httpx.TransportError, TimeoutError, OSError)


@dataclass(frozen=True, slots=True)
class VendorReply:
    """A complete answer, whatever its status."""

    status: int
    body: bytes
    headers: Sequence[tuple[bytes, bytes]]

    @property
    def is_ok(self) -> bool:
        """Whether the status is in the two hundreds."""
        return self.status // 100 == 2  # noqa: PLR2004

    def header(self, name: str) -> str:
        """The first header of that name in any case, empty when there is none."""
        wanted = name.lower().encode()
        return next((value.decode("latin-1") for key, value in self.headers if key.lower() == wanted), "")


def quoted(segment: str) -> str:
    """One path segment, escaped whole."""
    return quote(segment, safe="")


class VendorHttp:
    """Keep-alive HTTP/1.1 connections to one vendor.

    Every call raises `Unavailable` when no connection was to be had, so nothing was sent, and
    `OutcomeUnknown` when the request may have arrived but no complete answer came back: time-out, cut
    connection, broken or oversized answer. For a call without effects (`safe`, by default every GET) that is
    `Unavailable` too. Any complete answer is returned; statuses are for the caller to judge.
    Header names go out byte for byte as given. Nothing is ever repeated.
    """

    def __init__(
        self,
        system: str,
        base_url: str,
        *,
        headers: Iterable[Header] = (),
        total_s: float = 20.0,
        max_connections: int = 50,
        max_bytes: int = MEGABYTE,
        transport: httpx.AsyncBaseTransport | None = None,
    ) -> None:
        """`total_s` bounds a whole call. A `transport` replaces the network in tests."""
        address = urlsplit(base_url)
        if address.scheme not in {"http", "https"} or not address.hostname:
            raise ValueError(f"{base_url!r} is not the address of an HTTP service")
        self._system = system
        self._total_s = total_s
        self._max_bytes = max_bytes
        self._path = address.path.rstrip("/")
        host = f"[{address.hostname}]" if ":" in address.hostname else address.hostname
        netloc = host if address.port is None else f"{host}:{address.port}"
        self._fixed = _raw(
            (("Host", netloc), ("User-Agent", "muvi"), ("Accept", "application/json"), *headers)
        )
        self._origin = f"{address.scheme}://{netloc}"
        self._transport = transport
        tls = ssl.create_default_context() if address.scheme == "https" else None
        port = address.port or (443 if tls else 80)
        self._lines = Lines(address.hostname, port, tls=tls, most=max_connections)

    async def get(
        self,
        path: str,
        *,
        query: Sequence[tuple[str, str]] = (),
        headers: Iterable[Header] = (),
        total_s: float | None = None,
        max_bytes: int | None = None,
    ) -> VendorReply:
        """Read something."""
        target = f"{path}?{urlencode(query, quote_via=quote)}" if query else path
        return await self.send("GET", target, headers=headers, total_s=total_s, max_bytes=max_bytes)

    async def post_json(
        self,
        path: str,
        body: object,
        *,
        headers: Iterable[Header] = (),
        safe: bool = False,
        total_s: float | None = None,
    ) -> VendorReply:
        """Post a JSON body (anything msgspec encodes)."""
        return await self.send(
            "POST",
            path,
            content=_JSON.encode(body),
            headers=(("Content-Type", "application/json"), *headers),
            safe=safe,
            total_s=total_s,
        )

    async def post_form(
        self,
        path: str,
        fields: Sequence[tuple[str, str]],
        *,
        safe: bool = False,
    ) -> VendorReply:
        """Post a form, its fields in the given order."""
        return await self.send(
            "POST",
            path,
            content=urlencode(fields).encode(),
            headers=(("Content-Type", "application/x-www-form-urlencoded"),),
            safe=safe,
        )

    async def send(
        self,
        method: str,
        path: str,
        *,
        content: bytes = b"",
        headers: Iterable[Header] = (),
        safe: bool | None = None,
        total_s: float | None = None,
        max_bytes: int | None = None,
    ) -> VendorReply:
        """Send one request. `path` is under the base address, already escaped, with its query."""
        raw = [*self._fixed, *_raw(headers)]
        if content or method != "GET":
            raw.append((b"Content-Length", b"%d" % len(content)))
        target = f"{self._path}/{path.lstrip('/')}"
        limit_s = self._total_s if total_s is None else total_s
        with vendor_call(self._system, method) as told:
            try:
                async with asyncio.timeout(limit_s):
                    reply = await self._exchange(method, target, raw, content, max_bytes or self._max_bytes)
            except _NEVER_SENT as error:
                told.failed("unavailable")
                raise Unavailable(f"no connection: {error!r}", system=self._system) from error
            except _NO_ANSWER as error:
                told.failed("unknown")
                if method == "GET" if safe is None else safe:
                    raise Unavailable(f"no answer: {error!r}", system=self._system) from error
                raise OutcomeUnknown(f"no answer: {error!r}", system=self._system) from error
            told.answered(reply.status)
            return reply

    async def aclose(self) -> None:
        """Close every connection."""
        self._lines.close()
        if self._transport is not None:
            await self._transport.aclose()

    async def _exchange(
        self, method: str, target: str, headers: _Raw, content: bytes, cap: int
    ) -> VendorReply:
        if self._transport is not None:
            return await self._exchange_in_process(self._transport, method, target, headers, content, cap)
        answer = await self._lines.exchange(method.encode(), target.encode(), headers, content, cap=cap)
        return VendorReply(answer.status, bytes(answer.body), answer.headers)

    async def _exchange_in_process(
        self,
        transport: httpx.AsyncBaseTransport,
        method: str,
        target: str,
        headers: _Raw,
        content: bytes,
        cap: int,
    ) -> VendorReply:
        request = httpx.Request(method, self._origin + target, headers=headers, content=content)
        response = await transport.handle_async_request(request)
        try:
            body = await response.aread()
            if len(body) > cap:
                raise NoWholeAnswer(f"more than {cap} bytes")
            return VendorReply(response.status_code, body, response.headers.raw)
        finally:
            await response.aclose()


def _raw(headers: Iterable[Header]) -> _Raw:
    return [(name.encode("ascii"), value.encode("latin-1")) for name, value in headers]
