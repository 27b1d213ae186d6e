"""A bounded closed loop over HTTP/1.1: so many connections, so many seconds.

Every connection has one request under way, so the load never outruns the server, and a latency is the time
from the bytes written to the last byte read.

    python -m bench.load http://127.0.0.1:3000/heartbeat -c 32 -s 5
"""

from __future__ import annotations

import argparse
import asyncio
import ipaddress
import sys
import time
from array import array
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from typing_extensions import override

from bench.processes import cpu_s, tree
from bench.wire import CLOSES, Line, request_bytes

MOST_CONNECTIONS = 512
GRACE_S = 5.0
CONNECT_S = 5.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Load:
    """What to send where. The requests are sent in turn, each connection begins at another one.

    With `server_pid` the processor time of that process and its children is told, too.
    """

    host: str
    port: int
    requests: Sequence[bytes]
    connections: int = 32
    seconds: float = 5.0
    warm_up_s: float = 1.0
    server_pid: int | None = None

    @classmethod
    def of(cls, url: str, *targets: str, seconds: float, connections: int, pid: int | None = None) -> Load:
        """GET requests to one server."""
        parts = urlsplit(url)
        return cls(
            host=parts.hostname or "127.0.0.1",
            port=parts.port or 80,
            requests=[request_bytes(target, parts.netloc) for target in targets],
            connections=connections,
            seconds=seconds,
            server_pid=pid,
        )


@dataclass(slots=True)
class Tally:
    """What was seen while it counted. Latencies in seconds."""

    latencies: array[float] = field(default_factory=lambda: array("d"))
    statuses: Counter[int] = field(default_factory=Counter)
    received_bytes: int = 0
    broken: int = 0
    counting: bool = False
    stopping: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """The result of a load. `failed` counts answers other than 2xx, `broken` connections cut early.

    `server_us` is the server's processor time per answer in microseconds; it holds on a busy machine, too.
    """

    requests: int
    seconds: float
    failed: int
    broken: int
    statuses: Mapping[int, int]
    megabytes: float
    p50_ms: float
    p99_ms: float
    worst_ms: float
    server_us: float

    @property
    def per_s(self) -> float:
        """Answers of 2xx a second."""
        return (self.requests - self.failed) / self.seconds

    def line(self) -> str:
        """For people."""
        text = (
            f"{self.per_s:,.0f} req/s  p50 {self.p50_ms:.2f} ms  p99 {self.p99_ms:.2f} ms  "
            f"worst {self.worst_ms:.2f} ms  {self.megabytes / self.seconds:.1f} MB/s"
        )
        if self.server_us:
            text += f"  server {self.server_us:.0f} us/req"
        if self.failed or self.broken:
            text += f"  NOT 2xx: {self.failed} {dict(self.statuses)}  broken connections: {self.broken}"
        return text


class _Client(Line):
    """Sends the next request as soon as the answer is whole."""

    def __init__(self, tally: Tally, requests: Sequence[bytes], first: int) -> None:
        super().__init__()
        self._tally = tally
        self._requests = requests
        self._next = first % len(requests)
        self._sent_at = 0.0
        self.ended = asyncio.get_running_loop().create_future()

    @override
    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        super().connection_made(transport)
        self._send()

    @override
    def connection_lost(self, exc: Exception | None) -> None:
        if not self._tally.stopping:
            self._tally.broken += 1
        if not self.ended.done():
            self.ended.set_result(None)

    @override
    def answered(self, data: bytes, head: int) -> None:
        tally = self._tally
        if tally.counting:
            tally.latencies.append(time.perf_counter() - self._sent_at)
            tally.statuses[int(data[9:12])] += 1
            tally.received_bytes += len(data)
        if tally.stopping or CLOSES.search(data, 0, head):
            self.close()
        else:
            self._send()

    def _send(self) -> None:
        request = self._requests[self._next]
        self._next = (self._next + 1) % len(self._requests)
        self._sent_at = time.perf_counter()
        self.write(request)


async def measure(load: Load) -> Figures:
    """Put the load on a server and count. Raises `OSError` when nothing listens, `ValueError` when it is
    out of bounds.
    """
    if not 1 <= load.connections <= MOST_CONNECTIONS or not load.requests:
        raise ValueError(f"1 to {MOST_CONNECTIONS} connections and at least one request")
    _, probe = await asyncio.wait_for(asyncio.open_connection(load.host, load.port), CONNECT_S)
    probe.close()
    tally = Tally()
    server = tree(load.server_pid) if load.server_pid else ()
    async with asyncio.TaskGroup() as group:
        for number in range(load.connections):
            group.create_task(_keep_connected(load, tally, number))
        await asyncio.sleep(load.warm_up_s)
        before = cpu_s(server)
        tally.counting, began = True, time.perf_counter()
        await asyncio.sleep(load.seconds)
        tally.counting, seconds = False, time.perf_counter() - began
        spent = cpu_s(server) - before
        tally.stopping = True
    return _figures(tally, seconds, spent)


async def _keep_connected(load: Load, tally: Tally, number: int) -> None:
    loop = asyncio.get_running_loop()
    first = number * len(load.requests) // load.connections
    while not tally.stopping:
        async with asyncio.timeout(CONNECT_S):
            _, client = await loop.create_connection(
                lambda: _Client(tally, load.requests, first), load.host, load.port
            )
        while not client.ended.done():
            await asyncio.wait([client.ended], timeout=0.1)
            if tally.stopping:
                await asyncio.wait([client.ended], timeout=GRACE_S)  # type: ignore[unreachable]
                client.close()
                await client.ended


def at_share(ordered: Sequence[float], share: float) -> float:
    """The value that so large a share of an ordered sequence does not exceed; 0 for an empty one."""
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))] if ordered else 0.0


def _figures(tally: Tally, seconds: float, spent_s: float) -> Figures:
    ordered = sorted(tally.latencies)
    return Figures(
        requests=len(ordered),
        seconds=seconds,
        failed=sum(times for status, times in tally.statuses.items() if not 200 <= status < 300),  # noqa: PLR2004
        broken=tally.broken,
        statuses=dict(tally.statuses),
        megabytes=tally.received_bytes / 1e6,
        p50_ms=at_share(ordered, 0.50) * 1000,
        p99_ms=at_share(ordered, 0.99) * 1000,
        worst_ms=at_share(ordered, 1.0) * 1000,
        server_us=spent_s * 1e6 / max(1, len(ordered)),
    )


def require_loopback(url: str) -> None:
    """Raise `ValueError` for another machine: this load is for the one it runs on."""
    host = urlsplit(url).hostname or ""
    if host != "localhost" and not ipaddress.ip_address(host).is_loopback:
        raise ValueError(f"{host} is another machine; this load is for 127.0.0.1 or localhost")


def main() -> int:
    """Measure one address; ends with 1 when an answer was not 2xx or a connection broke."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("url")
    parser.add_argument("-c", "--connections", type=int, default=32)
    parser.add_argument("-s", "--seconds", type=float, default=5.0)
    parser.add_argument("--pid", type=int, help="process of the server, to tell its processor time")
    given = parser.parse_args()
    parts = urlsplit(given.url)
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    try:
        require_loopback(given.url)
        load = Load.of(given.url, target, seconds=given.seconds, connections=given.connections, pid=given.pid)
        figures = asyncio.run(measure(load))
    except (OSError, ValueError) as error:
        sys.exit(f"{given.url}: {error}")
    print(figures.line())
    return 1 if figures.failed or figures.broken else 0


if __name__ == "__main__":
    sys.exit(main())
