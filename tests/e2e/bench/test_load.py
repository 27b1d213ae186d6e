"""The load generator counts what really happened."""

import asyncio
from collections.abc import AsyncGenerator

import pytest
from bench.constant import Constant
from bench.load import Load, measure, require_loopback
from bench.place import free_port
from bench.wire import Caller, Line
from typing_extensions import override


@pytest.fixture
async def constant() -> AsyncGenerator[str]:
    port = free_port()
    server = await asyncio.get_running_loop().create_server(Constant, "127.0.0.1", port)
    async with server:
        yield f"http://127.0.0.1:{port}"


async def test_a_second_of_load_is_answered(constant: str) -> None:
    load = Load.of(constant, "/", seconds=0.3, connections=2)
    figures = await measure(load)
    assert figures.requests > 0
    assert (figures.failed, figures.broken) == (0, 0)
    assert figures.statuses == {200: figures.requests}


async def test_other_answers_are_failures() -> None:
    class Grumpy(Constant):
        @override
        def data_received(self, data: bytes) -> None:
            del data
            assert self._transport is not None
            self._transport.write(b"HTTP/1.1 503 No\r\ncontent-length: 0\r\n\r\n")

    port = free_port()
    server = await asyncio.get_running_loop().create_server(Grumpy, "127.0.0.1", port)
    async with server:
        figures = await measure(Load.of(f"http://127.0.0.1:{port}", "/", seconds=0.2, connections=1))
    assert figures.failed == figures.requests > 0
    assert figures.per_s == 0


async def test_an_answer_in_pieces_is_one_answer() -> None:
    heard: list[bytes] = []

    class Hearing(Line):
        @override
        def answered(self, data: bytes, head: int) -> None:
            heard.append(data[head + 4 :])

    line = Hearing()
    whole = b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello"
    for start in range(0, len(whole), 7):
        line.data_received(whole[start : start + 7])
    chunked = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n0\r\n\r\n"
    line.data_received(chunked[:50])
    line.data_received(chunked[50:])
    assert heard == [b"hello", b"2\r\nhi\r\n0\r\n\r\n"]


async def test_a_caller_reads_an_answer(constant: str) -> None:
    caller = Caller(constant)
    answer = await caller.ask("GET", "/")
    caller.close()
    assert (answer.status, answer.body) == (200, b"OK")


def test_other_machines_are_left_alone() -> None:
    with pytest.raises(ValueError, match="another machine"):
        require_loopback("http://192.0.2.1/")
