"""The HTTP client against real sockets: what was sent, and what each failure means."""

import asyncio
import contextlib
import datetime as dt
import ssl
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import h11
import httpx
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from muvi.adapters.kit import http_lines
from muvi.adapters.kit.http_client import VendorHttp, quoted
from muvi.ports.errors import OutcomeUnknown, Unavailable

Answer = Callable[[bytes, asyncio.StreamWriter], Awaitable[None]]
OK = b"HTTP/1.1 200 OK\r\nDate: Thu, 15 Jan 2026 14:00:00 GMT\r\nContent-Length: 2\r\n\r\n{}"


@asynccontextmanager
async def a_server(answer: Answer, tls: ssl.SSLContext | None = None) -> AsyncGenerator[int]:
    """Serve each request's raw head and body with `answer`; yields the port."""
    tasks: set[asyncio.Task[None]] = set()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(asyncio.IncompleteReadError, OSError), contextlib.closing(writer.transport):
            while True:
                head = await reader.readuntil(b"\r\n\r\n")
                lengths = [line for line in head.split(b"\r\n") if line.startswith(b"Content-Length: ")]
                body = await reader.readexactly(int(lengths[0].split()[1])) if lengths else b""
                await answer(head + body, writer)

    def accept(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.ensure_future(serve(reader, writer))
        tasks.add(task)
        task.add_done_callback(tasks.discard)

    server = await asyncio.start_server(accept, "127.0.0.1", 0, ssl=tls)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()
        for task in list(tasks):
            task.cancel()
        if tasks:
            await asyncio.wait(tasks)
        await asyncio.sleep(0)


def replying(*replies: bytes) -> tuple[Answer, list[bytes]]:
    seen: list[bytes] = []

    async def answer(request: bytes, writer: asyncio.StreamWriter) -> None:
        seen.append(request)
        writer.write(replies[min(len(seen), len(replies)) - 1])
        await writer.drain()

    return answer, seen


async def test_the_bytes_on_the_wire_keep_the_case_of_names() -> None:
    answer, seen = replying(OK)
    async with a_server(answer) as port:
        http = VendorHttp("vista", f"http://127.0.0.1:{port}/Base/", headers=[("connectApiToken", "t")])
        reply = await http.post_json("orders", {"cinemaId": "0001"}, headers=[("correlationId", "c")])
        await http.get("a/" + quoted("x/y z"), query=[("$filter", "ID eq '1'"), ("b", "&")])
        await http.aclose()
    assert (reply.status, reply.body, reply.is_ok) == (200, b"{}", True)
    assert reply.header("date") == reply.header("Date") == "Thu, 15 Jan 2026 14:00:00 GMT"
    assert reply.header("nothing") == ""
    assert seen[0].startswith(b"POST /Base/orders HTTP/1.1\r\nHost: 127.0.0.1:")
    assert b"\r\nconnectApiToken: t\r\n" in seen[0]
    assert b"\r\ncorrelationId: c\r\n" in seen[0]
    assert seen[0].endswith(b'\r\n\r\n{"cinemaId":"0001"}')
    assert seen[1].startswith(b"GET /Base/a/x%2Fy%20z?%24filter=ID%20eq%20%271%27&b=%26 HTTP/1.1")


async def test_a_form_keeps_its_order() -> None:
    answer, seen = replying(OK)
    async with a_server(answer) as port:
        http = VendorHttp("gateway", f"http://127.0.0.1:{port}")
        await http.post_form("/v1/checkouts", [("entityId", "e"), ("amount", "1.00"), ("b[c]", "d e")])
        await http.aclose()
    assert seen[0].endswith(b"\r\n\r\nentityId=e&amount=1.00&b%5Bc%5D=d+e")
    assert b"Content-Type: application/x-www-form-urlencoded" in seen[0]


async def test_redirects_and_errors_come_back_as_they_are() -> None:
    answer, seen = replying(
        b"HTTP/1.1 303 See Other\r\nLocation: http://elsewhere/\r\nContent-Length: 0\r\n\r\n",
        b"HTTP/1.1 503 Nope\r\nRetry-After: 7\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n",
    )
    async with a_server(answer) as port:
        http = VendorHttp("x", f"http://127.0.0.1:{port}")
        first, second = await http.get("a"), await http.get("b")
        await http.aclose()
    assert (first.status, first.header("location")) == (303, "http://elsewhere/")
    assert (second.status, second.body, second.header("retry-after")) == (503, b"abc", "7")
    assert len(seen) == 2


async def test_nobody_listening_means_nothing_was_sent() -> None:
    http = VendorHttp("x", "http://127.0.0.1:1")
    with pytest.raises(Unavailable) as caught:
        await http.post_json("orders", {})
    assert caught.value.system == "x"
    await http.aclose()


async def _cut(_: bytes, writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n{")
    await writer.drain()
    writer.close()


async def _hang_up(_: bytes, writer: asyncio.StreamWriter) -> None:
    writer.close()


async def _say_nothing(_: bytes, __: asyncio.StreamWriter) -> None:
    await asyncio.Event().wait()


async def _babble(_: bytes, writer: asyncio.StreamWriter) -> None:
    writer.write(b"this is not http\r\n\r\n")
    await writer.drain()


async def _flood(_: bytes, writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 5000000\r\n\r\n" + b"x" * 5_000_000)
    await writer.drain()


@pytest.mark.parametrize("answer", [_cut, _hang_up, _say_nothing, _babble, _flood])
async def test_sent_without_a_whole_answer_is_unknown_and_for_reads_only_unavailable(answer: Answer) -> None:
    async with a_server(answer) as port:
        http = VendorHttp("x", f"http://127.0.0.1:{port}", total_s=0.3)
        with pytest.raises(OutcomeUnknown):
            await http.post_json("orders", {})
        with pytest.raises(Unavailable):
            await http.get("orders")
        with pytest.raises(Unavailable):
            await http.post_json("booking", {}, safe=True)
        await http.aclose()


async def test_a_large_answer_passes_under_a_larger_cap() -> None:
    async with a_server(_flood) as port:
        http = VendorHttp("x", f"http://127.0.0.1:{port}")
        reply = await http.get("feed", max_bytes=6_000_000)
        await http.aclose()
    assert len(reply.body) == 5_000_000


async def test_a_connection_is_kept_and_a_dead_one_is_not_used() -> None:
    ports: list[int] = []

    async def answer(_: bytes, writer: asyncio.StreamWriter) -> None:
        ports.append(writer.get_extra_info("peername")[1])
        writer.write(OK)
        await writer.drain()
        if len(ports) == 2:
            writer.close()

    async with a_server(answer) as port:
        http = VendorHttp("x", f"http://127.0.0.1:{port}")
        for _ in range(2):
            await http.post_json("a", {})
        for _ in range(50):  # let the close arrive
            await asyncio.sleep(0)
        await http.post_json("a", {})
        await http.aclose()
    assert ports[0] == ports[1] != ports[2]


async def test_many_calls_at_once_share_few_connections() -> None:
    answer, seen = replying(OK)
    async with a_server(answer) as port:
        http = VendorHttp("x", f"http://127.0.0.1:{port}", max_connections=3)
        async with asyncio.TaskGroup() as group:
            for number in range(40):
                group.create_task(http.post_json(f"{number}", {"n": number}))
        await http.aclose()
    assert len(seen) == 40


async def test_an_abandoned_call_leaves_the_next_one_a_clean_connection() -> None:
    released = asyncio.Event()

    async def answer(request: bytes, writer: asyncio.StreamWriter) -> None:
        if request.startswith(b"POST /slow"):
            await released.wait()
        writer.write(OK)
        await writer.drain()

    async with a_server(answer) as port:
        http = VendorHttp("x", f"http://127.0.0.1:{port}", max_connections=1)
        with pytest.raises(OutcomeUnknown):
            await http.post_json("slow", {}, total_s=0.05)
        assert (await http.post_json("quick", {})).body == b"{}"
        released.set()
        await http.aclose()


async def test_a_request_that_cannot_be_written_leaves_the_next_one_a_clean_connection() -> None:
    answer, _ = replying(OK)
    async with a_server(answer) as port:
        http = VendorHttp("x", f"http://127.0.0.1:{port}", max_connections=1)
        await http.post_json("healthy", {})
        too_short = [(b"Host", b"x"), (b"Content-Length", b"1")]
        with pytest.raises(h11.LocalProtocolError):
            await http._lines.exchange(b"POST", b"/", too_short, b"{}", cap=9)
        assert (await http.post_json("healthy", {})).body == b"{}"
        await http.aclose()


@pytest.mark.parametrize("is_guarded", [True, False], ids=["a guard", "the twin without"])
async def test_what_nobody_asked_for_is_no_answer_to_the_next_call(
    monkeypatch: pytest.MonkeyPatch, *, is_guarded: bool
) -> None:
    """A second answer to one request, in the same packet and in one of its own."""
    if not is_guarded:
        monkeypatch.setattr(http_lines._Line, "data_received", http_lines._Line._read)
        monkeypatch.setattr(http_lines.h11.Connection, "trailing_data", (b"", False))
    told = asyncio.Event()
    forged = OK.replace(b"{}", b"[]")

    async def answer(request: bytes, writer: asyncio.StreamWriter) -> None:
        writer.write(OK + (forged if request.startswith(b"POST /glued") else b""))
        if request.startswith(b"POST /late"):
            await told.wait()
            writer.write(forged)
        await writer.drain()

    async with a_server(answer) as port:
        http = VendorHttp("x", f"http://127.0.0.1:{port}", total_s=2)
        bodies = [(await http.post_json("glued", {})).body for _ in range(2)]
        bodies.append((await http.post_json("late", {})).body)
        told.set()
        for _ in range(50):  # let it arrive
            await asyncio.sleep(0)
        bodies += [(await http.post_json("plain", {})).body for _ in range(2)]
        await http.aclose()
    assert (set(bodies) == {b"{}"}) is is_guarded


async def test_an_answer_without_a_length_ends_with_its_connection() -> None:
    async def answer(_: bytes, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\n\r\nall ")
        await writer.drain()
        writer.write(b"of it")
        writer.close()

    async with a_server(answer) as port:
        http = VendorHttp("x", f"http://127.0.0.1:{port}")
        assert [(await http.post_json("a", {})).body for _ in range(2)] == [b"all of it"] * 2
        await http.aclose()


async def test_a_connection_is_not_kept_for_long(monkeypatch: pytest.MonkeyPatch) -> None:
    """The other side may be closing it while we send, and then nobody knows what became of it."""
    ports: list[int] = []

    async def answer(_: bytes, writer: asyncio.StreamWriter) -> None:
        ports.append(writer.get_extra_info("peername")[1])
        writer.write(OK)
        await writer.drain()

    now = 1000.0
    monkeypatch.setattr(http_lines.time, "monotonic", lambda: now)
    async with a_server(answer) as port:
        http = VendorHttp("x", f"http://127.0.0.1:{port}")
        for later in (0, 14.9, 15.1):
            now += later
            await http.post_json("a", {})
        await http.aclose()
    assert ports[0] == ports[1] != ports[2]


async def test_when_every_connection_is_busy_nothing_was_sent(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http_lines, "_POOL_S", 0.01)
    began = asyncio.Event()

    async def answer(_: bytes, __: asyncio.StreamWriter) -> None:
        began.set()
        await asyncio.Event().wait()

    async with a_server(answer) as port:
        http = VendorHttp("x", f"http://127.0.0.1:{port}", max_connections=1)
        slow = asyncio.create_task(http.post_json("a", {}))
        await began.wait()
        with pytest.raises(Unavailable):
            await http.post_json("b", {})
        slow.cancel()
        with pytest.raises(asyncio.CancelledError):
            await slow
        await http.aclose()


def _certificate(home: Path) -> ssl.SSLContext:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    start = dt.datetime(2020, 1, 1, tzinfo=dt.UTC)
    certificate = (
        x509.CertificateBuilder(name, name, key.public_key(), 1, start, start.replace(year=2060))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .sign(key, hashes.SHA256())
    )
    pem = home / "localhost.pem"
    pem.write_bytes(
        certificate.public_bytes(serialization.Encoding.PEM)
        + key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(pem)
    return context


async def test_tls_works_for_a_trusted_name_only(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    answer, seen = replying(OK)
    async with a_server(answer, _certificate(tmp_path)) as port:
        doubting = VendorHttp("x", f"https://localhost:{port}")
        with pytest.raises(Unavailable):
            await doubting.post_json("a", {})
        await doubting.aclose()
        monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "localhost.pem"))
        trusting = VendorHttp("x", f"https://localhost:{port}")
        for _ in range(2):
            assert (await trusting.post_json("a", {"big": "x" * 100_000})).body == b"{}"
        await trusting.aclose()
    assert len(seen) == 2


async def test_an_application_in_the_process_can_stand_in_for_the_network() -> None:
    async def app(scope: object, receive: object, send: Callable[[object], Awaitable[None]]) -> None:
        await send({"type": "http.response.start", "status": 201, "headers": [(b"Date", b"now")]})
        await send({"type": "http.response.body", "body": b"yes"})

    http = VendorHttp("x", "http://sandbox/base", transport=httpx.ASGITransport(app=app))  # type: ignore[arg-type]
    reply = await http.post_json("a", {})
    assert (reply.status, reply.body, reply.header("DATE")) == (201, b"yes", "now")
    await http.aclose()


@pytest.mark.parametrize("address", ["", "vista.example/x", "ftp://vista.example", "http:///x"])
def test_an_address_that_is_none_is_refused(address: str) -> None:
    with pytest.raises(ValueError, match="address"):
        VendorHttp("x", address)
