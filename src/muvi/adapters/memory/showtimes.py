"""Showtimes for the purchase, in memory."""

from __future__ import annotations

from uuid import UUID

from typing_extensions import override

from muvi.adapters.memory.database import MemoryDatabase
from muvi.ports.showtimes.for_sale import ShowtimeForSale, ShowtimesForSale


class MemoryShowtimesForSale(ShowtimesForSale):
    """Showtimes by id, put there by a test."""

    def __init__(self, database: MemoryDatabase) -> None:
        self._database = database

    def put(self, showtime: ShowtimeForSale) -> None:
        """Add one, or replace what is known of it."""
        self._database.table("showtimes_for_sale")[showtime.id] = showtime

    @override
    async def find(self, showtime_id: UUID) -> ShowtimeForSale | None:
        found: ShowtimeForSale | None = self._database.table("showtimes_for_sale").get(showtime_id)
        return found
