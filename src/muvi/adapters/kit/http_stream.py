"""TCP and TLS streams for the HTTP client, straight on the event loop.

The library's own streams pass through a second concurrency layer that costs more than the rest of a call
to a machine nearby. A purchase makes some ten calls, so this is worth one small module.
"""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Iterable

import httpcore
from typing_extensions import override

_READ_AHEAD = 262_144


class _Pipe(asyncio.Protocol):
    """Collects what arrives until somebody reads it; stops the sender when nobody does."""

    def __init__(self) -> None:
        self.arrived = bytearray()
        self.ended = False
        self.error: Exception | None = None
        self.transport: asyncio.Transport | None = None
        self._reader: asyncio.Future[None] | None = None
        self._drained = asyncio.Event()
        self._drained.set()
        self._paused = False

    @override
    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = transport  # type: ignore[assignment]  # TCP and TLS give a two-way transport

    @override
    def data_received(self, data: bytes) -> None:
        self.arrived += data
        if len(self.arrived) > _READ_AHEAD and self.transport is not None:
            self._paused = True
            self.transport.pause_reading()
        self._wake()

    @override
    def eof_received(self) -> bool:
        self.ended = True
        self._wake()
        return False

    @override
    def connection_lost(self, exc: Exception | None) -> None:
        self.ended, self.error = True, exc
        self._drained.set()
        self._wake()

    @override
    def pause_writing(self) -> None:
        self._drained.clear()

    @override
    def resume_writing(self) -> None:
        self._drained.set()

    async def drained(self) -> None:
        """Wait until the kernel has taken what was written. Raises the error that cut the connection."""
        await self._drained.wait()
        if self.error is not None:
            raise self.error

    async def take(self, limit: int) -> bytes:
        """Up to `limit` bytes as soon as there are any; empty at the end."""
        if not self.arrived and not self.ended:
            self._reader = asyncio.get_running_loop().create_future()
            try:
                await self._reader
            finally:
                self._reader = None
        if not self.arrived and self.error is not None:
            raise self.error
        data = bytes(self.arrived[:limit])
        del self.arrived[:limit]
        if self._paused and self.transport is not None:
            self._paused = False
            self.transport.resume_reading()
        return data

    def _wake(self) -> None:
        if self._reader is not None and not self._reader.done():
            self._reader.set_result(None)


class _Stream(httpcore.AsyncNetworkStream):
    """One connection. Writes wait for the next read, so that a request leaves in one packet."""

    def __init__(self, transport: asyncio.Transport, pipe: _Pipe) -> None:
        self._transport = transport
        self._pipe = pipe
        self._outgoing = bytearray()

    @override
    async def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        try:
            if self._outgoing:
                await self._flush()
            async with asyncio.timeout(timeout):
                return await self._pipe.take(max_bytes)
        except TimeoutError as error:
            raise httpcore.ReadTimeout from error
        except OSError as error:
            raise httpcore.ReadError(str(error)) from error

    @override
    async def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._outgoing += buffer
        if len(self._outgoing) > _READ_AHEAD:
            try:
                await self._flush()
            except OSError as error:
                raise httpcore.WriteError(str(error)) from error

    @override
    async def aclose(self) -> None:
        self._transport.abort()

    @override
    async def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.AsyncNetworkStream:
        loop = asyncio.get_running_loop()
        try:
            async with asyncio.timeout(timeout):
                secured = await loop.start_tls(
                    self._transport, self._pipe, ssl_context, server_hostname=server_hostname
                )
        except TimeoutError as error:
            self._transport.abort()
            raise httpcore.ConnectTimeout from error
        except OSError as error:  # ssl errors are among them
            self._transport.abort()
            raise httpcore.ConnectError(str(error)) from error
        if secured is None:
            raise httpcore.ConnectError("closed during the handshake")
        self._pipe.connection_made(secured)
        return _Stream(secured, self._pipe)

    @override
    def get_extra_info(self, info: str) -> object:
        if info == "is_readable":  # an idle connection with something to read was closed by the other side
            return self._pipe.ended or bool(self._pipe.arrived)
        if info == "ssl_object":
            return self._transport.get_extra_info("ssl_object")
        return None

    async def _flush(self) -> None:
        if self._pipe.ended:  # an idle connection died unseen: the request is not, or not wholly, sent
            raise httpcore.ConnectError("the other side closed the connection")
        data = bytes(self._outgoing)
        self._outgoing.clear()
        self._transport.write(data)
        await self._pipe.drained()


class LoopBackend(httpcore.AsyncNetworkBackend):
    """Opens connections on the running event loop."""

    @override
    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        loop = asyncio.get_running_loop()
        try:
            async with asyncio.timeout(timeout):
                transport, pipe = await loop.create_connection(_Pipe, host, port)
        except TimeoutError as error:
            raise httpcore.ConnectTimeout from error
        except OSError as error:
            raise httpcore.ConnectError(str(error)) from error
        return _Stream(transport, pipe)

    @override
    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds)
