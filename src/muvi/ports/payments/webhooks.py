"""Messages of gateways, kept once each."""

from __future__ import annotations

from abc import abstractmethod
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from uuid import UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class WebhookEvent:
    """A verified message without its content. Quarantined: it names nothing of ours, a person may look."""

    id: UUID
    gateway: str
    digest: str
    kind: str
    received_at: datetime
    reference: str = ""
    checkout_id: str = ""
    payment_id: str = ""
    attempt_id: UUID | None = None
    refund_id: UUID | None = None
    quarantined: bool = False


class WebhookEvents(Protocol):
    """The inbox of gateways. Raises `Unavailable`."""

    @abstractmethod
    async def add(self, event: WebhookEvent) -> bool:
        """Keep a message; False when one of the same gateway and digest is already there."""
        raise NotImplementedError
