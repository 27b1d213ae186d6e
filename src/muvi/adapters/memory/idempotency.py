"""Keys of repeated calls in memory. Not part of a unit of work: a phase that rolls back keeps its key."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from typing_extensions import override

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


@dataclass(slots=True)
class _Row:
    call: Call
    begun_at: datetime
    answer: KeptAnswer | None = None


class MemoryIdempotencyKeys(IdempotencyKeys):
    """Keys by scope."""

    def __init__(self) -> None:
        self._rows: dict[tuple[str, str], _Row] = {}

    @override
    async def begin(self, call: Call, now: datetime) -> Begun | Running | Reused | KeptAnswer:
        row = self._rows.get((call.scope, call.key))
        if row is None or row.begun_at <= now - KEPT:
            return self._claim(call, now)
        if row.call.fingerprint != call.fingerprint:
            return Reused()
        if row.answer is not None:
            return row.answer
        left = row.begun_at + LEASE - now
        return Running(left.total_seconds()) if left.total_seconds() > 0 else self._claim(call, now)

    @override
    async def keep(self, call: Call, answer: KeptAnswer) -> None:
        row = self._rows.get((call.scope, call.key))
        if row is not None and row.call.run == call.run:
            row.answer = answer

    @override
    async def release(self, call: Call) -> None:
        row = self._rows.get((call.scope, call.key))
        if row is not None and row.call.run == call.run and row.answer is None:
            del self._rows[call.scope, call.key]

    @override
    async def purge(self, before: datetime, *, limit: int) -> int:
        old = [place for place, row in self._rows.items() if row.begun_at < before][:limit]
        for place in old:
            del self._rows[place]
        return len(old)

    def _claim(self, call: Call, now: datetime) -> Begun:
        self._rows[call.scope, call.key] = _Row(call, now)
        return Begun()
