"""The id under which one request, or one piece of a worker's work, is found in every log and at a partner."""

from __future__ import annotations

import os
from collections.abc import Iterator, MutableMapping
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from muvi.adapters.kit.tracing import present_trace_id

_PRESENT: ContextVar[str] = ContextVar("request_id", default="")


def new_request_id() -> str:
    """An id that nobody has had before."""
    return os.urandom(8).hex()


@contextmanager
def under_request_id(request_id: str = "") -> Iterator[None]:
    """Everything logged and sent within belongs to this id, by default a new one."""
    token = _PRESENT.set(request_id or new_request_id())
    try:
        yield
    finally:
        _PRESENT.reset(token)


def present_request_id() -> str:
    """The id that is being worked under, empty outside of any."""
    return _PRESENT.get()


def with_request_id(_: object, __: str, line: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Put the id into a line of the log, and that of the trace if any; a line's own id stands."""
    if request_id := _PRESENT.get():
        line.setdefault("request_id", request_id)
    if trace_id := present_trace_id():
        line.setdefault("trace_id", trace_id)
    return line
