import asyncio
import socket
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

import httpx
import msgspec
import pytest
import uvloop
from litestar.types import Receive, Scope, Send

from muvi_sandbox.clock import Clock
from muvi_sandbox.server import CUT, RAW_HEADERS, serving


async def echo(scope: Scope, receive: Receive, send: Send) -> None:
    """Tell what arrived; `/cut` breaks, `/silent` never answers."""
    if scope["path"] == "/cut":
        await send({"type": CUT})  # type: ignore[typeddict-item]
        return
    if scope["path"] == "/silent":
        await asyncio.Event().wait()
    body = (await receive())["body"]  # type: ignore[typeddict-item]
    names = [name.decode() for name, _ in scope["extensions"][RAW_HEADERS]]  # type: ignore[index]
    answer = msgspec.json.encode({"names": names, "body": body.decode(), "path": scope["path"]})
    headers = [(b"content-length", str(len(answer)).encode())]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": answer, "more_body": False})


@asynccontextmanager
async def client() -> AsyncGenerator[httpx.AsyncClient]:
    bound = socket.create_server(("127.0.0.1", 0))
    base = f"http://127.0.0.1:{bound.getsockname()[1]}"
    quitting = asyncio.Event()
    async with (
        serving(echo, Clock(), bound, quit_calls=quitting.set),
        httpx.AsyncClient(base_url=base, trust_env=False) as http,
    ):
        yield http
    assert quitting.is_set()


async def test_header_names_keep_their_case_and_connections_live_on() -> None:
    async with client() as http:
        for body in ("a", "b" * 300_000, ""):
            answer = await http.post("/film%20x", content=body, headers={"connectApiToken": "t"})
            assert answer.json()["body"] == body
            assert "connectApiToken" in answer.json()["names"]
            assert answer.json()["path"] == "/film x"
            assert "date" in answer.headers


async def test_a_cut_answer_reaches_the_client_as_a_broken_connection() -> None:
    async with client() as http:
        with pytest.raises(httpx.TransportError):
            await http.get("/cut")
        assert (await http.get("/")).status_code == 200


async def test_what_is_not_http_is_hung_up_on() -> None:
    async with client() as http:
        reader, writer = await asyncio.open_connection("127.0.0.1", http.base_url.port)
        writer.write(b"\x16\x03\x01 hello\r\n\r\n")
        assert await reader.read() == b""
        writer.close()
        await writer.wait_closed()


def test_it_serves_on_the_loop_that_the_command_runs_it_on() -> None:
    async def once() -> int:
        async with client() as http:
            return (await http.get("/")).status_code

    assert uvloop.run(once()) == 200
