"""Where a buyer may be sent after paying: only to ourselves and to the origins that operators listed."""

from __future__ import annotations

from collections.abc import Iterable
from urllib.parse import SplitResult, urlsplit

from muvi.domain.shared.errors import Invalid

_DEFAULT_PORTS = {"http": 80, "https": 443}
_MAX_LENGTH = 2000
_DANGEROUS = frozenset({"javascript", "data", "vbscript", "file", "blob", "about"})


class ReturnAddressNotAllowed(Invalid):
    """The address leads to an origin that nobody vouched for."""

    code = "return-address-not-allowed"
    title = "This return address is not allowed"
    title_ar = "عنوان العودة غير مسموح به"


def require_return_address(address: str, allowed_origins: Iterable[str], *, field: str = "") -> str:
    """Return the address when its scheme, host and port equal those of an allowed origin.

    An app's own scheme is allowed by listing it (`muvi://` or `muvi://paid`, the latter with that host).
    Raises `ReturnAddressNotAllowed`; an empty address is allowed, our own page is shown then.
    """
    if not address:
        return address
    origin = _origin(address)
    allowed = [found for text in allowed_origins if (found := _origin(text)) is not None]
    if origin is None or not any(_matches(origin, candidate) for candidate in allowed):
        raise ReturnAddressNotAllowed(field=field)
    return address


def _matches(origin: tuple[str, str, int], candidate: tuple[str, str, int]) -> bool:
    if candidate[0] not in _DEFAULT_PORTS and not candidate[1]:
        return origin[0] == candidate[0]
    return origin == candidate


def _origin(address: str) -> tuple[str, str, int] | None:
    if len(address) > _MAX_LENGTH or not address.isascii() or "\\" in address:
        return None
    if any(character <= " " or character == "\x7f" for character in address):
        return None
    try:
        parts = urlsplit(address)
        port = parts.port
    except ValueError:
        return None
    return _read(parts, port)


def _read(parts: SplitResult, port: int | None) -> tuple[str, str, int] | None:
    scheme, host = parts.scheme.lower(), (parts.hostname or "").lower()
    if not scheme or scheme in _DANGEROUS or parts.username is not None or parts.password is not None:
        return None
    if scheme in _DEFAULT_PORTS and not host:
        return None
    return scheme, host, port if port is not None else _DEFAULT_PORTS.get(scheme, 0)
