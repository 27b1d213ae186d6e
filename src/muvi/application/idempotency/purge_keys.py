"""Old keys make room."""

from __future__ import annotations

from dataclasses import dataclass

from muvi.ports.clock import Clock
from muvi.ports.idempotency import KEPT, IdempotencyKeys

BATCH = 1000
MOST_BATCHES = 100


@dataclass(frozen=True, slots=True)
class PurgeIdempotencyKeys:
    """Remove keys whose answers need not be given again. The ticker calls it hourly; a pile-up is removed
    in short transactions and over several calls.
    """

    keys: IdempotencyKeys
    clock: Clock

    async def __call__(self) -> int:
        """Returns how many were removed. Raises `Unavailable`."""
        before, removed = self.clock.now() - KEPT, 0
        for _ in range(MOST_BATCHES):
            batch = await self.keys.purge(before, limit=BATCH)
            removed += batch
            if batch < BATCH:
                break
        return removed
