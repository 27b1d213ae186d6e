"""Outbox, inbox and couriers in memory."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from typing_extensions import override

from muvi.adapters.memory.database import MemoryDatabase
from muvi.ports.errors import Unavailable
from muvi.ports.messaging.inbox import Inbox
from muvi.ports.messaging.lease import lease_of
from muvi.ports.messaging.outbox import Event, Message, Outbox
from muvi.ports.messaging.post import Courier, DeadLetter, DeadLetters, Failure, PostOffice

UNHEARD_OF = "no word from the consumer after the last attempt"


@dataclass(frozen=True, slots=True)
class Row:
    """One message and where it stands."""

    event: Event
    available_at: datetime
    attempts: int = 0
    last_error: str = ""
    done_at: datetime | None = None
    dead_at: datetime | None = None

    @property
    def live(self) -> bool:
        """Neither done nor dead."""
        return self.done_at is None and self.dead_at is None

    def message(self) -> Message:
        """As a courier's consumer sees it."""
        event = self.event
        return Message(
            id=event.id,
            type=event.type,
            payload=event.payload,
            occurred_at=event.occurred_at,
            attempt=self.attempts,
        )


def _rows(database: MemoryDatabase) -> dict[UUID, Row]:
    rows: dict[UUID, Row] = database.table("outbox")
    return rows


def _marks(database: MemoryDatabase) -> dict[tuple[str, UUID], datetime]:
    marks: dict[tuple[str, UUID], datetime] = database.table("inbox")
    return marks


class MemoryOutbox(Outbox):
    """Rows by id."""

    def __init__(self, database: MemoryDatabase) -> None:
        self._database = database

    @override
    async def put(self, *events: Event) -> None:
        rows = _rows(self._database)
        for event in events:
            rows[event.id] = Row(event, event.occurred_at)

    @override
    async def done(self, message: Message, now: datetime) -> None:
        rows, marks = _rows(self._database), _marks(self._database)
        row = rows.get(message.id)
        if row is None or not row.live:
            return
        if all((name, message.id) in marks for name in message.audience):
            rows[message.id] = replace(row, done_at=now, last_error="")


class MemoryInbox(Inbox):
    """Marks by consumer and message."""

    def __init__(self, database: MemoryDatabase) -> None:
        self._database = database

    @override
    async def first_time(self, consumer: str, message_id: UUID, now: datetime) -> bool:
        marks = _marks(self._database)
        if (consumer, message_id) in marks:
            return False
        marks[consumer, message_id] = now
        return True


class MemoryPostOffice(PostOffice):
    """The relay's side of the same rows."""

    def __init__(self, database: MemoryDatabase) -> None:
        self._database = database

    @override
    async def claim(self, now: datetime, *, limit: int, max_attempts: int) -> list[Message]:
        rows = _rows(self._database)
        due = sorted(
            (row for row in rows.values() if row.live and row.available_at <= now),
            key=lambda row: (row.available_at, row.event.id),
        )
        claimed = []
        for row in due[:limit]:
            if row.attempts >= max_attempts:
                rows[row.event.id] = replace(row, dead_at=now, last_error=row.last_error or UNHEARD_OF)
                continue
            attempt = row.attempts + 1
            leased = replace(row, attempts=attempt, available_at=now + lease_of(attempt))
            rows[row.event.id] = leased
            claimed.append(leased.message())
        return sorted(claimed, key=lambda message: message.id)

    @override
    async def find(self, message_id: UUID) -> Message | None:
        row = _rows(self._database).get(message_id)
        return row.message() if row is not None and row.live else None

    @override
    async def fail(self, failure: Failure) -> None:
        rows = _rows(self._database)
        row = rows.get(failure.message_id)
        if row is None or not row.live or row.attempts != failure.attempt:
            return
        if failure.retry_at is None:
            rows[row.event.id] = replace(row, last_error=failure.reason, dead_at=failure.at)
        else:
            rows[row.event.id] = replace(row, last_error=failure.reason, available_at=failure.retry_at)

    @override
    async def forget(self, before: datetime) -> int:
        rows, marks = _rows(self._database), _marks(self._database)
        old = {key for key, row in rows.items() if row.done_at is not None and row.done_at < before}
        for key in old:
            del rows[key]
        for mark in [mark for mark in marks if mark[1] in old]:
            del marks[mark]
        return len(old)


class MemoryDeadLetters(DeadLetters):
    """Dead rows."""

    def __init__(self, database: MemoryDatabase) -> None:
        self._database = database

    @override
    async def listing(self, limit: int) -> list[DeadLetter]:
        dead = [
            DeadLetter(
                id=row.event.id,
                type=row.event.type,
                occurred_at=row.event.occurred_at,
                dead_at=row.dead_at,
                attempts=row.attempts,
                reason=row.last_error,
            )
            for row in _rows(self._database).values()
            if row.dead_at is not None
        ]
        return sorted(dead, key=lambda letter: letter.dead_at, reverse=True)[:limit]

    @override
    async def retry(self, message_id: UUID, now: datetime) -> bool:
        rows = _rows(self._database)
        row = rows.get(message_id)
        if row is None or row.dead_at is None:
            return False
        rows[message_id] = replace(row, dead_at=None, attempts=0, available_at=now)
        return True

    @override
    async def drop(self, message_id: UUID) -> bool:
        rows = _rows(self._database)
        row = rows.get(message_id)
        if row is None or row.dead_at is None:
            return False
        del rows[message_id]
        return True


class MemoryCourier(Courier):
    """Remembers what it was given. While `down` it brings nothing anywhere; `flush` loses what it holds."""

    def __init__(self) -> None:
        self.down = False
        self.held: list[UUID] = []

    @override
    async def send(self, message_id: UUID, attempt: int) -> None:
        if self.down:
            raise Unavailable("the courier is down", system="queue")
        self.held.append(message_id)

    def take(self) -> Iterable[UUID]:
        """Hand everything over."""
        held, self.held = self.held, []
        return held

    def flush(self) -> None:
        """Lose everything."""
        self.held.clear()
