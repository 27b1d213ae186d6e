"""A changed claim ends the page of its showtime in every process that listens on the database."""

import asyncio
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncEngine

from muvi.adapters.db.notifications import Notifications
from muvi.adapters.db.seat_claims import SqlSeatClaims
from muvi.adapters.http.public.seat_map_pages import CHANNEL, SeatMapPages
from muvi.domain.seating.seat_plan import SeatKey
from muvi.domain.shared.actor import Platform
from muvi.domain.shared.ids import to_wire
from muvi.domain.shared.text import Language

NOW = datetime(2026, 1, 15, 14, 0, tzinfo=UTC)
SHOW, ORDER = UUID(int=1), UUID(int=7)
VIEWER = (Platform.WEBSITE, Language.EN)


class Process:
    """What one API process keeps; its time moves only when told, so that no page dies of age."""

    def __init__(self) -> None:
        self.time = 0.0
        self.listening = asyncio.Event()
        self.heard = asyncio.Event()
        self.pages = SeatMapPages(lambda: self.time)

    def hear(self, payload: str) -> None:
        self.pages.on_notice(payload)
        self.heard.set()

    async def look(self) -> None:
        async def make() -> bytes:
            return b"{}"

        await self.pages.make(to_wire(SHOW), VIEWER, make)
        self.time += 1

    @property
    def shows_old_page(self) -> bool:
        return self.pages.find(to_wire(SHOW), VIEWER) is not None


@asynccontextmanager
async def a_process(url: str, *, deaf: bool = False) -> AsyncGenerator[Process]:
    process, notifications = Process(), Notifications(url)
    subscriber: Callable[[str], None] = (lambda _: process.heard.set()) if deaf else process.hear
    notifications.subscribe(CHANNEL, subscriber)
    notifications.on_gap(process.pages.drop_all)
    notifications.on_gap(process.listening.set)
    await notifications.start()
    await asyncio.wait_for(process.listening.wait(), 30)
    await process.look()
    yield process
    await notifications.stop()


async def claim(engine: AsyncEngine) -> None:
    async with engine.begin() as connection:
        until = NOW + timedelta(minutes=10)
        await SqlSeatClaims(connection).claim(SHOW, [SeatKey("1-0-0")], order_id=ORDER, until=until, now=NOW)


async def test_a_claim_ends_the_page_in_every_process(clean_database: AsyncEngine, database_url: str) -> None:
    async with a_process(database_url) as first, a_process(database_url) as second:
        assert first.shows_old_page
        assert second.shows_old_page
        await claim(clean_database)
        for process in (first, second):
            await asyncio.wait_for(process.heard.wait(), 30)
            assert not process.shows_old_page


async def test_a_process_that_does_not_listen_shows_the_old_page(
    clean_database: AsyncEngine, database_url: str
) -> None:
    """The twin of the test above, with the doorbell cut."""
    async with a_process(database_url, deaf=True) as process:
        await claim(clean_database)
        await asyncio.wait_for(process.heard.wait(), 30)
        assert process.shows_old_page
