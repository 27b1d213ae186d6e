"""Bytes that are no HTTP, against the real server: refused or cut, and the next client is served."""

import asyncio
from urllib.parse import urlsplit

import pytest
from tests.e2e.town import PATIENCE_S, Town

HEAD = b"POST /api/v1/auth/send-otp HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
SILENT_S = 5
"""How long we wait for what may rather be met with silence."""

SENT = {
    "zeros": b"\0" * 1000,
    "no version": b"GET /heartbeat\r\n\r\n",
    "a future version": b"GET /heartbeat HTTP/9.9\r\nHost: x\r\n\r\n",
    "a TLS hello": bytes.fromhex("16030100a5010000a10303") + b"x" * 160,
    "10,000 headers": b"GET /heartbeat HTTP/1.1\r\n" + b"a: b\r\n" * 10_000 + b"\r\n",
    "a header of 1 MB": b"GET /heartbeat HTTP/1.1\r\nHost: x\r\nA: " + b"b" * 1_000_000 + b"\r\n\r\n",
    "a path of 1 MB": b"GET /" + b"a" * 1_000_000 + b" HTTP/1.1\r\nHost: x\r\n\r\n",
    "a NUL in a header": b"GET /heartbeat HTTP/1.1\r\nHost: x\r\nA: b\0c\r\n\r\n",
    "two lengths": HEAD + b"Content-Length: 2\r\nContent-Length: 30\r\n\r\n{}",
    "a negative length": HEAD + b"Content-Length: -2\r\n\r\n{}",
    "chunks without end": HEAD + b"Transfer-Encoding: chunked\r\n\r\nffffffffffffffffff\r\n{}",
    "chunks of rubbish": HEAD + b"Transfer-Encoding: chunked\r\n\r\nzz\r\n{}\r\n0\r\n\r\n",
    "half a body": HEAD + b"Content-Length: 100\r\n\r\n{",
    "half a head": HEAD,
}


async def answer_to(town: Town, sent: bytes, *, unfinished: bool = False, seconds: float = SILENT_S) -> bytes:
    """The first bytes that come back until the server hangs up or says no more; then we hang up."""
    place = urlsplit(town.api_url)
    reader, writer = await asyncio.open_connection(place.hostname, place.port)
    try:
        writer.write(sent)
        await writer.drain()
        if unfinished:
            writer.write_eof()
        async with asyncio.timeout(seconds):
            return await reader.read(4096)
    except (ConnectionError, TimeoutError):
        return b""
    finally:
        writer.close()


@pytest.mark.parametrize("what", SENT)
async def test_it_is_refused_and_others_are_served(town: Town, what: str) -> None:
    answer = await answer_to(town, SENT[what], unfinished="half" in what)
    assert not answer or answer.startswith((b"HTTP/1.1 4", b"HTTP/1.0 4", b"HTTP/1.1 505")), answer[:200]
    asked = b"GET /heartbeat HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
    well = await answer_to(town, asked, seconds=PATIENCE_S)
    assert well.startswith(b"HTTP/1.1 200"), well[:200]
    logged = (town.home / "logs" / "api.log").read_text(encoding="utf-8")
    assert "unhandled error" not in logged
