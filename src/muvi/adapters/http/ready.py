"""Answers that stand ready: what everybody reads is made once in a while and sent as it is.

Process-local, at most five seconds old, dropped whenever the catalogue says that it changed, bounded in
number and size. Nothing that depends on who asks belongs here.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import lru_cache, partial
from hashlib import blake2b

from litestar.datastructures import Headers
from litestar.enums import ScopeType
from litestar.types import ASGIApp, HTTPScope, Receive, Scope, Send

from muvi.adapters.http.wire import language_of
from muvi.domain.shared.text import Language

LIFE_S = 5.0
MAX_ENTRIES = 2000
MAX_BYTES = 32_000_000
OK, NOT_MODIFIED = 200, 304
PARAMETERS = frozenset(
    name.encode()
    for one in (
        "cityId",
        "cinemaId",
        "filmId",
        "experienceId",
        "filterCinemaId",
        "filterExperienceId",
        "showMore",
        "date",
        "type",
        "page",
        "limit",
        "lat",
        "long",
    )
    for name in (one, *(f"{one}s{brackets}" for brackets in ("", "[]", "%5B%5D", "%5b%5d")))
)
"""Every query parameter that a ready answer may depend on, as clients write them. Others change nothing."""

Key = tuple[str, bytes, Language]


@dataclass(frozen=True, slots=True)
class ReadyAnswer:
    """A whole answer: its route for the log, its entity tag, its bytes, and until when it may be sent."""

    route: str
    tag: bytes
    body: bytes
    until: float

    def headers(self) -> list[tuple[bytes, bytes]]:
        """What goes out with the bytes. Browsers ask again each time, at the price of a tag."""
        return [
            (b"content-type", b"application/json"),
            (b"content-length", b"%d" % len(self.body)),
            *self.short_headers(),
        ]

    def short_headers(self) -> list[tuple[bytes, bytes]]:
        """What goes out when the client has the bytes already."""
        return [(b"etag", self.tag), (b"vary", b"accept-language"), (b"cache-control", b"no-cache")]


class ReadyAnswers:
    """The answers of one process. `clock` counts seconds and never goes back."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._answers: dict[Key, ReadyAnswer] = {}
        self._making: dict[Key, asyncio.Task[ReadyAnswer]] = {}
        self._bytes = 0
        self._drops = 0

    def get(self, key: Key) -> ReadyAnswer | None:
        """The answer, if one stands ready."""
        answer = self._answers.get(key)
        if answer is None or answer.until > self._clock():
            return answer
        self._forget(key)
        return None

    @property
    def count(self) -> int:
        """How many answers are kept."""
        return len(self._answers)

    async def make(self, key: Key, route: str, work: Callable[[], Awaitable[bytes]]) -> ReadyAnswer:
        """Make an answer and keep it; callers that come meanwhile wait for the same one.

        Raises what `work` raises.
        """
        ready = self.get(key)
        if ready is not None:
            return ready
        task = self._making.get(key)
        if task is None:
            task = asyncio.create_task(self._made(key, route, work))
            self._making[key] = task
            task.add_done_callback(partial(self._end, key))
        return await asyncio.shield(task)  # a client that leaves takes no answer from the others

    def _end(self, key: Key, task: asyncio.Task[ReadyAnswer]) -> None:
        if self._making.get(key) is task:
            del self._making[key]
        if not task.cancelled():
            task.exception()  # told to those who wait, if anybody still does

    async def _made(self, key: Key, route: str, work: Callable[[], Awaitable[bytes]]) -> ReadyAnswer:
        drops, began = self._drops, self._clock()
        body = await work()
        tag = b'"%s"' % blake2b(body, digest_size=12).hexdigest().encode()
        answer = ReadyAnswer(route, tag, body, began + LIFE_S)
        if drops == self._drops:  # what was read before a change must not outlive it
            self._keep(key, answer)
        return answer

    def _keep(self, key: Key, answer: ReadyAnswer) -> None:
        self._forget(key)
        self._answers[key] = answer
        self._bytes += len(answer.body)
        while len(self._answers) > MAX_ENTRIES or self._bytes > MAX_BYTES:
            self._forget(next(iter(self._answers)))

    def _forget(self, key: Key) -> None:
        answer = self._answers.pop(key, None)
        if answer is not None:
            self._bytes -= len(answer.body)

    def drop(self) -> None:
        """Forget everything: the catalogue changed, or a message about that may have been missed."""
        self._drops += 1
        self._answers.clear()
        self._making.clear()
        self._bytes = 0


def key_of(path: str, query: bytes, accept_language: str) -> Key | None:
    """What an answer depends on. None when a parameter's name is written so that we cannot compare it."""
    if not query:
        return path, b"", _language(accept_language)
    parts = []
    for part in sorted(query.split(b"&")):
        name = part.partition(b"=")[0]
        if name in PARAMETERS:
            parts.append(part)
        elif b"%" in name or b"+" in name:
            return None
    return path, b"&".join(parts), _language(accept_language)


@lru_cache(maxsize=256)
def _language(accept_language: str) -> Language:
    return language_of(Headers({"accept-language": accept_language}))


class ReadyFirst:
    """Sends what stands ready before the application is asked at all."""

    def __init__(self, app: ASGIApp, find: Callable[[], Awaitable[ReadyAnswers]]) -> None:
        """`find` is asked once, at the first request: before that there is no event loop."""
        self._app = app
        self._find = find
        self._ready: ReadyAnswers | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] == ScopeType.HTTP and scope["method"] == "GET":
            language, known_tag = _asked(scope)
            key = key_of(scope["path"], scope["query_string"], language)
            if self._ready is None:
                self._ready = await self._find()
            answer = self._ready.get(key) if key is not None else None
            if answer is not None:
                await _send(scope, send, answer, known_tag)
                return
        await self._app(scope, receive, send)


def _asked(scope: HTTPScope) -> tuple[str, bytes]:
    language, known_tag = "", b""
    for name, value in scope["headers"]:
        if name == b"accept-language":
            language = value.decode("latin-1")
        elif name == b"if-none-match":
            known_tag = value
    return language, known_tag


async def _send(scope: HTTPScope, send: Send, answer: ReadyAnswer, known_tag: bytes) -> None:
    scope["path_template"] = answer.route
    if known_tag == answer.tag:
        await send({"type": "http.response.start", "status": NOT_MODIFIED, "headers": answer.short_headers()})
        await send({"type": "http.response.body", "body": b"", "more_body": False})
        return
    await send({"type": "http.response.start", "status": OK, "headers": answer.headers()})
    await send({"type": "http.response.body", "body": answer.body, "more_body": False})
