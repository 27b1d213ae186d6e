"""Reading a whole set of OData.svc, window by window (`reference data`, version 3 JSON light)."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import msgspec

from muvi.adapters.kit.http_client import VendorHttp, VendorReply
from muvi.ports.errors import Refused, Unavailable

SYSTEM = "box-office"
WINDOW = 2000
OVERLAP = 50
MAX_WINDOWS = 500
MAX_BYTES = 64_000_000
TIMEOUT_S = 60.0
_OK, _UNAUTHORIZED, _FORBIDDEN = 200, 401, 403

Query = tuple[tuple[str, str], ...]


class _Envelope(msgspec.Struct):
    value: list[msgspec.Raw]
    next_link: str | None = msgspec.field(default=None, name="odata.nextLink")


class _Identified(msgspec.Struct):
    id: str = msgspec.field(default="", name="ID")


@dataclass(frozen=True, slots=True)
class ODataReader:
    """Reads sets with one platform's token, which `http` carries in its fixed headers.

    A set may move while it is read: a show begins and the rows behind it close up. So windows overlap, and a
    window that does not begin with a row that was seen before means that rows may have been missed.
    """

    http: VendorHttp
    window: int = WINDOW
    overlap: int = OVERLAP

    async def rows(self, name: str, **options: str) -> AsyncIterator[Sequence[msgspec.Raw]]:
        """Every row of a set, once, in batches. Raises `Unavailable`, `Refused` when not let in."""
        seen: set[str] = set()
        skip = 0
        for _ in range(MAX_WINDOWS):
            window = await self._window(name, skip, options)
            ids = [_id_of(row) for row in window]
            if skip and (not ids or ids[0] not in seen):
                raise Unavailable(f"{name} moved while it was read", system=SYSTEM)
            fresh = [row for row, key in zip(window, ids, strict=True) if not key or key not in seen]
            seen.update(ids)
            yield fresh
            if len(window) < self.window:
                return
            if not fresh:
                raise Unavailable(f"{name} repeats itself", system=SYSTEM)
            skip += len(window) - self.overlap
        raise Unavailable(f"{name} does not end", system=SYSTEM)

    async def _window(self, name: str, skip: int, options: dict[str, str]) -> list[msgspec.Raw]:
        """One window, following the server's own paging inside of it."""
        query: Query = (
            ("$format", "json"),
            ("$orderby", "ID"),
            ("$top", str(self.window)),
            ("$skip", str(skip)),
            *((f"${key}", value) for key, value in options.items()),
        )
        rows: list[msgspec.Raw] = []
        while True:
            envelope = await self._page(name, query)
            rows.extend(envelope.value)
            if not envelope.next_link:
                return rows
            if not envelope.value:
                raise Unavailable(f"{name} names a next page but sends no rows", system=SYSTEM)
            query = tuple(parse_qsl(urlsplit(envelope.next_link).query, keep_blank_values=True))
            if not any(key == "$format" for key, _ in query):
                query = (("$format", "json"), *query)

    async def _page(self, name: str, query: Query) -> _Envelope:
        reply = await self.http.get(f"OData.svc/{name}", query=query, total_s=TIMEOUT_S, max_bytes=MAX_BYTES)
        if reply.status in (_UNAUTHORIZED, _FORBIDDEN):
            raise Refused(f"{name} may not be read with our token", reason=str(reply.status), system=SYSTEM)
        if reply.status != _OK:
            raise Unavailable(
                f"{name} answered {reply.status}", system=SYSTEM, retry_after_s=_retry_after_s(reply)
            )
        try:
            return msgspec.json.decode(reply.body, type=_Envelope)
        except msgspec.MsgspecError as error:
            raise Unavailable(f"{name} sent no JSON of a set: {error}", system=SYSTEM) from error


def _id_of(row: msgspec.Raw) -> str:
    try:
        return msgspec.json.decode(row, type=_Identified).id
    except msgspec.MsgspecError:
        return ""


def _retry_after_s(reply: VendorReply) -> float | None:
    """Seconds of a `Retry-After`, in either of its forms (RFC 9110, 10.2.3)."""
    value = reply.header("retry-after")
    if value.isdecimal():
        return float(value)
    try:
        until: Any = parsedate_to_datetime(value)
        sent: Any = parsedate_to_datetime(reply.header("date"))
        return max(0.0, float((until - sent).total_seconds()))
    except (ValueError, TypeError):
        return None
