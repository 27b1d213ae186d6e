"""Banners, settings and cancellation reasons in memory."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from typing_extensions import override

from muvi.adapters.kit.columns import both, columns_of
from muvi.adapters.memory.catalog.rows import Row, Rows, next_number, put
from muvi.adapters.memory.database import MemoryDatabase
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


class MemoryContent(Content):
    """Published content."""

    def __init__(self, database: MemoryDatabase) -> None:
        self._database = database

    @override
    async def banners(self, *, now: datetime) -> tuple[BannerView, ...]:
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
            for row in self._published("banners", now)
        )

    @override
    async def cancellation_reasons(self, *, now: datetime) -> tuple[CancellationReasonView, ...]:
        rows = self._published("cancellation_reasons", now)
        return tuple(CancellationReasonView(id=row["id"], text=both(row, "text")) for row in rows)

    @override
    async def settings(self) -> ChainSettings:
        rows = self._database.table("settings")
        return ChainSettings.of({key: row["value"] for key, row in rows.items()})

    def _published(self, name: str, now: datetime) -> Iterable[Row]:
        rows = self._database.table(name).values()
        seen = [row for row in rows if row["published_at"] is not None and row["published_at"] <= now]
        return sorted(seen, key=lambda row: (row["position"], row["id"]))


class MemoryContentSeeds(ContentSeeds):
    """Content that nobody has written yet."""

    def __init__(self, tables: dict[str, Rows]) -> None:
        self._tables = tables

    def _table(self, name: str) -> Rows:
        return self._tables.setdefault(name, {})

    @override
    async def put_cities(self, cities: Sequence[DemoCity], *, now: datetime) -> int:
        return sum(
            self._put("cities", one.key, {"id": one.id, "source_key": one.key}, one, now) for one in cities
        )

    @override
    async def put_banners(self, banners: Sequence[DemoBanner], *, now: datetime) -> int:
        table = self._table("banners")
        born = {"subject_type": "", "subject_id": ""}
        return sum(
            self._put("banners", one.key, {**born, "id": next_number(table)}, one, now) for one in banners
        )

    @override
    async def put_reasons(self, reasons: Sequence[DemoReason], *, now: datetime) -> int:
        return sum(self._put("cancellation_reasons", one.key, {"id": one.id}, one, now) for one in reasons)

    @override
    async def put_settings(self, values: Mapping[str, object], *, now: datetime) -> int:
        table = self._table("settings")
        fresh = {key: value for key, value in values.items() if key not in table}
        for key, value in fresh.items():
            put(table, key, born={}, wanted={"value": value}, now=now)
        return len(fresh)

    def _put(
        self,
        name: str,
        key: str,
        born: Mapping[str, Any],
        content: DemoCity | DemoBanner | DemoReason,
        now: datetime,
    ) -> bool:
        wanted = columns_of(content, without={"id", "key", "link"})
        if isinstance(content, DemoBanner):
            wanted |= {"link_en": content.link, "link_ar": content.link}
        return bool(put(self._table(name), key, born=born, wanted=wanted, now=now))
