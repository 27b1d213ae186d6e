"""Unexpected errors, for whoever is to hear of them.

What is logged with its exception as an error is a defect: rules that were not met and partners that failed
are not logged so. Hence the log is the one place that reports, and no code has to.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping, MutableMapping
from typing import Any

Report = Callable[[BaseException, Mapping[str, str]], None]

FACTS = (
    "event",
    "request_id",
    "trace_id",
    "method",
    "route",
    "order",
    "list",
    "id",
    "tick",
    "consumer",
    "message_id",
)
"""What goes along, where a line has it. Ids and names of ours."""
_report: Report | None = None


def use_report(report: Report | None) -> None:
    """Have unexpected errors of this process reported, or no longer."""
    global _report  # noqa: PLW0603  (one per process, like the log)
    _report = report


def report_unexpected(_: object, level: str, line: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """For structlog, before exceptions become text."""
    if _report is not None and level in {"error", "exception", "critical"}:
        error = _exception(line.get("exc_info"))
        if error is not None:
            _report(error, {name: str(line[name]) for name in FACTS if line.get(name)})
    return line


def _exception(told: object) -> BaseException | None:
    if isinstance(told, BaseException):
        return told
    return sys.exc_info()[1] if told else None
