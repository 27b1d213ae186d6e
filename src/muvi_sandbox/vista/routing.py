"""Finds the operation behind a path; case and a trailing slash make no difference."""

from collections.abc import Callable, Mapping
from typing import NamedTuple

from muvi_sandbox.reply import Reply
from muvi_sandbox.vista.clients import Client
from muvi_sandbox.vista.wire import Failed, Refused, failure, refusal

V2 = ""  # the code field of a service that tells by status


class Call(NamedTuple):
    """One request, decoded as far as every operation needs it."""

    client: Client
    args: tuple[str, ...]
    query: Mapping[str, str]
    body: bytes
    json_wanted: bool


Handler = Callable[[Call], Reply]


class Route(NamedTuple):
    """One operation. `name`: what control rules call it; `code_field`: how its service names the code."""

    method: str
    pattern: str
    name: str
    code_field: str
    handle: Handler
    public: bool = False


class Router:
    """All operations by method and path."""

    def __init__(self, routes: list[Route]) -> None:
        self._routes: dict[tuple[str, int], list[tuple[list[str], Route]]] = {}
        for route in routes:
            parts = route.pattern.split("/")
            self._routes.setdefault((route.method, len(parts)), []).append((parts, route))

    def find(self, method: str, path: str) -> tuple[Route, tuple[str, ...]] | None:
        """Return the operation and what stands in the places of `{}`."""
        given = [part for part in path.split("/") if part]
        if given and given[0].lower() in {"wsvistawebclient", "wsvistawebclientcdn"}:
            del given[0]
        lowered = [part.lower() for part in given]
        for parts, route in self._routes.get((method, len(given)), ()):
            if all(part in ("{}", low) for part, low in zip(parts, lowered, strict=True)):
                args = tuple(value for part, value in zip(parts, given, strict=True) if part == "{}")
                return route, args
        return None


def perform(route: Route, call: Call) -> Reply:
    """Run an operation and turn a failure into the shape of its service."""
    try:
        return route.handle(call)
    except Refused as error:
        return refusal(error)
    except Failed as error:
        return failure(route.code_field, error)


def coded(route: Route, code: str) -> Reply:
    """Render a code that a control rule asks for in the shape of the operation's service."""
    if route.code_field == V2:
        return refusal(Refused(400, code, "Failed by a control rule"))
    return failure(route.code_field, Failed(int(code), "Failed by a control rule"))
