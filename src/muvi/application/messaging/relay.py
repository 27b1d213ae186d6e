"""Hand messages that are due to the courier."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

from muvi.ports.clock import Clock
from muvi.ports.errors import Unavailable
from muvi.ports.messaging.outbox import Message
from muvi.ports.messaging.post import Courier, PostOffice

BATCH = 20
MAX_ATTEMPTS = 12


@dataclass(frozen=True, slots=True)
class RelayMessages:
    """The system hands a batch over. No message is done by that: its lease lapses unless its effect ends it.

    When the courier cannot take a message, it is acted on here, so that no message waits for the courier to
    recover. Raises `Unavailable` when the outbox cannot be read.
    """

    post: PostOffice
    courier: Courier
    fallback: Courier
    clock: Clock

    async def __call__(self) -> int:
        """Relay one batch; returns how many messages were due."""
        due = await self.post.claim(self.clock.now(), limit=BATCH, max_attempts=MAX_ATTEMPTS)
        async with asyncio.TaskGroup() as group:
            for message in due:
                group.create_task(self._hand_over(message))
        return len(due)

    async def _hand_over(self, message: Message) -> None:
        for courier in (self.courier, self.fallback):
            try:
                await courier.send(message.id, message.attempt)
            except Unavailable:
                continue
            return
