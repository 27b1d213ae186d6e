"""Outbox, inbox and dead letters on PostgreSQL."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    DateTime,
    Integer,
    Interval,
    RowMapping,
    Text,
    Update,
    bindparam,
    case,
    delete,
    func,
    select,
    text,
    update,
)
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine
from typing_extensions import override

from muvi.adapters.db.causes import cause_row
from muvi.adapters.db.direct import later
from muvi.adapters.db.engine import single
from muvi.adapters.db.errors import translating
from muvi.adapters.db.tables.messaging import inbox, outbox
from muvi.adapters.kit.causes import lay_out
from muvi.ports.messaging.inbox import Inbox
from muvi.ports.messaging.lease import LEASE, MAX_LEASE
from muvi.ports.messaging.outbox import Event, Message, Outbox
from muvi.ports.messaging.post import DeadLetter, DeadLetters, Failure, PostOffice

CHANNEL = "muvi_outbox"
UNHEARD_OF = "no word from the consumer after the last attempt"
_LEASE_S = int(LEASE.total_seconds())
_MAX_LEASE_S = int(MAX_LEASE.total_seconds())
_LIVE = outbox.c.done_at.is_(None) & outbox.c.dead_at.is_(None)
_MESSAGE = (outbox.c.id, outbox.c.type, outbox.c.payload, outbox.c.occurred_at, outbox.c.attempts)
_RING = text(f"SELECT pg_notify('{CHANNEL}', '')")
_PUT = insert(outbox).returning(func.pg_notify(CHANNEL, "", type_=Text))
_FIND = select(*_MESSAGE, outbox.c.request_id, outbox.c.traceparent).where(
    outbox.c.id == bindparam("key"), _LIVE
)
_FIRST = insert(inbox).on_conflict_do_nothing().returning(inbox.c.consumer)
_ACTED = (
    select(func.count())
    .select_from(inbox)
    .where(
        inbox.c.message_id == bindparam("key"),
        inbox.c.consumer == func.any(bindparam("audience", type_=ARRAY(Text))),
    )
    .scalar_subquery()
)
_DONE = (
    update(outbox)
    .where(outbox.c.id == bindparam("key"), _LIVE, bindparam("all", type_=Integer) == _ACTED)
    .values(done_at=bindparam("now"), last_error="")
)


def _claiming() -> Update:
    """Lease what is due, and bury what nobody took after the last attempt."""
    now = bindparam("now", type_=DateTime(timezone=True))
    due = (
        select(outbox.c.id, outbox.c.attempts)
        .where(_LIVE, outbox.c.available_at <= now)
        .order_by(outbox.c.available_at, outbox.c.id)
        .limit(bindparam("most", type_=Integer))
        .with_for_update(skip_locked=True)
        .cte("due")
    )
    spent = due.c.attempts >= bindparam("max_attempts", type_=Integer)
    lease_s = func.least(_LEASE_S * (due.c.attempts + 1), _MAX_LEASE_S)
    lease = func.make_interval(0, 0, 0, 0, 0, 0, lease_s, type_=Interval)
    reason = case((outbox.c.last_error == "", UNHEARD_OF), else_=outbox.c.last_error)
    return (
        update(outbox)
        .where(outbox.c.id == due.c.id)
        .values(
            attempts=case((spent, outbox.c.attempts), else_=outbox.c.attempts + 1),
            available_at=now + lease,
            dead_at=case((spent, now), else_=None),
            last_error=case((spent, reason), else_=outbox.c.last_error),
        )
        .returning(*_MESSAGE, outbox.c.dead_at)
    )


_CLAIM = _claiming()


class SqlOutbox(Outbox):
    """The table `outbox` from the side of those who write into it."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    @override
    async def put(self, *events: Event) -> None:
        for event in events:
            row = {
                "id": event.id,
                "type": event.type,
                "payload": dict(event.payload),
                "occurred_at": event.occurred_at,
                "available_at": event.occurred_at,
                **cause_row(),
            }
            await later(self._connection, _PUT, row)

    @override
    async def done(self, message: Message, now: datetime) -> None:
        facts = {
            "key": message.id,
            "now": now,
            "audience": list(message.audience),
            "all": len(message.audience),
        }
        await later(self._connection, _DONE, facts)


