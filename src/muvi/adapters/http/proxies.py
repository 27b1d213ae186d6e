"""Where a request really came from, told by proxies that operators trust and by nobody else."""

from __future__ import annotations

import re
from collections.abc import Iterable
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address

from litestar.enums import ScopeType
from litestar.types import ASGIApp, HTTPScope, Receive, Scope, Send

Network = IPv4Network | IPv6Network
Address = IPv4Address | IPv6Address
MAX_HOPS = 20
TRACEPARENT = "traceparent"
"""Where the trace that a trusted proxy named stands in a request's state."""
_W3C = re.compile(r"00-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}")


class TrustedProxies:
    """Puts the client's address and scheme into the scope when the peer is a trusted proxy.

    `X-Forwarded-For` is read from the right, past further trusted proxies: what stands left of the first
    address that is not ours was written by the client and proves nothing. `traceparent` is taken from a
    trusted proxy only: whoever may name a trace may also have each of his requests sampled.
    """

    def __init__(self, app: ASGIApp, networks: Iterable[Network]) -> None:
        self.app = app
        self._networks = tuple(networks)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] == ScopeType.HTTP and self._trusts(_peer(scope)):
            self._believe(scope)
            _note_trace(scope)
        await self.app(scope, receive, send)

    def _trusts(self, address: Address | None) -> bool:
        return address is not None and any(address in network for network in self._networks)

    def _believe(self, scope: HTTPScope) -> None:
        forwarded, scheme = b"", ""
        for name, value in scope["headers"]:
            if name == b"x-forwarded-for":
                forwarded = forwarded + b"," + value if forwarded else value
            elif name == b"x-forwarded-proto":
                scheme = value.decode("latin-1").strip().lower()
        for hop in reversed(forwarded.decode("latin-1").split(",")[-MAX_HOPS:]):
            address = _read(hop)
            if address is None:
                break
            scope["client"] = (str(address), 0)
            if not self._trusts(address):
                break
        if scheme in {"http", "https"}:
            scope["scheme"] = scheme


def _peer(scope: HTTPScope) -> Address | None:
    client = scope.get("client")
    return _read(client[0]) if client else None


def _read(text: str) -> Address | None:
    try:
        address = ip_address(text.strip())
    except ValueError:
        return None
    mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    return mapped or address


def _note_trace(scope: HTTPScope) -> None:
    for name, value in scope["headers"]:
        if name == TRACEPARENT.encode() and _W3C.fullmatch(parent := value.decode("latin-1").strip()):
            scope["state"] = {**scope.get("state", {}), TRACEPARENT: parent}
