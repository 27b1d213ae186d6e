"""HTTP/1.1 as the load speaks it: requests built beforehand, raw transports, one request under way each.

No client library stands between the server and the numbers.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import msgspec
from typing_extensions import override

LENGTH = re.compile(rb"content-length:[ \t]*(\d+)", re.IGNORECASE)
CHUNKED = re.compile(rb"transfer-encoding:[ \t]*chunked", re.IGNORECASE)
CLOSES = re.compile(rb"connection:[ \t]*close", re.IGNORECASE)
LOCATION = re.compile(rb"\r\nlocation:[ \t]*([^\r]*)", re.IGNORECASE)
HEAD_END = b"\r\n\r\n"
CHUNKS_END = b"0\r\n\r\n"
NO_BODY = frozenset({204, 304})
ANSWER_S = 30.0


def request_bytes(
    target: str,
    host: str,
    *,
    method: str = "GET",
    headers: Mapping[str, str] | None = None,
    body: bytes = b"",
) -> bytes:
    """One request, ready to be written."""
    lines = [f"{method} {target} HTTP/1.1", f"host: {host}"]
    lines += [f"{name}: {value}" for name, value in (headers or {}).items()]
    if body or method not in {"GET", "HEAD"}:
        lines.append(f"content-length: {len(body)}")
    return "\r\n".join(lines).encode() + HEAD_END + body


class Line(asyncio.Protocol):
    """One connection. Subclasses ask with `write` and hear of each whole answer in `answered`."""

    def __init__(self) -> None:
        self._buffer = b""
        self._transport: asyncio.Transport | None = None

    def answered(self, data: bytes, head: int) -> None:
        """`data` is one whole answer whose head ends at `head`."""
        raise NotImplementedError

    def write(self, request: bytes) -> None:
        """Send a request. Raises `ConnectionError` on a lost connection."""
        if self._transport is None or self._transport.is_closing():
            raise ConnectionError("the connection is closed")
        self._transport.write(request)

    def close(self) -> None:
        """Hang up."""
        if self._transport is not None:
            self._transport.close()

    @override
    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)  # noqa: S101  (TCP gives no other)
        self._transport = transport

    @override
    def data_received(self, data: bytes) -> None:
        if self._buffer:
            data = self._buffer + data
        head = data.find(HEAD_END)
        if head < 0 or not _whole(data, head):
            self._buffer = data
            return
        self._buffer = b""
        self.answered(data, head)


def _whole(data: bytes, head: int) -> bool:
    found = LENGTH.search(data, 0, head)
    if found is not None:
        return len(data) >= head + 4 + int(found[1])
    return not CHUNKED.search(data, 0, head) or data.endswith(CHUNKS_END)


@dataclass(frozen=True, slots=True)
class Answer:
    """What a server said."""

    status: int
    body: bytes
    location: str

    def json(self) -> Any:  # noqa: ANN401  (any JSON)
        """The body, read. Raises `msgspec.DecodeError`."""
        return msgspec.json.decode(self.body)


class _Asking(Line):
    """Somebody waits for one answer at a time."""

    def __init__(self) -> None:
        super().__init__()
        self.waiting: asyncio.Future[Answer] | None = None

    @override
    def answered(self, data: bytes, head: int) -> None:
        found = LOCATION.search(data, 0, head)
        location = found[1].decode() if found else ""
        body = data[head + 4 :]
        if not LENGTH.search(data, 0, head) and CHUNKED.search(data, 0, head):
            body = _unchunked(body)
        if self.waiting is not None and not self.waiting.done():
            self.waiting.set_result(Answer(int(data[9:12]), body, location))
        if CLOSES.search(data, 0, head):
            self.close()

    @override
    def connection_lost(self, exc: Exception | None) -> None:
        if self.waiting is not None and not self.waiting.done():
            self.waiting.set_exception(ConnectionError(str(exc or "closed before it answered")))


def _unchunked(body: bytes) -> bytes:
    parts = []
    while body:
        size, _, rest = body.partition(b"\r\n")
        length = int(size, 16)
        if length == 0:
            break
        parts.append(rest[:length])
        body = rest[length + 2 :]
    return b"".join(parts)


class Caller:
    """A client of one server, over one connection that is opened again when it was lost between calls."""

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        self._host, self._port, self._name = parts.hostname or "127.0.0.1", parts.port or 80, parts.netloc
        self._line: _Asking | None = None

    async def ask(
        self, method: str, target: str, *, headers: Mapping[str, str] | None = None, body: bytes = b""
    ) -> Answer:
        """Raises `ConnectionError` and `TimeoutError`."""
        line = await self._connected()
        line.waiting = asyncio.get_running_loop().create_future()
        line.write(request_bytes(target, self._name, method=method, headers=headers, body=body))
        try:
            async with asyncio.timeout(ANSWER_S):
                return await line.waiting
        except TimeoutError:
            self.close()
            raise

    async def json(
        self, method: str, target: str, content: object = None, headers: Mapping[str, str] | None = None
    ) -> Answer:
        """Ask with a JSON body, or with none."""
        if content is None:
            return await self.ask(method, target, headers=headers)
        sent = {"content-type": "application/json", **(headers or {})}
        return await self.ask(method, target, headers=sent, body=msgspec.json.encode(content))

    def close(self) -> None:
        """Hang up; the next question connects again."""
        if self._line is not None:
            self._line.close()
            self._line = None

    async def _connected(self) -> _Asking:
        line = self._line
        if line is None or line._transport is None or line._transport.is_closing():  # noqa: SLF001
            loop = asyncio.get_running_loop()
            _, line = await loop.create_connection(_Asking, self._host, self._port)
            self._line = line
        return line
