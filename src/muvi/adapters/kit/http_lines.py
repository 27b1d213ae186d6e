"""Keep-alive HTTP/1.1 connections to one address, straight on the event loop.

h11 reads and writes HTTP; what is here keeps connections and hands them out. A general pool asks all its
connections about each request, through locks and scopes for every kind of concurrency: more than half of
what a call to a machine nearby costs, and a purchase makes some twelve calls.
"""

from __future__ import annotations

import asyncio
import ssl
import time
from dataclasses import dataclass, field

import h11
from typing_extensions import override

_CONNECT_S = 3.0
_POOL_S = 3.0
_KEEP_ALIVE_S = 15.0
_MOST_HEAD = 102_400

Headers = list[tuple[bytes, bytes]]


class NotConnected(Exception):
    """No connection was to be had: nothing was sent."""


class NoWholeAnswer(Exception):
    """The connection ended too early, or what came is no answer, or one above the cap."""


@dataclass(slots=True)
class Answer:
    """An answer as it arrives. Names of headers are in lower case."""

    cap: int
    status: int = 0
    headers: Headers = field(default_factory=list)
    body: bytearray = field(default_factory=bytearray)


class _Line(asyncio.Protocol):
    """One connection, which carries one exchange at a time."""

    def __init__(self) -> None:
        self._wire = h11.Connection(h11.CLIENT, max_incomplete_event_size=_MOST_HEAD)
        self._transport: asyncio.Transport | None = None
        self._answer: Answer | None = None
        self._done: asyncio.Future[None] | None = None
        self.idle_since = 0.0
        self.is_free = True
        """Nothing is under way and the connection stands: something may be sent."""

    async def exchange(self, request: h11.Request, content: bytes, cap: int) -> Answer:
        """Send a request and wait for the whole answer. Raises `NoWholeAnswer`, `h11.LocalProtocolError`."""
        self.is_free = False
        wire, answer = self._wire, Answer(cap)
        try:
            parts = [wire.send(request)]
            if content:
                parts.append(wire.send(h11.Data(content)))
            parts.append(wire.send(h11.EndOfMessage()))
            self._answer, self._done = answer, asyncio.get_running_loop().create_future()
            if self._transport is not None:
                self._transport.write(
                    b"".join(filter(None, parts))
                )  # at once, so that it leaves in one packet
            await self._done
        finally:
            self._answer = self._done = None
            if not self.is_free:
                self.cut()
        return answer

    def cut(self) -> None:
        """Close at once."""
        self.is_free = False
        if self._transport is not None:
            self._transport.abort()

    @override
    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport  # type: ignore[assignment]  # TCP and TLS give a two-way transport

    @override
    def data_received(self, data: bytes) -> None:
        if self._answer is None:  # it belongs to no request: the connection cannot be trusted any more
            self.cut()
        else:
            self._read(data)

    @override
    def eof_received(self) -> bool:
        if self._answer is not None:
            self._read(b"")  # to h11 the end, which may be that of an answer without a length
        self.is_free = False
        return False

    @override
    def connection_lost(self, exc: Exception | None) -> None:
        self.is_free = False
        self._fail(exc or "the other side closed the connection")

    def _read(self, data: bytes) -> None:
        wire, answer = self._wire, self._answer
        try:
            wire.receive_data(data)
            while answer is not None:
                event = wire.next_event()
                if isinstance(event, h11.Data):
                    answer.body += event.data
                    if len(answer.body) > answer.cap:
                        self._fail(f"more than {answer.cap} bytes")
                        return
                elif isinstance(event, h11.Response):
                    answer.status, answer.headers = event.status_code, list(event.headers)
                elif isinstance(event, h11.EndOfMessage):
                    self._end()
                    return
                elif not isinstance(event, h11.InformationalResponse):
                    return  # more is to come
        except h11.RemoteProtocolError as error:
            self._fail(error)

    def _end(self) -> None:
        wire = self._wire
        if wire.our_state is wire.their_state is h11.DONE and not wire.trailing_data[0]:
            wire.start_next_cycle()
            self.is_free = True
        self._answer = None
        if self._done is not None and not self._done.done():
            self._done.set_result(None)

    def _fail(self, why: object) -> None:
        if self._done is not None and not self._done.done():
            self._done.set_exception(NoWholeAnswer(str(why)))


class Lines:
    """At most `most` connections to one address; the one that was used last is used next."""

    def __init__(self, host: str, port: int, *, tls: ssl.SSLContext | None, most: int) -> None:
        if tls is not None:
            tls.set_alpn_protocols(["http/1.1"])
        self._address = (host, port)
        self._tls = tls
        self._places = asyncio.Semaphore(most)
        self._free: list[_Line] = []
        self._all: set[_Line] = set()

    async def exchange(
        self, method: bytes, target: bytes, headers: Headers, content: bytes, *, cap: int
    ) -> Answer:
        """One request and its whole answer, of at most `cap` bytes. Raises `NotConnected`, `NoWholeAnswer`,
        `h11.LocalProtocolError` for what is no request.
        """
        request = h11.Request(method=method, target=target, headers=headers)
        await self._place()
        try:
            line = self._kept() or await self._opened()
            try:
                return await line.exchange(request, content, cap)
            finally:
                self._give_back(line)
        finally:
            self._places.release()

    def close(self) -> None:
        """Cut every connection."""
        for line in self._all:
            line.cut()
        self._all.clear()
        self._free.clear()

    async def _place(self) -> None:
        if not self._places.locked():
            await self._places.acquire()
            return
        try:
            async with asyncio.timeout(_POOL_S):
                await self._places.acquire()
        except TimeoutError as error:
            raise NotConnected("every connection is in use") from error

    def _kept(self) -> _Line | None:
        oldest = time.monotonic() - _KEEP_ALIVE_S
        while self._free:
            line = self._free.pop()
            if line.is_free and line.idle_since > oldest:
                return line
            self._drop(line)
        return None

    async def _opened(self) -> _Line:
        host, port = self._address
        loop = asyncio.get_running_loop()
        try:
            async with asyncio.timeout(_CONNECT_S):
                _, line = await loop.create_connection(_Line, host, port, ssl=self._tls)
        except (TimeoutError, OSError) as error:  # ssl errors are among the latter
            raise NotConnected(repr(error)) from error
        self._all.add(line)
        return line

    def _give_back(self, line: _Line) -> None:
        if not line.is_free:
            self._drop(line)
            return
        line.idle_since = time.monotonic()
        self._free.append(line)
        oldest = line.idle_since - _KEEP_ALIVE_S
        while self._free[0].idle_since <= oldest:
            self._drop(self._free.pop(0))

    def _drop(self, line: _Line) -> None:
        line.cut()
        self._all.discard(line)
