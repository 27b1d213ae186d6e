"""Seat claims in PostgreSQL: one statement decides, all or nothing, in the order of the seats."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from sqlalchemy import TextClause, text
from sqlalchemy.ext.asyncio import AsyncConnection
from typing_extensions import override

from muvi.domain.seating.seat_plan import SeatKey
from muvi.ports.seating.seat_claims import SeatClaims

FREE_FOR_ME = """
    c.state = 'RELEASED'
    OR (c.state = 'HELD' AND c.expires_at <= :now)
    OR (c.state <> 'SOLD' AND c.order_id = excluded.order_id)
"""

_LOG = """
    INSERT INTO seat_claim_events (showtime_id, seat_key, order_id, state, version, at)
    SELECT :showtime, seat_key, :order, state, version, :now FROM changed
"""

_MINE = """
    SELECT seat_key, state FROM seat_claims
    WHERE showtime_id = :showtime AND order_id = :order AND state IN ('HELD', 'PAYING')
"""
"""The claims a statement is about are locked in the order of their seats, as `claim` does it: whoever changes
several of them never meets another halfway.
"""

_RISEN = """
    INSERT INTO seat_versions AS v (showtime_id, version) SELECT :showtime, 1 WHERE {happened}
    ON CONFLICT (showtime_id) DO UPDATE SET version = v.version + 1
    RETURNING pg_notify('muvi_seats', :name || ':' || version)
"""
"""A new version of the seat map for every process that shows it, in the statement that changes its claims."""


def _change_to(state: str, which: str) -> TextClause:
    """A statement that moves some of an order's unsold claims; its rows: seat, whether it was moved."""
    return text(f"""
        WITH mine AS ({_MINE} AND {which} ORDER BY seat_key FOR UPDATE),
        changed AS (
            UPDATE seat_claims AS c SET state = '{state}', expires_at = NULL, version = c.version + 1
            FROM mine
            WHERE c.showtime_id = :showtime AND c.seat_key = mine.seat_key AND c.state <> '{state}'
            RETURNING c.seat_key, c.state, c.version),
        logged AS ({_LOG}),
        risen AS ({_RISEN.format(happened="EXISTS (SELECT FROM changed)")})
        SELECT seat_key FROM mine
    """)  # noqa: S608  (constants only)


_PIN = _change_to("PAYING", "true")
_SELL = _change_to("SOLD", "seat_key = ANY(:seats)")
_RELEASE = _change_to("RELEASED", "seat_key <> ALL(:seats)")


def _claiming(free_for_me: str) -> TextClause:
    """The claim, all or nothing; tests replace the condition under which a seat may be taken."""
    whole = "(SELECT count(*) FROM changed) = cardinality(CAST(:seats AS text[]))"
    return text(f"""
        WITH changed AS (
            INSERT INTO seat_claims AS c (showtime_id, seat_key, order_id, state, version, expires_at)
            SELECT :showtime, seat_key, :order, 'HELD', 1, :until
            FROM unnest(CAST(:seats AS text[])) AS seat_key ORDER BY seat_key
            ON CONFLICT (showtime_id, seat_key) DO UPDATE
            SET order_id = excluded.order_id, state = 'HELD', version = c.version + 1,
                expires_at = excluded.expires_at
            WHERE {free_for_me}
            RETURNING seat_key, state, version),
        logged AS ({_LOG}),
        risen AS ({_RISEN.format(happened=whole)})
        SELECT seat_key FROM changed
    """)  # noqa: S608  (constants only)


_CLAIM = _claiming(FREE_FOR_ME)
_TAKEN = text(
    "SELECT seat_key FROM seat_claims WHERE showtime_id = :showtime AND seat_key = ANY(:seats)"
    " AND order_id <> :order AND (state IN ('PAYING', 'SOLD') OR (state = 'HELD' AND expires_at > :now))"
    " ORDER BY seat_key"
)
_HELD = text(
    "SELECT seat_key FROM seat_claims"
    " WHERE showtime_id = :showtime AND order_id = :order AND state <> 'RELEASED'"
)


class SqlSeatClaims(SeatClaims):
    """The claims of one transaction."""

    def __init__(self, connection: AsyncConnection, *, free_for_me: str = FREE_FOR_ME) -> None:
        self._connection = connection
        self._claim = _CLAIM if free_for_me == FREE_FOR_ME else _claiming(free_for_me)

    @override
    async def claim(
        self, showtime_id: UUID, seats: Iterable[SeatKey], *, order_id: UUID, until: datetime, now: datetime
    ) -> tuple[SeatKey, ...]:
        wanted = sorted(set(seats))
        facts = _facts(showtime_id, order_id, now) | {"until": until, "seats": wanted}
        won = set((await self._connection.execute(self._claim, facts)).scalars())
        return tuple(seat for seat in wanted if seat not in won)

    @override
    async def taken(
        self, showtime_id: UUID, seats: Iterable[SeatKey], *, order_id: UUID, now: datetime
    ) -> tuple[SeatKey, ...]:
        facts = {"showtime": showtime_id, "order": order_id, "now": now, "seats": sorted(set(seats))}
        return tuple(SeatKey(key) for key in (await self._connection.execute(_TAKEN, facts)).scalars())

    @override
    async def pin(self, showtime_id: UUID, *, order_id: UUID, now: datetime) -> tuple[SeatKey, ...]:
        return await self._change(_PIN, showtime_id, order_id, now)

    @override
    async def sell(
        self, showtime_id: UUID, seats: Iterable[SeatKey], *, order_id: UUID, now: datetime
    ) -> int:
        return len(await self._change(_SELL, showtime_id, order_id, now, seats=list(seats)))

    @override
    async def release(
        self, showtime_id: UUID, *, order_id: UUID, now: datetime, keep: Iterable[SeatKey] = ()
    ) -> tuple[SeatKey, ...]:
        return await self._change(_RELEASE, showtime_id, order_id, now, seats=list(keep))

    @override
    async def held(self, showtime_id: UUID, *, order_id: UUID) -> frozenset[SeatKey]:
        rows = await self._connection.execute(_HELD, {"showtime": showtime_id, "order": order_id})
        return frozenset(SeatKey(key) for key in rows.scalars())

    async def _change(
        self,
        statement: TextClause,
        showtime_id: UUID,
        order_id: UUID,
        now: datetime,
        seats: list[SeatKey] | None = None,
    ) -> tuple[SeatKey, ...]:
        facts = _facts(showtime_id, order_id, now)
        if seats is not None:
            facts["seats"] = seats
        return tuple(SeatKey(key) for key in (await self._connection.execute(statement, facts)).scalars())


def _facts(showtime_id: UUID, order_id: UUID, now: datetime) -> dict[str, object]:
    return {"showtime": showtime_id, "name": showtime_id.hex, "order": order_id, "now": now}
