"""The scheduler's routes: who may, what they answer, and that lists follow at once."""

import asyncio

from sqlalchemy import text
from sqlalchemy.ext.asyncio import create_async_engine
from tests.e2e.catalog.conftest import Shop

from muvi.adapters.db.catalog.turns import SqlSyncTurns
from muvi.domain.catalog.kinds import Kind

WHAT = ("cinemas", "films", "genres", "people", "sessions", "film-sessions")


async def test_only_the_scheduler_may(shop: Shop) -> None:
    for what in WHAT:
        assert (await shop.client.post(f"/api/v1/cms/{what}/cron-sync")).status_code == 401
        refused = await shop.sync(what, authorization="Bearer somebody")
        assert (refused.status_code, refused.json()["code"]) == (401, "unauthenticated")
    again = await shop.sync("film-sessions")
    assert again.status_code == 200
    summary = again.json()
    assert (summary["added"], summary["changed"], summary["withdrawn"]) == (0, 0, 0)
    assert summary["kinds"][0]["read"] > 5000


async def test_one_at_a_time_and_no_empty_feed(shop: Shop, fresh_database_url: str) -> None:
    engine = create_async_engine(fresh_database_url)
    async with SqlSyncTurns(engine).take(Kind.FILMS):
        busy = await shop.sync("films")
    assert (busy.status_code, busy.json()["code"]) == (409, "sync-running")
    await engine.dispose()

    shop.vista.knobs.empty_sets = ["Sessions"]
    empty = await shop.sync("sessions")
    assert (empty.status_code, empty.json()["code"]) == (409, "feed-suspicious")
    assert (await shop.get("/showtimes")).json()["total"] > 5000


async def test_lists_follow_a_change_without_waiting(shop: Shop, fresh_database_url: str) -> None:
    before = (await shop.get("/films", limit=100)).json()
    assert shop.ready.count == 1
    engine = create_async_engine(fresh_database_url)
    async with engine.begin() as connection:
        await connection.execute(text("UPDATE films SET title_en = 'Changed', title_ar = 'Changed'"))
    await engine.dispose()
    assert (await shop.get("/films", limit=100)).json() == before  # nobody said so yet

    assert (await shop.sync("films")).json()["changed"] == before["total"]
    async with asyncio.timeout(4):  # the message is under way; an answer would live longer
        while shop.ready.count:  # noqa: ASYNC110  (the doorbell has no other sign)
            await asyncio.sleep(0.01)
    assert (await shop.get("/films", limit=100)).json() == before
