"""What a worker answers on the port of its metrics."""

import asyncio
import socket

import httpx
import pytest
from prometheus_client import Counter

from muvi.adapters.jobs.probes import answering

LOCAL = "127.0.0.1"
COUNTED = Counter("muvi_probe_tests_total", "Of this test")


def get(port: int, path: str, host: str = LOCAL) -> httpx.Response:
    return httpx.get(f"http://{host}:{port}{path}", trust_env=False)


async def test_metrics_are_those_of_this_process() -> None:
    COUNTED.inc()
    with answering(LOCAL, 0) as port:
        answer = await asyncio.to_thread(get, port, "/metrics")
    assert answer.headers["content-type"].startswith("text/plain")
    assert "muvi_probe_tests_total 1.0" in answer.text


async def test_a_loop_that_turns_is_live() -> None:
    with answering(LOCAL, 0) as port:
        answer = await asyncio.to_thread(get, port, "/health/live")
    assert (answer.status_code, answer.json()) == (200, {"status": "live"})


async def test_a_loop_that_hangs_is_not() -> None:
    """Asked from the loop's own thread, which therefore cannot turn."""
    with answering(LOCAL, 0, patience_s=0.05) as port:
        answer = get(port, "/health/live")
        assert (answer.status_code, answer.json()) == (503, {"status": "hangs"})
        assert get(port, "/metrics").status_code == 200


@pytest.mark.parametrize("path", ["/", "/metrics/more", "/health/ready"])
async def test_nothing_else_is_there(path: str) -> None:
    with answering(LOCAL, 0) as port:
        assert get(port, path).status_code == 404


async def test_a_taken_port_is_an_error_and_nobody_listens_afterwards() -> None:
    with answering(LOCAL, 0) as port, pytest.raises(OSError, match="in use"), answering(LOCAL, port):
        pass
    with socket.create_server((LOCAL, port)):
        pass


@pytest.mark.skipif(not socket.has_ipv6, reason="there is no IPv6 here")
async def test_an_address_of_ipv6() -> None:
    with answering("::1", 0) as port:
        assert get(port, "/metrics", "[::1]").status_code == 200
