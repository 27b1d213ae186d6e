"""Who is asking: bearer tokens, the sales platform, the scheduler's credential."""

from __future__ import annotations

import hmac
from typing import Any

from litestar import Request
from litestar.connection import ASGIConnection
from litestar.openapi.spec import SecurityRequirement

from muvi.adapters.http.wire import MalformedRequest
from muvi.domain.shared.actor import ANONYMOUS, Actor, ActorKind, Platform
from muvi.domain.shared.errors import Unauthenticated
from muvi.domain.shared.ids import to_wire
from muvi.ports.identity.tokens import AccessTokens

PLATFORM_HEADER = "x-device-platform"
BUYER: list[SecurityRequirement] = [{"bearer": []}]
SCHEDULER: list[SecurityRequirement] = [{"scheduler": []}]
"""How a route is protected, for OpenAPI."""


class UnknownPlatform(MalformedRequest):
    """The platform header names a platform that does not exist: a client bug, answered with 400."""

    code = "unknown-platform"
    title = "Unknown device platform"
    title_ar = "منصة غير معروفة"


def platform_of(connection: ASGIConnection[Any, Any, Any, Any]) -> Platform:
    """The sales platform: website without the header. Raises `UnknownPlatform`."""
    value = connection.headers.get(PLATFORM_HEADER)
    if not value:
        return Platform.WEBSITE
    try:
        return Platform(value.strip().lower())
    except ValueError:
        raise UnknownPlatform(f"{PLATFORM_HEADER} must be one of {', '.join(Platform)}") from None


def bearer_of(connection: ASGIConnection[Any, Any, Any, Any]) -> str:
    """The bearer token as sent, empty when there is none."""
    scheme, _, token = connection.headers.get("authorization", "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" else ""


def actor_of(request: Request[Any, Any, Any], tokens: AccessTokens) -> Actor:
    """The actor of a request: anonymous without a token. Raises `Unauthenticated` for a token that is not
    valid.
    """
    platform = platform_of(request)
    token = bearer_of(request)
    if not token:
        return Actor(kind=ANONYMOUS.kind, platform=platform)
    actor = tokens.actor_of(token)
    if actor is None:
        raise Unauthenticated("the token is not valid or has expired")
    if actor.id is not None:
        request.scope.setdefault("state", {})["actor"] = to_wire(actor.id)
    return Actor(
        kind=actor.kind,
        id=actor.id,
        permissions=actor.permissions,
        cinema_ids=actor.cinema_ids,
        platform=platform,
    )


def buyer_of(request: Request[Any, Any, Any], tokens: AccessTokens) -> Actor:
    """The signed-in guest or customer. Raises `Unauthenticated`."""
    actor = actor_of(request, tokens)
    if not actor.is_buyer:
        raise Unauthenticated
    return actor


def scheduler_of(request: Request[Any, Any, Any], secret: str) -> Actor:
    """The scheduler, proven by its shared credential. Raises `Unauthenticated`."""
    if not secret or not hmac.compare_digest(bearer_of(request).encode(), secret.encode()):
        raise Unauthenticated("the scheduler's credential is missing or wrong")
    return Actor(kind=ActorKind.SCHEDULER)
