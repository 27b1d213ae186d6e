"""What is told of calls to third parties: which vendor, which operation, how it ended, how long it took.

An adapter names itself once (`@operations("vista")`); the one HTTP client counts and times what goes out.
"""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable, Generator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import wraps
from inspect import iscoroutinefunction
from typing import ParamSpec, TypeVar

from prometheus_client import Counter, Histogram

from muvi.adapters.kit.tracing import Span, inner_span

P = ParamSpec("P")
T = TypeVar("T")
Adapter = TypeVar("Adapter", bound=type)

CALLS = Counter(
    "muvi_vendor_calls_total", "Calls to third parties by how they ended", ["vendor", "operation", "outcome"]
)
SECONDS = Histogram(
    "muvi_vendor_call_seconds",
    "Time of calls to third parties, seconds",
    ["vendor", "operation"],
    buckets=(0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 20, 60, 120),
)
_PRESENT: ContextVar[tuple[str, str] | None] = ContextVar("vendor_operation", default=None)


def operations(vendor: str) -> Callable[[Adapter], Adapter]:
    """For an adapter's class: what goes out during a public method is that operation of this vendor."""

    def named(adapter: Adapter) -> Adapter:
        for name, method in list(vars(adapter).items()):
            if iscoroutinefunction(method) and not name.startswith("_"):
                setattr(adapter, name, _during((vendor, name), method))
        return adapter

    return named


def _during(operation: tuple[str, str], method: Callable[P, Awaitable[T]]) -> Callable[P, Awaitable[T]]:
    @wraps(method)
    async def run(*args: P.args, **kwargs: P.kwargs) -> T:
        token = _PRESENT.set(operation)
        try:
            return await method(*args, **kwargs)
        finally:
            _PRESENT.reset(token)

    return run


class Told:
    """How a call ended, as whoever makes it says: a status, or an error's kind."""

    def __init__(self, span: Span) -> None:
        self._span = span
        self.outcome = "cut"

    def answered(self, status: int) -> None:
        """A complete answer came."""
        self.outcome = f"{status // 100}xx"
        self._span.tell("http.response.status_code", status)

    def failed(self, outcome: str) -> None:
        """None came: `unavailable` when nothing was sent, else `unknown`."""
        self.outcome = outcome
        self._span.fail(outcome)


@contextmanager
def vendor_call(system: str, method: str) -> Generator[Told]:
    """One exchange; outside of a named operation it goes by the system's name and the HTTP method."""
    vendor, operation = _PRESENT.get() or (system, method)
    started = time.perf_counter()
    with inner_span(f"{vendor} {operation}", kind="client") as span:
        told = Told(span)
        try:
            yield told
        finally:
            CALLS.labels(vendor, operation, told.outcome).inc()
            SECONDS.labels(vendor, operation).observe(time.perf_counter() - started)
            span.tell("muvi.vendor", vendor)
            span.tell("muvi.operation", operation)
            span.tell("muvi.outcome", told.outcome)
