"""One thing said to one person over one channel."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID


class Channel(StrEnum):
    """How it is said."""

    EMAIL = "email"


class NoticeKind(StrEnum):
    """What is said."""

    ORDER_CONFIRMED = "order_confirmed"


class NoticeState(StrEnum):
    """How it went. A failed one may be tried again when a person says so."""

    SENDING = "sending"
    SENT = "sent"
    SKIPPED = "skipped"
    FAILED = "failed"


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticeKey:
    """What makes it the same thing said twice: subject (an order's id), kind and channel."""

    subject_id: UUID
    kind: NoticeKind
    channel: Channel
