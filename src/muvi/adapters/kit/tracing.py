"""Spans, for whoever has something to tell. Until a tracer is put in use they cost a comparison.

The tracer itself (OpenTelemetry) is in `adapters/telemetry`: nothing of it is loaded unless traces are sent.
Names hold no ids: a name is a kind of work, ids are attributes.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping
from contextlib import AbstractContextManager, nullcontext
from typing import Protocol

from typing_extensions import override

Value = str | int


class Span(Protocol):
    """One stretch of work, as it is told to operators. Never personal data, never a secret."""

    @abstractmethod
    def tell(self, name: str, value: Value) -> None:
        """Add an attribute."""
        raise NotImplementedError

    @abstractmethod
    def rename(self, name: str) -> None:
        """Name it by what became known only now."""
        raise NotImplementedError

    @abstractmethod
    def fail(self, reason: str) -> None:
        """Mark it as failed; the reason is a word, no message."""
        raise NotImplementedError


class Tracer(Protocol):
    """Makes spans. Raises nothing, whatever becomes of them."""

    @abstractmethod
    def span(
        self, name: str, kind: str, parent: str, attributes: Mapping[str, Value]
    ) -> AbstractContextManager[Span]:
        """A span under `parent` (a W3C traceparent), else under the present one, else a new trace."""
        raise NotImplementedError

    @abstractmethod
    def traceparent(self) -> str:
        """The present span as W3C traceparent, empty outside of any."""
        raise NotImplementedError


class _NoSpan(Span):
    @override
    def tell(self, name: str, value: Value) -> None: ...

    @override
    def rename(self, name: str) -> None: ...

    @override
    def fail(self, reason: str) -> None: ...


NO_SPAN = nullcontext(_NoSpan())
_tracer: Tracer | None = None


def use_tracer(tracer: Tracer | None) -> None:
    """Put a tracer in use for this process, or none."""
    global _tracer  # noqa: PLW0603  (one per process, like the log)
    _tracer = tracer


def span(
    name: str, *, kind: str = "internal", parent: str = "", attributes: Mapping[str, Value] | None = None
) -> AbstractContextManager[Span]:
    """A span as long as the block; `kind` is `server`, `client`, `consumer` or `internal`."""
    if _tracer is None:
        return NO_SPAN
    return _tracer.span(name, kind, parent, attributes or {})


def inner_span(
    name: str, *, kind: str = "internal", attributes: Mapping[str, Value] | None = None
) -> AbstractContextManager[Span]:
    """The same within another span only: what happens outside of any is not worth a trace of its own."""
    if _tracer is None or not _tracer.traceparent():
        return NO_SPAN
    return _tracer.span(name, kind, "", attributes or {})


def present_traceparent() -> str:
    """The present span as W3C traceparent (`00-<trace>-<span>-<flags>`), empty outside of any."""
    return "" if _tracer is None else _tracer.traceparent()


def present_trace_id() -> str:
    """The present trace, 32 hexadecimal digits, empty outside of any."""
    return present_traceparent()[3:35]
