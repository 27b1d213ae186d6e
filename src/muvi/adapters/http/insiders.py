"""Who may read the numbers: machines of the operator's own network, never what came through a proxy."""

from __future__ import annotations

import hmac
from ipaddress import ip_address

from litestar.types import HTTPScope

FORWARDED = frozenset({b"x-forwarded-for", b"forwarded", b"x-real-ip", b"via"})
"""A proxy says by one of these for whom it asks."""


class Insiders:
    """Admits a caller whose address is no public one, who came by no proxy, and who has the token if there is
    one.
    """

    def __init__(self, token: str = "") -> None:
        self._token = token.encode()

    def admits(self, scope: HTTPScope) -> bool:
        """Whether this request may be answered."""
        given = dict(scope["headers"])
        if FORWARDED & given.keys() or not _is_near(scope):
            return False
        return not self._token or hmac.compare_digest(
            given.get(b"authorization", b""), b"Bearer " + self._token
        )


def _is_near(scope: HTTPScope) -> bool:
    client = scope.get("client")
    try:
        return client is None or not ip_address(client[0]).is_global
    except ValueError:
        return False
