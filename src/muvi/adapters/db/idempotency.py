"""Keys of repeated calls in PostgreSQL: the primary key decides which of many equal calls runs."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import RowMapping, text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine
from typing_extensions import override

from muvi.adapters.db.engine import single
from muvi.adapters.db.errors import translating
from muvi.ports.errors import Unavailable
from muvi.ports.idempotency import (
    KEPT,
    LEASE,
    Begun,
    Call,
    IdempotencyKeys,
    KeptAnswer,
    Reused,
    Running,
)

_CLAIM = text(
    """
    INSERT INTO idempotency_keys AS held (scope, key, fingerprint, run, begun_at)
    VALUES (:scope, :key, :fingerprint, :run, :now)
    ON CONFLICT (scope, key) DO UPDATE
    SET fingerprint = excluded.fingerprint, run = excluded.run, begun_at = excluded.begun_at,
        status = NULL, media_type = NULL, body = NULL
    WHERE held.begun_at <= :outdated
       OR (held.status IS NULL AND held.begun_at <= :lapsed AND held.fingerprint = excluded.fingerprint)
    RETURNING held.run
    """
)
_READ = text(
    "SELECT fingerprint, begun_at, status, media_type, body FROM idempotency_keys"
    " WHERE scope = :scope AND key = :key"
)
_KEEP = text(
    "UPDATE idempotency_keys SET status = :status, media_type = :media_type, body = :body"
    " WHERE scope = :scope AND key = :key AND run = :run"
)
_RELEASE = text(
    "DELETE FROM idempotency_keys WHERE scope = :scope AND key = :key AND run = :run AND status IS NULL"
)
_PURGE = text(
    """
    DELETE FROM idempotency_keys WHERE (scope, key) IN (
        SELECT scope, key FROM idempotency_keys WHERE begun_at < :before
        ORDER BY begun_at LIMIT :limit FOR UPDATE SKIP LOCKED
    )
    """
)
_TRIES = 5


class SqlIdempotencyKeys(IdempotencyKeys):
    """Each statement is a transaction of its own; no connection is held while the work runs."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = single(engine)

    @override
    async def begin(self, call: Call, now: datetime) -> Begun | Running | Reused | KeptAnswer:
        async with translating(), self._engine.connect() as connection:
            for _ in range(_TRIES):
                if await _claimed(connection, call, now):
                    return Begun()
                place = {"scope": call.scope, "key": call.key}
                held = (await connection.execute(_READ, place)).mappings().one_or_none()
                if held is not None:
                    return _meaning(held, call, now)
        raise Unavailable("the key is released and claimed over and over", system="database")

    @override
    async def keep(self, call: Call, answer: KeptAnswer) -> None:
        values = {"status": answer.status, "media_type": answer.media_type, "body": answer.body}
        async with translating(), self._engine.connect() as connection:
            await connection.execute(_KEEP, {"scope": call.scope, "key": call.key, "run": call.run, **values})

    @override
    async def release(self, call: Call) -> None:
        async with translating(), self._engine.connect() as connection:
            await connection.execute(_RELEASE, {"scope": call.scope, "key": call.key, "run": call.run})

    @override
    async def purge(self, before: datetime, *, limit: int) -> int:
        async with translating(), self._engine.connect() as connection:
            return (await connection.execute(_PURGE, {"before": before, "limit": limit})).rowcount


async def _claimed(connection: AsyncConnection, call: Call, now: datetime) -> bool:
    values = {
        "scope": call.scope,
        "key": call.key,
        "fingerprint": call.fingerprint,
        "run": call.run,
        "now": now,
        "outdated": now - KEPT,
        "lapsed": now - LEASE,
    }
    return (await connection.execute(_CLAIM, values)).scalar() is not None


def _meaning(held: RowMapping, call: Call, now: datetime) -> Running | Reused | KeptAnswer:
    if held["fingerprint"] != call.fingerprint:
        return Reused()
    if held["status"] is None:
        return Running((held["begun_at"] + LEASE - now).total_seconds())
    return KeptAnswer(status=held["status"], media_type=held["media_type"], body=held["body"])
