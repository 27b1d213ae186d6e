"""Requests as our routes see them: JSON only, and nothing that breaks further in."""

from __future__ import annotations

from typing import Any

from litestar import Request
from litestar.exceptions import (
    HTTPException,
    InternalServerException,
    NotFoundException,
    SerializationException,
)
from typing_extensions import override

from muvi.adapters.http.wire import MalformedRequest

NUL_ESCAPED = b"\\u0000"


class EdgeRequest(Request[Any, Any, Any]):
    """A request whose body is JSON in UTF-8. Clients that name no media type are old ones and mean JSON."""

    @override
    async def body(self) -> bytes:
        """The bytes. Raises `MalformedRequest` when the client left or broke its framing on the way."""
        try:
            return await super().body()
        except InternalServerException:
            raise malformed("the body did not arrive whole") from None

    @override
    async def json(self) -> Any:
        """The body. Raises `MalformedRequest`, and `HTTPException` 415 for another media type."""
        await self.require_json()
        try:
            return await super().json()
        except (SerializationException, UnicodeDecodeError):
            raise malformed("the body is not JSON in UTF-8") from None
        except RecursionError:
            raise malformed("the body is nested too deeply") from None

    async def require_json(self) -> None:
        """Raise for a body that is not said to be JSON, or with a NUL, which no text of ours may hold."""
        media_type = self.headers.get("content-type", "").partition(";")[0].strip().lower()
        if media_type and media_type != "application/json" and not media_type.endswith("+json"):
            raise HTTPException(status_code=415, detail="send application/json")
        if NUL_ESCAPED in await self.body():
            raise malformed("texts must not hold NUL characters")


def malformed(message: str) -> MalformedRequest:
    """A body that cannot be read, with the member that all such problems have."""
    return MalformedRequest(message, errors=[{"message": message, "source": "body"}])


async def refuse_nul(request: Request[Any, Any, Any]) -> None:
    """No text in a table holds a NUL: a path with one leads nowhere, a query with one cannot be read."""
    if "\x00" in request.scope["path"]:
        raise NotFoundException
    if b"%00" in request.scope["query_string"]:
        message = "query parameters must not hold NUL characters"
        raise MalformedRequest(message, errors=[{"message": message, "source": "query"}])


async def refuse_nothing(_: Request[Any, Any, Any]) -> None:
    """For routes where a person stands in the browser: whatever the address holds, they are sent on."""
