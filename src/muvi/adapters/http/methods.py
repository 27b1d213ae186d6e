"""Which methods an address offers: the same list whether one asks for it or met a refusal."""

from __future__ import annotations

from collections.abc import Iterable

from litestar.routes import HTTPRoute
from litestar.types import Message, Scope


def offered(methods: Iterable[str]) -> str:
    """The value of `allow`: in one order, and with HEAD, which the edge serves wherever GET is."""
    names = {*methods}
    return ", ".join(sorted(names | {"HEAD"} if "GET" in names else names))


async def tell_methods(message: Message, scope: Scope) -> None:
    """Before an answer to OPTIONS leaves, give it its route's list.

    The framework's own was made when the first handler of a path was registered and lacks the later ones.
    """
    if message["type"] != "http.response.start" or scope.get("method") != "OPTIONS":
        return
    path = scope.get("path_template")
    for route in scope["litestar_app"].routes:
        if isinstance(route, HTTPRoute) and route.path_format == path:
            rest = [pair for pair in message["headers"] if pair[0].lower() != b"allow"]
            message["headers"] = [*rest, (b"allow", offered(route.methods).encode())]
