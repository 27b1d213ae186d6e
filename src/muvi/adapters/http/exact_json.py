"""Bodies as JSON with exact numbers: the framework's own encoder would make texts of decimals."""

from __future__ import annotations

from typing import Any, TypeVar

from litestar import Response
from litestar.serialization import default_serializer
from litestar.types import Serializer
from msgspec import Struct
from typing_extensions import override

from muvi.adapters.http.wire import json_bytes

T = TypeVar("T")


class ExactJson(Response[T]):
    """The application's default response."""

    @override
    def render(self, content: Any, media_type: str, enc_hook: Serializer = default_serializer) -> bytes:
        """Encode structs ourselves, leave the rest to the framework."""
        return (
            json_bytes(content)
            if isinstance(content, Struct)
            else super().render(content, media_type, enc_hook)
        )
