"""Bodies that a route reads or answers by itself, told to the API's documents, which cannot see them."""

from __future__ import annotations

from dataclasses import dataclass

from litestar.enums import MediaType
from litestar.openapi.spec import (
    OpenAPIMediaType,
    OpenAPIResponse,
    OpenAPIType,
    Operation,
    RequestBody,
    Schema,
)

TEXT = OpenAPIType.STRING


def _with(name: str, value: Schema, *, required: bool) -> OpenAPIMediaType:
    members = [name] if required else None
    return OpenAPIMediaType(Schema(type=OpenAPIType.OBJECT, properties={name: value}, required=members))


@dataclass
class RefreshOperation(Operation):
    """A refresh token in the body, unless it is the bearer."""

    def __post_init__(self) -> None:
        """Add the body."""
        token = Schema(type=TEXT, description="The refresh token, when it is not sent as the bearer.")
        self.request_body = RequestBody(
            content={"application/json": _with("refreshToken", token, required=False)}, required=False
        )


@dataclass
class SignedOperation(Operation):
    """Fields that the gateway chose and signed, as a form or as JSON."""

    def __post_init__(self) -> None:
        """Add the body."""
        signature = Schema(type=TEXT, description="Over all other fields, under the response phrase.")
        fields = {name: Schema(type=TEXT) for name in ("merchant_reference", "response_code", "fort_id")}
        signed = OpenAPIMediaType(
            Schema(type=OpenAPIType.OBJECT, properties={**fields, "signature": signature})
        )
        self.request_body = RequestBody(
            content={"application/x-www-form-urlencoded": signed, "application/json": signed}, required=True
        )


@dataclass
class SealedOperation(Operation):
    """An encrypted message, bare or wrapped."""

    def __post_init__(self) -> None:
        """Add the body."""
        sealed = Schema(
            type=TEXT, pattern="^[0-9A-Fa-f]+$", description="The encrypted message in hexadecimal."
        )
        self.request_body = RequestBody(
            content={
                "text/plain": OpenAPIMediaType(sealed),
                "application/json": _with("encryptedBody", sealed, required=True),
            },
            required=True,
        )


@dataclass
class PageOperation(Operation):
    """A page for people, who get a page as well when there is none; programs get the problem document."""

    def __post_init__(self) -> None:
        """Add the page."""
        missing = (self.responses or {}).get("404")
        if isinstance(missing, OpenAPIResponse):
            page = {MediaType.HTML.value: OpenAPIMediaType(Schema(type=TEXT))}
            missing.content = {**(missing.content or {}), **page}
