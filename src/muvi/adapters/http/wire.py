"""Shapes shared by all bodies: camel case names, exact amounts, ids, pages."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Annotated, Any, Generic, TypeVar
from uuid import UUID

import msgspec
from litestar.datastructures import Headers
from litestar.openapi.spec import OpenAPIType, Schema
from litestar.params import Parameter, QueryParameter

from muvi.domain.shared.errors import DomainError, Invalid, NotFound
from muvi.domain.shared.ids import from_wire, to_wire
from muvi.domain.shared.money import EXPONENTS
from muvi.domain.shared.text import Language, LocalizedText
from muvi.ports.listing import Window

T = TypeVar("T")
MAX_LIMIT = 100


class Body(msgspec.Struct, frozen=True, rename="camel"):
    """A request body of the old surface: unknown fields are ignored."""


class Answer(msgspec.Struct, frozen=True, rename="camel"):
    """A response body. Fields have no defaults, so clients see all of them."""


class Both(msgspec.Struct, frozen=True):
    """A bilingual text where the client shows both."""

    en: str
    ar: str

    @classmethod
    def of(cls, text: LocalizedText) -> Both:
        """Both languages, each falling back to the other."""
        return cls(en=text.en or text.ar, ar=text.ar or text.en)


class Page(msgspec.Struct, Generic[T], frozen=True, rename="camel"):
    """One page of a list. `count` is on this page, `total` on all."""

    data: Sequence[T]
    count: int
    total: int
    page: int
    page_count: int

    @classmethod
    def of(cls, data: Sequence[T], total: int, window: Window) -> Page[T]:
        """Wrap the rows of the page that was asked for."""
        pages = max(1, -(-total // window.limit))
        return cls(data=data, count=len(data), total=total, page=window.page, page_count=pages)


Amount = Annotated[Decimal | int, Parameter(schema_extra={"oneOf": None, "type": "number"})]
"""Money in major units: one kind of JSON number, whatever its type here."""


def amount(minor: int, currency: str) -> Amount:
    """Minor units as an exact JSON number in major units: 100, 43.5, never 43.50000001."""
    value = Decimal(minor).scaleb(-EXPONENTS[currency])
    return int(value) if value == value.to_integral_value() else value.normalize()


def json_bytes(value: object) -> bytes:
    """Encode a response body; decimals become numbers."""
    return _ENCODER.encode(value)


_ENCODER = msgspec.json.Encoder(decimal_format="number")


def id_in_path(text: str, unknown: type[NotFound]) -> UUID:
    """A ULID of a path; malformed means unknown."""
    try:
        return from_wire(text)
    except ValueError:
        raise unknown from None


def id_in_body(text: str | int, field: str) -> UUID:
    """A ULID of a body or query; malformed cannot be accepted."""
    try:
        return from_wire(str(text))
    except ValueError:
        raise UnknownReference(f"{field} is not an id of ours", field=field) from None


def wire_id(value: UUID) -> str:
    """A ULID for a response."""
    return to_wire(value)


class MalformedRequest(DomainError):
    """The request cannot be read; a client bug, never a matter of state. `errors` says what and where."""

    code = "malformed-request"
    title = "The request is malformed"
    title_ar = "الطلب غير صالح"


class UnknownReference(Invalid):
    """A body or query names something that does not exist."""

    code = "unknown-reference"
    title = "The request names something that does not exist"
    title_ar = "الطلب يشير إلى عنصر غير موجود"


def language_of(headers: Headers) -> Language:
    """The language a client asks for: the first of `accept-language` that we speak, else English."""
    for part in headers.get("accept-language", "").split(","):
        tag = part.split(";")[0].strip().lower()[:2]
        if tag in ("ar", "en"):
            return Language(tag)
    return Language.EN


QUERY_TEXT: dict[str, Any] = {"oneOf": None, "type": "string"}
"""A query parameter is there or left out: `null` has no form in an address, though it has one in Python."""
QUERY_TEXTS: dict[str, Any] = {**QUERY_TEXT, "type": "array", "items": Schema(type=OpenAPIType.STRING)}
Lang = Annotated[
    str | None,
    QueryParameter(
        name="lang", description="en or ar; anything else is passed over.", schema_extra=QUERY_TEXT
    ),
]
"""Of pages and pictures, which people open from a message: there a wrong language is no reason to refuse."""


def language_asked(lang: str | None) -> Language | None:
    """The language that an address names, when it is one of ours."""
    return Language(lang) if lang and lang in {*Language} else None


def rfc3339(value: datetime) -> str:
    """An aware UTC time with `Z` and whole seconds."""
    return value.strftime("%Y-%m-%dT%H:%M:%SZ")


def camel(facts: Mapping[str, Any]) -> dict[str, Any]:
    """Fact names as members of a JSON object."""
    return {_camel(name): value for name, value in facts.items()}


def _camel(name: str) -> str:
    head, *tail = name.split("_")
    return head + "".join(word.capitalize() for word in tail)
