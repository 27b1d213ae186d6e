"""Logs: one JSON object a line on stdout."""

from __future__ import annotations

import logging
import sys

import msgspec
import structlog

from muvi.adapters.kit.request_id import with_request_id
from muvi.adapters.kit.unexpected import report_unexpected


def configure_logs(level: str = "info") -> None:
    """Set up structlog and silence the chatter of libraries below warning."""
    threshold = logging.getLevelNamesMapping().get(level.upper(), logging.INFO)
    logging.basicConfig(stream=sys.stdout, level=logging.WARNING, format="%(levelname)s %(name)s %(message)s")
    structlog.configure(
        processors=[
            with_request_id,
            report_unexpected,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True, key="at"),
            structlog.processors.format_exc_info,
            structlog.processors.JSONRenderer(serializer=_encode),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(threshold),
        logger_factory=structlog.BytesLoggerFactory(),
        cache_logger_on_first_use=True,
    )


def _encode(event: object, **_: object) -> bytes:
    return msgspec.json.encode(event, enc_hook=str)
