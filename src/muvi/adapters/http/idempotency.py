"""`Idempotency-Key`: a repeated unsafe call has one effect and one answer for 72 hours.

Optional, for the sake of old clients. A route asks for it with `middleware=[Idempotent]`; its handler knows
nothing of it.
"""

from __future__ import annotations

import hashlib
import os
from dataclasses import dataclass
from http import HTTPStatus
from uuid import UUID

import msgspec
import structlog
from litestar.enums import ScopeType
from litestar.openapi.spec import OpenAPIType, Operation, Parameter, RequestBody, Schema
from litestar.response.base import ASGIResponse
from litestar.types import ASGIApp, HTTPScope, Message, Receive, Scope, Send
from typing_extensions import override

from muvi.adapters.http.auth import actor_of
from muvi.adapters.http.request import EdgeRequest
from muvi.adapters.http.wire import MalformedRequest
from muvi.domain.shared.actor import Actor
from muvi.domain.shared.errors import Conflict, Invalid
from muvi.ports.clock import Clock
from muvi.ports.errors import PortError
from muvi.ports.idempotency import Begun, Call, IdempotencyKeys, KeptAnswer, Reused, Running
from muvi.ports.identity.tokens import AccessTokens

HEADER = b"idempotency-key"
MAX_LENGTH = 64
MOST_WAIT_S = 5
UNKEPT = frozenset({"cvv"})
"""Members that are not even part of a fingerprint: a security code is three digits, quickly guessed."""
REPEATED = "idempotency-replayed"
AGAIN = frozenset({"order-busy", "order-busy-elsewhere", "payment-changed", "busy"})
"""Refusals that pass by themselves, as 429 does: a repetition runs anew."""

log = structlog.get_logger()


class IdempotencyKeyMalformed(MalformedRequest):
    """`Idempotency-Key` is 1 to 64 printable ASCII characters."""

    code = "idempotency-key-malformed"
    title = "The idempotency key is malformed"
    title_ar = "مفتاح منع التكرار غير صالح"


class IdempotencyKeyReused(Invalid):
    """The key came with another request before; every new request needs a new key."""

    code = "idempotency-key-reused"
    title = "The idempotency key belongs to another request"
    title_ar = "مفتاح منع التكرار يخص طلبًا آخر"


class IdempotencyKeyRunning(Conflict):
    """The same request is being worked on; ask again after `retryAfterS`."""

    code = "idempotency-key-running"
    title = "The same request is still running"
    title_ar = "الطلب نفسه قيد التنفيذ"


REFUSED = (IdempotencyKeyMalformed, IdempotencyKeyRunning, IdempotencyKeyReused)
"""What a route with keys may say beside its own refusals."""


@dataclass
class IdempotentOperation(Operation):
    """The OpenAPI operation of a route with keys: it shows the header."""

    def __post_init__(self) -> None:
        """Add the header to the route's own parameters."""
        header = Parameter(
            name="Idempotency-Key",
            param_in="header",
            required=False,
            description="Printable ASCII, new for each step of a purchase; a repetition with the same "
            "body gets the first answer for 72 hours.",
            schema=Schema(type=OpenAPIType.STRING, min_length=1, max_length=MAX_LENGTH),
        )
        self.parameters = [*(self.parameters or []), header]


@dataclass
class IdempotentOperationWithOptionalBody(IdempotentOperation):
    """The same for a route whose body may be left out, which the framework does not tell by itself."""

    @override
    def __post_init__(self) -> None:
        """Say that the body is optional."""
        super().__post_init__()
        if isinstance(self.request_body, RequestBody):
            self.request_body.required = False


