"""What the browsing controllers share: addresses, answers that stand ready, dependencies."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass

from litestar import Response
from litestar.di import Provide

from muvi.adapters.http.public.queries import Req, narrower_of, when_of, where_of, window_of
from muvi.adapters.http.ready import ReadyAnswers, key_of
from muvi.adapters.http.wire import json_bytes, language_of
from muvi.domain.shared.text import Language

WINDOW: Mapping[str, Provide] = {"window": Provide(window_of, sync_to_thread=False)}
WHERE: Mapping[str, Provide] = {"where": Provide(where_of, sync_to_thread=False)}
NARROWER: Mapping[str, Provide] = {"narrower": Provide(narrower_of, sync_to_thread=False)}
WHEN: Mapping[str, Provide] = {"when": Provide(when_of, sync_to_thread=False)}


@dataclass(frozen=True, slots=True)
class PublicLinks:
    """Where the public finds us, without a slash at the end."""

    base: str

    def absolute(self, address: str) -> str:
        """A path on our own host as a whole address; whole addresses stay."""
        return f"{self.base}{address}" if address.startswith("/") else address


async def answer(
    request: Req, ready: ReadyAnswers, make: Callable[[Language], Awaitable[object]]
) -> Response[bytes]:
    """Make the answer in the language asked for, keep it ready, send it.

    Raises what `make` raises; errors are not kept.
    """
    language = language_of(request.headers)

    async def body() -> bytes:
        return json_bytes(await make(language))

    scope = request.scope
    key = key_of(scope["path"], scope["query_string"], request.headers.get("accept-language", ""))
    if key is None:
        return Response(content=await body(), media_type="application/json")
    made = await ready.make(key, str(scope.get("path_template") or scope["path"]), body)
    headers = {name.decode(): value.decode() for name, value in made.short_headers()}
    return Response(content=made.body, media_type="application/json", headers=headers)
