"""Browsers keep connections open that they do not use."""

import asyncio

import httpx
from tests.e2e.town import Town

IDLE = 300


async def test_idle_connections_keep_nobody_out(town: Town) -> None:
    port = httpx.URL(town.api_url).port
    request = f"GET /heartbeat HTTP/1.1\r\nhost: 127.0.0.1:{port}\r\n\r\n".encode()
    writers = []
    try:
        for _ in range(IDLE):
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            writers.append(writer)
            writer.write(request)
            assert b"200" in await asyncio.wait_for(reader.readline(), 30)
    finally:
        for writer in writers:
            writer.close()