class Idempotent:
    """Runs a route once for all equal requests of a buyer, and gives the others the first one's answer.

    Answers of 5xx and refusals that pass by themselves are not kept. Raises `IdempotencyKeyMalformed`,
    `IdempotencyKeyReused`, `IdempotencyKeyRunning`, `Unavailable`.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Look for a key and for somebody it could belong to; without both, the route runs as ever."""
        if scope["type"] != ScopeType.HTTP or not any(name == HEADER for name, _ in scope["headers"]):
            await self.app(scope, receive, send)
            return
        request = EdgeRequest(scope, receive=receive, send=send)
        container = scope["state"]["dishka_container"]
        actor = actor_of(request, await container.get(AccessTokens))
        if not actor.is_buyer:
            await self.app(scope, receive, send)
            return
        keys: IdempotencyKeys = await container.get(IdempotencyKeys)
        call = await _call_of(request, actor)
        match await keys.begin(call, (await container.get(Clock)).now()):
            case Begun():
                await self._run(scope, receive, send, keys=keys, call=call)
            case Running(for_s):
                raise IdempotencyKeyRunning(retry_after_s=max(1, min(MOST_WAIT_S, round(for_s))))
            case Reused():
                raise IdempotencyKeyReused
            case KeptAnswer() as kept:
                await _repeat(kept, scope, receive, send)

    async def _run(
        self, scope: HTTPScope, receive: Receive, send: Send, *, keys: IdempotencyKeys, call: Call
    ) -> None:
        """Make the call. When the process dies in here the key stays claimed until its lease lapses."""
        messages: list[Message] = []

        async def hold_back(message: Message) -> None:
            messages.append(message)

        await self.app(scope, receive, hold_back)
        answer = _answer_of(messages)
        try:
            if answer.status >= HTTPStatus.TOO_MANY_REQUESTS or scope["state"].get("outcome") in AGAIN:
                await keys.release(call)
            else:
                await keys.keep(call, answer)
        except PortError as error:
            # The effect is there and so is its answer: the client gets it. A repetition waits for the lease.
            log.warning("idempotency key not closed", cause=f"{type(error).__name__}: {error}"[:300])
        for message in messages:
            await send(message)


def _answer_of(messages: list[Message]) -> KeptAnswer:
    status, media_type, body = 500, "application/json", b""
    for message in messages:
        if message["type"] == "http.response.start":
            status = message["status"]
            found = (value for name, value in message["headers"] if name.lower() == b"content-type")
            media_type = next(found, b"application/json").decode("latin-1")
        elif message["type"] == "http.response.body":
            body += message["body"]
    return KeptAnswer(status=status, media_type=media_type, body=body)


async def _repeat(kept: KeptAnswer, scope: HTTPScope, receive: Receive, send: Send) -> None:
    scope["state"]["outcome"] = "repeated"
    response = ASGIResponse(
        body=kept.body,
        status_code=kept.status,
        media_type=kept.media_type,
        headers={REPEATED: "true", "cache-control": "no-store"},
    )
    await response(scope, receive, send)


async def _call_of(request: EdgeRequest, actor: Actor) -> Call:
    """Scoped to actor and route; equal when method, path and JSON body are."""
    key = request.headers[HEADER.decode()]
    if not 1 <= len(key) <= MAX_LENGTH or not (key.isascii() and key.isprintable()):
        raise IdempotencyKeyMalformed
    route = str(request.scope.get("path_template") or request.scope["path"])
    body = _canonical(await request.body())
    content = b"\n".join((request.method.encode(), request.scope["path"].encode(), body))
    return Call(
        scope=f"{actor.id or actor.kind} {request.method} {route}",
        key=key,
        fingerprint=hashlib.sha256(content).hexdigest(),
        run=UUID(bytes=os.urandom(16)),
    )


def _canonical(body: bytes) -> bytes:
    """JSON without regard to spaces, the order of members, and what may not be kept."""
    try:
        content = msgspec.json.decode(body)
        if isinstance(content, dict):
            content = {name: value for name, value in content.items() if name not in UNKEPT}
        return msgspec.json.encode(content, order="deterministic")
    except (msgspec.MsgspecError, RecursionError):
        return body
