"""A showtime as the purchase reads it: in memory, on PostgreSQL, and seconds old as the service runs it."""

from dataclasses import replace

import pytest
from sqlalchemy import text
from tests.builders_orders import NOW, SECOND, SHOWTIME, a_showtime_for_sale, an_id
from tests.contract.purchase_stores import MemoryStore, PurchaseStore, SqlStore

from muvi.adapters.db.showtimes_for_sale import FOR_S, RecentShowtimesForSale
from muvi.adapters.memory.clock import FakeClock
from muvi.ports.showtimes.for_sale import ShowtimesForSale


class BoxOfficeWindow:
    """The port over a store, and the sync that closes shows behind it."""

    def __init__(self, store: PurchaseStore, *, is_recent: bool = False) -> None:
        self.store, self.clock = store, FakeClock()
        self.showtimes: ShowtimesForSale = store.showtimes
        if is_recent:
            self.showtimes = RecentShowtimesForSale(store.showtimes, self.clock)

    async def close(self) -> None:
        """The box office sells it no more; whoever is behind learns of it within seconds."""
        if isinstance(self.store, SqlStore):
            async with self.store.engine.begin() as connection:
                await connection.execute(text("UPDATE showtimes SET on_sale = false"))
        else:
            await self.store.put_on_sale(a_showtime_for_sale(on_sale=False))
        self.clock.advance(seconds=FOR_S)


@pytest.fixture(params=["memory", "postgres", "recent"])
def window(request: pytest.FixtureRequest) -> BoxOfficeWindow:
    if request.param == "memory":
        store = MemoryStore()
        store.showtimes.put(a_showtime_for_sale())
        return BoxOfficeWindow(store)
    return BoxOfficeWindow(request.getfixturevalue("sql_store"), is_recent=request.param == "recent")


async def test_a_showtime_is_found_as_the_purchase_needs_it(window: BoxOfficeWindow) -> None:
    for _ in range(2):
        assert await window.showtimes.find(SHOWTIME) == a_showtime_for_sale()
        assert await window.showtimes.find(an_id(404)) is None


async def test_one_that_was_closed_is_found_and_not_on_sale(window: BoxOfficeWindow) -> None:
    assert (await window.showtimes.find(SHOWTIME)).on_sale
    await window.close()
    assert await window.showtimes.find(SHOWTIME) == a_showtime_for_sale(on_sale=False)


def test_a_showtime_is_open_until_it_starts() -> None:
    show = a_showtime_for_sale()
    assert show.open_at(show.starts_at - SECOND)
    assert not show.open_at(show.starts_at)
    assert not replace(show, on_sale=False).open_at(NOW)