class SqlInbox(Inbox):
    """The table `inbox`; its primary key decides."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    @override
    async def first_time(self, consumer: str, message_id: UUID, now: datetime) -> bool:
        facts = {"consumer": consumer, "message_id": message_id, "received_at": now}
        return (await self._connection.execute(_FIRST, facts)).one_or_none() is not None


class SqlPostOffice(PostOffice):
    """The table `outbox` from the relay's side."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = single(engine)

    @override
    async def claim(self, now: datetime, *, limit: int, max_attempts: int) -> list[Message]:
        facts = {"now": now, "most": limit, "max_attempts": max_attempts}
        async with translating(), self._engine.connect() as connection:
            rows = (await connection.execute(_CLAIM, facts)).mappings().all()
        return sorted((_message(row) for row in rows if row["dead_at"] is None), key=lambda m: m.id)

    @override
    async def find(self, message_id: UUID) -> Message | None:
        async with translating(), self._engine.connect() as connection:
            row = (await connection.execute(_FIND, {"key": message_id})).mappings().one_or_none()
        if row is None:
            return None
        lay_out(row["id"], row["request_id"], row["traceparent"])
        return _message(row)

    @override
    async def fail(self, failure: Failure) -> None:
        changes: dict[str, Any] = {"last_error": failure.reason}
        if failure.retry_at is None:
            changes["dead_at"] = failure.at
        else:
            changes["available_at"] = failure.retry_at
        statement = (
            update(outbox)
            .where(outbox.c.id == failure.message_id, _LIVE, outbox.c.attempts == failure.attempt)
            .values(changes)
        )
        async with translating(), self._engine.connect() as connection:
            await connection.execute(statement)

    @override
    async def forget(self, before: datetime) -> int:
        gone = delete(outbox).where(outbox.c.done_at < before).returning(outbox.c.id).cte("gone")
        statement = delete(inbox).where(inbox.c.message_id.in_(select(gone.c.id)))
        counted = select(func.count()).select_from(gone)
        both = counted.add_cte(statement.cte("marks"), gone)
        async with translating(), self._engine.connect() as connection:
            return int((await connection.execute(both)).scalar_one())


class SqlDeadLetters(DeadLetters):
    """Rows of `outbox` with `dead_at`."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    @override
    async def listing(self, limit: int) -> list[DeadLetter]:
        query = (
            select(*_MESSAGE, outbox.c.dead_at, outbox.c.last_error)
            .where(outbox.c.dead_at.is_not(None))
            .order_by(outbox.c.dead_at.desc(), outbox.c.id)
            .limit(limit)
        )
        async with translating(), self._engine.connect() as connection:
            rows = (await connection.execute(query)).mappings().all()
        return [
            DeadLetter(
                id=row["id"],
                type=row["type"],
                occurred_at=row["occurred_at"],
                dead_at=row["dead_at"],
                attempts=row["attempts"],
                reason=row["last_error"],
            )
            for row in rows
        ]

    @override
    async def retry(self, message_id: UUID, now: datetime) -> bool:
        statement = (
            update(outbox)
            .where(outbox.c.id == message_id, outbox.c.dead_at.is_not(None))
            .values(dead_at=None, attempts=0, available_at=now)
            .returning(outbox.c.id)
        )
        async with translating(), self._engine.begin() as connection:
            revived = (await connection.execute(statement)).one_or_none() is not None
            if revived:
                await connection.execute(_RING)
        return revived

    @override
    async def drop(self, message_id: UUID) -> bool:
        statement = (
            delete(outbox)
            .where(outbox.c.id == message_id, outbox.c.dead_at.is_not(None))
            .returning(outbox.c.id)
        )
        async with translating(), self._engine.begin() as connection:
            return (await connection.execute(statement)).one_or_none() is not None


def _message(row: RowMapping) -> Message:
    return Message(
        id=row["id"],
        type=row["type"],
        payload=row["payload"],
        occurred_at=row["occurred_at"],
        attempt=row["attempts"],
    )
