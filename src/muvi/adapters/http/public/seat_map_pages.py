"""Ready answers of the seat map: looked up, not made, while nobody touches a seat.

A page lives five seconds at most and falls when a claim of its showtime changes. Pages are for eyes only; no
decision reads them.
"""

from __future__ import annotations

import asyncio
import hashlib
import time
from collections.abc import Awaitable, Callable
from typing import Any
from uuid import UUID

from litestar import Response
from litestar.enums import MediaType
from litestar.response.base import ASGIResponse
from typing_extensions import override

from muvi.adapters.http.public.seat_map_wire import SeatMapShown
from muvi.domain.shared.actor import Platform
from muvi.domain.shared.ids import to_wire
from muvi.domain.shared.text import Language

CHANNEL = "muvi_seats"
LIFE_S = 5.0
SETTLE_S = 0.1
"""A page this young outlives a change: when sales open, changes come faster than maps can be made."""
CAPACITY = 256

Viewer = tuple[Platform, Language]
Make = Callable[[], Awaitable[bytes]]


class ReadyAnswer(Response[SeatMapShown]):
    """An answer whose bytes and headers are made already; the framework adds nothing."""

    def __init__(self, ready: ASGIResponse) -> None:
        super().__init__(content=None)  # type: ignore[arg-type]  # never rendered
        self._ready = ready

    @override
    def to_asgi_response(self, *args: Any, **kwargs: Any) -> ASGIResponse:
        return self._ready


class Page:
    """One map for one kind of viewer."""

    __slots__ = ("_etag", "_unchanged", "_whole", "began", "dies_at")

    def __init__(self, body: bytes, began: float) -> None:
        self.began = began
        self.dies_at = began + LIFE_S
        self._etag = f'"{hashlib.blake2b(body, digest_size=9).hexdigest()}"'
        headers = {
            "cache-control": "no-cache",
            "vary": "accept-language, x-device-platform",
            "etag": self._etag,
        }
        self._whole = ReadyAnswer(ASGIResponse(body=body, media_type=MediaType.JSON, headers=headers))
        self._unchanged = ReadyAnswer(ASGIResponse(status_code=304, headers=headers))

    def answer(self, known_etag: str | None) -> ReadyAnswer:
        """The whole map, or that the client has it already."""
        return self._unchanged if known_etag == self._etag else self._whole

    def outdate(self) -> None:
        """Let it die as soon as it has lived long enough to be worth its making."""
        self.dies_at = min(self.dies_at, self.began + SETTLE_S)


class _Making:
    """A page being made; `outdated` once a claim has changed meanwhile."""

    __slots__ = ("began", "outdated", "task")

    def __init__(self, task: asyncio.Task[Page], began: float) -> None:
        self.task = task
        self.began = began
        self.outdated = False


class SeatMapPages:
    """Pages by showtime, as its id stands in a path in capitals, and by viewer."""

    def __init__(self, now: Callable[[], float] = time.monotonic, capacity: int = CAPACITY) -> None:
        self._now = now
        self._capacity = capacity
        self._pages: dict[str, dict[Viewer, Page]] = {}
        self._making: dict[str, dict[Viewer, _Making]] = {}

    def find(self, showtime: str, viewer: Viewer) -> Page | None:
        """A page that is still alive."""
        pages = self._pages.get(showtime)
        page = pages.get(viewer) if pages is not None else None
        return page if page is not None and page.dies_at > self._now() else None

    async def make(self, showtime: str, viewer: Viewer, make: Make) -> Page:
        """Have a page made once for all who ask meanwhile; raises what `make` raises."""
        current = self._making.get(showtime, {}).get(viewer)
        began = self._now()
        if current is None or (current.outdated and began >= current.began + SETTLE_S):
            current = _Making(asyncio.ensure_future(_made(make, began)), began)
            self._making.setdefault(showtime, {})[viewer] = current
            current.task.add_done_callback(lambda _: self._finish(showtime, viewer, current))
        return await asyncio.shield(current.task)

    def on_notice(self, payload: str) -> None:
        """A claim changed: "<showtime id in hex>:<version>"."""
        name, _, _ = payload.partition(":")
        try:
            self.outdate(to_wire(UUID(hex=name)))
        except ValueError:
            self.drop_all()

    def outdate(self, showtime: str) -> None:
        """A claim of the showtime has changed."""
        for page in self._pages.get(showtime, {}).values():
            page.outdate()
        for making in self._making.get(showtime, {}).values():
            making.outdated = True

    def drop_all(self) -> None:
        """Forget everything: notices may have been missed."""
        self._pages.clear()
        for showtime in self._making:
            self.outdate(showtime)

    def _finish(self, showtime: str, viewer: Viewer, mine: _Making) -> None:
        making = self._making[showtime]
        is_last = making.get(viewer) is mine
        if is_last:
            del making[viewer]
            if not making:
                del self._making[showtime]
        if mine.task.cancelled() or mine.task.exception() is not None or not is_last:
            return
        page = mine.task.result()
        if mine.outdated:
            page.outdate()
        pages = self._pages.pop(showtime, {})
        pages[viewer] = page
        self._pages[showtime] = pages
        while len(self._pages) > self._capacity:
            del self._pages[next(iter(self._pages))]


async def _made(make: Make, began: float) -> Page:
    return Page(await make(), began)
