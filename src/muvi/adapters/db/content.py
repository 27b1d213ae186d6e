"""Banners, settings and cancellation reasons in PostgreSQL."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine
from typing_extensions import override

from muvi.adapters.db.catalog.listed import Reader
from muvi.adapters.db.tables.content import settings
from muvi.adapters.kit.columns import both, columns_of
from muvi.domain.content.settings import ChainSettings
from muvi.ports.content.content import (
    BannerView,
    CancellationReasonView,
    Content,
    ContentSeeds,
    DemoBanner,
    DemoCity,
    DemoReason,
)


class SqlContent(Content):
    """Reads on an engine, which may be a replica's."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._reader = Reader(engine)

    @override
    async def banners(self, *, now: datetime) -> tuple[BannerView, ...]:
        sql = "SELECT * FROM banners WHERE published_at <= :now ORDER BY position, id"
        return tuple(
            BannerView(
                id=row["id"],
                title=both(row, "title"),
                desktop_image=both(row, "desktop_image"),
                mobile_image=both(row, "mobile_image"),
                link=both(row, "link"),
                button=both(row, "button"),
                subject_type=row["subject_type"],
                subject_id=row["subject_id"],
            )
            for row in await self._reader.rows(sql, {"now": now})
        )

    @override
    async def cancellation_reasons(self, *, now: datetime) -> tuple[CancellationReasonView, ...]:
        sql = "SELECT * FROM cancellation_reasons WHERE published_at <= :now ORDER BY position, id"
        rows = await self._reader.rows(sql, {"now": now})
        return tuple(CancellationReasonView(id=row["id"], text=both(row, "text")) for row in rows)

    @override
    async def settings(self) -> ChainSettings:
        rows = await self._reader.rows("SELECT key, value FROM settings", {})
        return ChainSettings.of({row["key"]: row["value"] for row in rows})


class SqlContentSeeds(ContentSeeds):
    """Writes through the connection of an open transaction."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    @override
    async def put_cities(self, cities: Sequence[DemoCity], *, now: datetime) -> int:
        rows = [{**columns_of(one, without={"key"}), "source_key": one.key} for one in cities]
        return await self._put("cities", "source_key", rows, now)

    @override
    async def put_banners(self, banners: Sequence[DemoBanner], *, now: datetime) -> int:
        rows = [
            {**columns_of(one, without={"link"}), "link_en": one.link, "link_ar": one.link} for one in banners
        ]
        return await self._put("banners", "key", rows, now)

    @override
    async def put_reasons(self, reasons: Sequence[DemoReason], *, now: datetime) -> int:
        rows = [columns_of(one) for one in reasons]
        return await self._put("cancellation_reasons", "key", rows, now)

    @override
    async def put_settings(self, values: Mapping[str, object], *, now: datetime) -> int:
        stamps = {"published_at": now, "created_at": now, "updated_at": now}
        rows = [{"key": key, "value": value, **stamps} for key, value in values.items()]
        if not rows:
            return 0
        added = insert(settings).values(rows).on_conflict_do_nothing().returning(settings.c.key)
        return len((await self._connection.execute(added)).all())

    async def _put(self, table: str, key: str, rows: Sequence[Mapping[str, Any]], now: datetime) -> int:
        """Rows are few, so each is a statement: change what differs and nobody edited, else add."""
        touched = 0
        for row in rows:
            followed = [name for name in row if name not in (key, "id")]
            fresh = {
                name: f"CASE WHEN '{name}' = ANY(edited) THEN {name} ELSE :{name} END" for name in followed
            }
            differs = " OR ".join(f"{name} IS DISTINCT FROM {sql}" for name, sql in fresh.items())
            sets = ", ".join(f"{name} = {sql}" for name, sql in fresh.items())
            change = (
                f"UPDATE {table} SET {sets}, version = version + 1, updated_at = :now"  # noqa: S608  (our own names)
                f" WHERE {key} = :{key} AND ({differs})"
            )
            names = ", ".join(row)
            values = ", ".join(f":{name}" for name in row)
            add = (
                f"INSERT INTO {table} ({names}, published_at, created_at, updated_at)"  # noqa: S608  (our own names)
                f" VALUES ({values}, :now, :now, :now) ON CONFLICT ({key}) DO NOTHING"
            )
            known = await self._connection.scalar(
                text(f"SELECT 1 FROM {table} WHERE {key} = :key"),  # noqa: S608  (our own names)
                {"key": row[key]},
            )
            values_now = {name: row[name] for name in row if name != "id"} if known else dict(row)
            result = await self._connection.execute(
                text(change if known else add), {**values_now, "now": now}
            )
            touched += result.rowcount
        return touched
