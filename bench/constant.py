"""The least that any server does for a request: find its end, write a constant. What load can be made at all.

python -m bench.constant PORT
"""

from __future__ import annotations

import asyncio
import contextlib
import sys

from typing_extensions import override

BODY = b"OK"
REPLY = b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\ncontent-type: text/plain\r\n\r\n" + BODY
HEAD_END = b"\r\n\r\n"


class Constant(asyncio.Protocol):
    """Answers every head with the same bytes; for requests without a body."""

    def __init__(self) -> None:
        self._rest = b""
        self._transport: asyncio.Transport | None = None

    @override
    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)  # noqa: S101  (TCP gives no other)
        self._transport = transport

    @override
    def data_received(self, data: bytes) -> None:
        *heads, self._rest = (self._rest + data).split(HEAD_END)
        if heads and self._transport is not None:
            self._transport.write(REPLY * len(heads))


async def serve(port: int) -> None:
    """Serve until cancelled."""
    server = await asyncio.get_running_loop().create_server(Constant, "127.0.0.1", port)
    async with server:
        await server.serve_forever()


if __name__ == "__main__":
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(serve(int(sys.argv[1])))
