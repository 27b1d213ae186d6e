"""What stands between a server and the application, from the outside in."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from litestar.types import ASGIApp

from muvi.adapters.http.access_log import AccessLog
from muvi.adapters.http.cors import Cors
from muvi.adapters.http.proxies import Network, TrustedProxies


def at_the_edge(
    app: ASGIApp,
    *,
    origins: Iterable[str],
    trusted_proxies: tuple[Network, ...] = (),
    write: Callable[[bytes], None] | None = None,
) -> ASGIApp:
    """Wrap an application. `origins` may call from a browser, `trusted_proxies` may name the client's
    address, `write` takes the lines of the access log, by default to stdout.
    """
    edged: ASGIApp = AccessLog(Cors(app, origins), write)
    return TrustedProxies(edged, trusted_proxies) if trusted_proxies else edged
