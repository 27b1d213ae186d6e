"""Claims of a showtime as one reading of the primary."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine
from typing_extensions import override

from muvi.adapters.db.engine import reading
from muvi.adapters.db.errors import translating
from muvi.domain.seating.seat_plan import SeatKey, SeatStatus
from muvi.ports.seating.claimed_seats import Claimed, ClaimedSeats

_READ = text("""
    SELECT seat_key, state FROM seat_claims
    WHERE showtime_id = :showtime
      AND (state IN ('PAYING', 'SOLD') OR (state = 'HELD' AND expires_at > :now))
    UNION ALL
    SELECT DISTINCT seat_key, 'FREED' FROM seat_claim_events
    WHERE showtime_id = :showtime AND state = 'RELEASED' AND at >= :freed_since
    UNION ALL
    SELECT CAST(version AS text), 'VERSION' FROM seat_versions WHERE showtime_id = :showtime
""")
_STATUS = {"HELD": SeatStatus.HELD, "PAYING": SeatStatus.HELD, "SOLD": SeatStatus.TAKEN}


class SqlClaimedSeats(ClaimedSeats):
    """One statement, so that version and claims are of the same moment."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = reading(engine)

    @override
    async def of(self, showtime_id: UUID, *, now: datetime, freed_since: datetime) -> Claimed:
        facts = {"showtime": showtime_id, "now": now, "freed_since": freed_since}
        async with translating(), self._engine.connect() as connection:
            rows = (await connection.execute(_READ, facts)).all()
        statuses = {SeatKey(key): _STATUS[state] for key, state in rows if state in _STATUS}
        freed = frozenset(SeatKey(key) for key, state in rows if state == "FREED")
        version = next((int(key) for key, state in rows if state == "VERSION"), 0)
        return Claimed(version=version, statuses=statuses, freed=freed - statuses.keys())
