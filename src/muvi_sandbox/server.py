"""A small HTTP/1.1 server for the sandbox.

General servers lower-case header names and cannot break a connection on purpose. Vista tells
`connectApiToken` from `ConnectApiToken`, and a test needs an answer that is cut; both travel here as
extensions of the ASGI scope.
"""

import asyncio
import contextlib
import socket
from collections.abc import AsyncGenerator, Callable
from email.utils import format_datetime
from typing import cast
from urllib.parse import unquote

import h11
from litestar.types import ASGIApp, HTTPReceiveMessage, Message, Receive, Scope, Send
from typing_extensions import override

from muvi_sandbox.clock import Clock

RAW_HEADERS = "muvi.raw_headers"
CUT = "muvi.cut"
_DRAIN_S = 5.0


class _Exchange:
    """One request and its answer."""

    def __init__(self, link: "_Link", head: h11.Request) -> None:
        self._link = link
        self._head = head
        self._body: list[bytes] = []
        self._complete = asyncio.Event()
        self._delivered = False
        self._start: Message | None = None
        self.gone = asyncio.Event()

    def feed(self, data: bytes) -> None:
        self._body.append(data)

    def complete(self) -> None:
        self._complete.set()

    async def receive(self) -> HTTPReceiveMessage:
        if not self._delivered:
            await self._complete.wait()
            self._delivered = True
            return {"type": "http.request", "body": b"".join(self._body), "more_body": False}
        await self.gone.wait()
        return {"type": "http.disconnect"}

    async def send(self, message: Message) -> None:
        kind: str = message["type"]
        if kind == CUT:
            self._link.cut()
        elif kind == "http.response.start":
            self._start = message
        elif message["type"] == "http.response.body":
            self._link.write(self._start, message["body"], last=not message.get("more_body", False))
            self._start = None

    def scope(self) -> Scope:
        path, _, query = self._head.target.partition(b"?")
        link = self._link
        return {  # type: ignore[return-value]
            "type": "http",
            "asgi": {"version": "3.0", "spec_version": "2.4"},
            "http_version": self._head.http_version.decode(),
            "method": self._head.method.decode(),
            "scheme": "http",
            "path": unquote(path.decode("latin-1")),
            "raw_path": path,
            "query_string": query,
            "root_path": "",
            "headers": list(self._head.headers),
            "client": link.peer,
            "server": link.name,
            "state": {},
            "extensions": {CUT: {}, RAW_HEADERS: self._head.headers.raw_items()},
        }


class _Link(asyncio.Protocol):
    """One connection of a client; requests on it are answered one after another."""

    def __init__(
        self, app: ASGIApp, clock: Clock, links: set["_Link"], tasks: set[asyncio.Task[None]]
    ) -> None:
        self._app = app
        self._clock = clock
        self._links = links
        self._tasks = tasks
        self._wire = h11.Connection(h11.SERVER)
        self._exchange: _Exchange | None = None
        self._transport: asyncio.Transport | None = None
        self.peer: tuple[str, int] | None = None
        self.name: tuple[str, int] | None = None

    @override
    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)  # uvloop's does not inherit it
        self.peer = transport.get_extra_info("peername")
        self.name = transport.get_extra_info("sockname")
        self._links.add(self)

    @override
    def data_received(self, data: bytes) -> None:
        self._wire.receive_data(data)
        self._advance()

    @override
    def connection_lost(self, exc: Exception | None) -> None:
        self._links.discard(self)
        if self._exchange is not None:
            self._exchange.complete()
            self._exchange.gone.set()

    def cut(self) -> None:
        if self._transport is not None:
            self._transport.abort()

    def write(self, start: Message | None, body: bytes, *, last: bool) -> None:
        """Put a part of the answer on the wire. A client that has left is no error."""
        if self._transport is None or self._transport.is_closing():
            return
        out = []
        if start is not None and start["type"] == "http.response.start":
            headers = [*start["headers"], (b"date", self._date())]
            out.append(self._wire.send(h11.Response(status_code=start["status"], headers=headers)))
        if body:
            out.append(self._wire.send(h11.Data(data=body)))
        if last:
            out.append(self._wire.send(h11.EndOfMessage()))
        self._transport.write(b"".join(part for part in out if part))

    def _date(self) -> bytes:
        return format_datetime(self._clock.now().replace(microsecond=0), usegmt=True).encode()

    def _advance(self) -> None:
        try:
            while True:
                event = self._wire.next_event()
                if event is h11.NEED_DATA or event is h11.PAUSED:
                    break
                if isinstance(event, h11.ConnectionClosed):
                    self._close()
                    return
                self._take(event)
        except h11.RemoteProtocolError:
            self._close()
            return
        if self._wire.they_are_waiting_for_100_continue and self._transport is not None:
            go_on = self._wire.send(h11.InformationalResponse(status_code=100, headers=[]))
            self._transport.write(go_on or b"")

    def _take(self, event: object) -> None:
        if isinstance(event, h11.Request):
            self._exchange = _Exchange(self, event)
            task = asyncio.get_running_loop().create_task(self._run(self._exchange))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
        elif isinstance(event, h11.Data) and self._exchange is not None:
            self._exchange.feed(bytes(event.data))
        elif isinstance(event, h11.EndOfMessage) and self._exchange is not None:
            self._exchange.complete()

    async def _run(self, exchange: _Exchange) -> None:
        receive: Receive = exchange.receive
        send: Send = exchange.send
        try:
            await self._app(exchange.scope(), receive, send)
        except Exception:  # noqa: BLE001 - the framework answered 500 or the client is gone: nobody is left to tell
            self.cut()
        self._exchange = None
        if self._wire.our_state is h11.DONE and self._wire.their_state is h11.DONE:
            self._wire.start_next_cycle()
            self._advance()
        else:
            self._close()

    def _close(self) -> None:
        if self._transport is not None:
            self._transport.close()


@contextlib.asynccontextmanager
async def serving(
    app: ASGIApp, clock: Clock, bound: socket.socket, *, quit_calls: Callable[[], None]
) -> AsyncGenerator[None]:
    """Serve on a bound socket inside the block.

    On the way out `quit_calls` must end the calls that never answer; the others have 5 s.
    """
    links: set[_Link] = set()
    tasks: set[asyncio.Task[None]] = set()
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: _Link(app, clock, links, tasks), sock=bound, backlog=1024)
    try:
        yield
    finally:
        server.close()
        quit_calls()
        if tasks:
            await asyncio.wait(tasks, timeout=_DRAIN_S)
        for task in tuple(tasks):
            task.cancel()
        if tasks:
            await asyncio.wait(tasks)
        for link in tuple(links):
            link.cut()
        await server.wait_closed()
