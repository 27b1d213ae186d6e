"""Who caused a piece of work: handed over with the row that says it is to be done.

The core knows nothing of it: whoever writes such a row notes the present cause beside it, whoever claims rows
lays their causes out for the loop that runs them.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from uuid import UUID

from muvi.adapters.kit.request_id import present_request_id
from muvi.adapters.kit.tracing import present_traceparent


@dataclass(frozen=True, slots=True)
class Cause:
    """The request that left the work, and its span; both empty where nobody noted them."""

    request_id: str = ""
    traceparent: str = ""


UNKNOWN = Cause()
_LAID_OUT: ContextVar[dict[UUID, Cause] | None] = ContextVar("causes", default=None)


def present_cause() -> Cause:
    """What work that is written down now is caused by."""
    return Cause(present_request_id(), present_traceparent())


@contextmanager
def causes() -> Iterator[dict[UUID, Cause]]:
    """Collects the causes of what is claimed within."""
    found: dict[UUID, Cause] = {}
    token = _LAID_OUT.set(found)
    try:
        yield found
    finally:
        _LAID_OUT.reset(token)


def lay_out(key: UUID, request_id: str | None, traceparent: str | None) -> None:
    """For the adapter that claims rows: the cause of one of them."""
    found = _LAID_OUT.get()
    if found is not None and request_id:
        found[key] = Cause(request_id, traceparent or "")
