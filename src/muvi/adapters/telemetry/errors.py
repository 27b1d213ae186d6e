"""Unexpected errors, sent to Sentry.

Only what is listed here leaves: which error, where in our code, under which ids. No bodies, headers, cookies,
addresses, local variables, breadcrumbs. A message's words in quotes, numbers and addresses are taken out,
since they are what somebody typed.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

import sentry_sdk
from sentry_sdk.integrations.atexit import AtexitIntegration
from sentry_sdk.integrations.excepthook import ExcepthookIntegration
from sentry_sdk.types import Event, Hint
from sentry_sdk.utils import Dsn

from muvi.adapters.kit.unexpected import Report

FLUSH_S = 2
"""How long the end of a process may wait for the last errors."""
LONGEST = 300
_KEPT = frozenset(
    {"event_id", "timestamp", "platform", "level", "release", "environment", "tags", "sdk", "transaction"}
)
_FRAME = frozenset(
    {
        "filename",
        "function",
        "module",
        "lineno",
        "context_line",
        "pre_context",
        "post_context",
        "in_app",
    }
)
_TYPED = re.compile(
    r"""'[^']*'|"[^"]*"|\([^()]*\)|[^\s@<>]+@[^\s@<>]+|eyJ[\w.-]+|(?:Bearer|Basic)\s+\S+|\+?\d[\d\s.:-]{2,}\d|\b\w{24,}\b"""
)


def without_what_was_typed(text: str) -> str:
    """A message as far as it is ours."""
    return _TYPED.sub("…", text)[:LONGEST]


def scrubbed(event: Event, _: Hint) -> Event | None:
    """What leaves of an event."""
    given: dict[str, Any] = dict(event)
    kept = {name: value for name, value in given.items() if name in _KEPT}
    values = (given.get("exception") or {}).get("values") or []
    kept["exception"] = {"values": [_error(one) for one in values]}
    return kept  # type: ignore[return-value]  # an event with fewer members


def _error(told: Mapping[str, Any]) -> dict[str, Any]:
    frames = (told.get("stacktrace") or {}).get("frames") or []
    return {
        "type": told.get("type"),
        "module": told.get("module"),
        "value": without_what_was_typed(str(told.get("value") or "")),
        "stacktrace": {
            "frames": [{name: one[name] for name in _FRAME if name in one} for one in frames],
        },
    }


def can_be_used(dsn: str) -> bool:
    """Whether the library makes sense of it. `ValueError` is its own, and the parser's of ports and hosts."""
    try:
        Dsn(dsn)
    except ValueError:
        return False
    return True


def reporting(dsn: str, *, release: str, place: str, process: str) -> tuple[Report, Callable[[], None]]:
    """A report of unexpected errors, and its end. Nothing waits for Sentry: a thread sends, a bounded queue
    drops. No integration that changes libraries is switched on; errors that end the process are caught, too.
    """
    sentry_sdk.init(
        dsn,
        release=release,
        environment=place,
        default_integrations=False,
        auto_enabling_integrations=False,
        integrations=[ExcepthookIntegration(), AtexitIntegration(callback=lambda *_: None)],
        send_default_pii=False,
        include_local_variables=False,
        max_request_body_size="never",
        max_breadcrumbs=0,
        auto_session_tracking=False,
        send_client_reports=False,
        enable_logs=False,
        shutdown_timeout=FLUSH_S,
        before_send=scrubbed,
    )
    sentry_sdk.get_global_scope().set_tag("process", process)

    def report(error: BaseException, facts: Mapping[str, str]) -> None:
        with sentry_sdk.new_scope() as scope:
            for name, value in facts.items():
                scope.set_tag(name, value)
            scope.capture_exception(error)

    return report, lambda: sentry_sdk.get_client().close(timeout=FLUSH_S)
