"""What messaging needs of a transaction."""

from __future__ import annotations

from typing import Protocol

from muvi.ports.messaging.inbox import Inbox
from muvi.ports.messaging.outbox import Outbox


class MessagingTx(Protocol):
    """A consumer's view of an atomic phase, beside what its own effect needs."""

    @property
    def outbox(self) -> Outbox:
        """Facts that leave."""
        ...

    @property
    def inbox(self) -> Inbox:
        """Messages acted on."""
        ...
