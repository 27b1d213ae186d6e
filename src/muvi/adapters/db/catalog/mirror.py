"""The mirror in PostgreSQL."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection
from typing_extensions import override

from muvi.adapters.db.catalog import statements
from muvi.adapters.db.catalog.upsert import Key, Touched, as_json, run
from muvi.adapters.kit.columns import columns_of
from muvi.domain.catalog.kinds import Kind
from muvi.domain.venues.city_key import city_key
from muvi.ports.catalog.feed import FeedCinema, FeedExperience, FeedFilm, FeedGenre, FeedPerson
from muvi.ports.catalog.mirror import (
    CatalogueMirror,
    Changes,
    KnownSite,
    MirroredShowtime,
    Named,
    NewCity,
    NewScreen,
)

CHANNEL = "muvi_catalog"
MANY = 1000
"""So many new rows make the planner's idea of a table wrong until the server itself looks, minutes later."""
ELSEWHERE = frozenset({"id", "rating", "rating_description", "genre_ids", "cast"})
"""What a film's own row does not have."""
NAMED_OTHERWISE = frozenset({"new_id", "number", "cinema_id", "film_id", "screen_number"})
"""Of a showtime."""
_TABLES = {kind: kind.value for kind in Kind}


class SqlCatalogueMirror(CatalogueMirror):
    """Writes through the connection of an open transaction."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    @override
    async def standing(self, kind: Kind, *, now: datetime) -> int:
        begun = " AND starts_at > :now" if kind is Kind.SHOWTIMES else ""
        sql = f"SELECT count(*) FROM {_TABLES[kind]} WHERE withdrawn_at IS NULL{begun}"  # noqa: S608  (our own names)
        count = await self._connection.scalar(text(sql), {"now": now} if begun else {})
        return int(count or 0)

    @override
    async def unique_names(self, kind: Kind) -> Mapping[str, str]:
        sql = f"SELECT box_office_id, unique_name FROM {_TABLES[kind]}"  # noqa: S608  (our own names)
        rows = await self._connection.execute(text(sql))
        return {row.box_office_id: row.unique_name for row in rows}

    @override
    async def sites(self, *, now: datetime) -> Mapping[str, KnownSite]:
        rows = await self._connection.execute(text(statements.SITES), {"now": now})
        return {row.box_office_id: KnownSite(row.time_zone, row.standing) for row in rows}

    @override
    async def film_ids(self) -> frozenset[str]:
        return frozenset(await self._connection.scalars(text("SELECT box_office_id FROM films")))

    @override
    async def put_genres(self, records: Sequence[FeedGenre], *, now: datetime) -> Changes:
        rows = [{"box_office_id": one.id, "name_en": one.name.en, "name_ar": one.name.ar} for one in records]
        return _counted(await run(self._connection, statements.GENRES, rows, now))

    @override
    async def put_people(self, records: Sequence[FeedPerson], *, now: datetime) -> Changes:
        rows = [
            {
                "box_office_id": one.id,
                "first_name_en": one.first_name,
                "last_name_en": one.last_name,
                "image_url": one.image_url,
            }
            for one in records
        ]
        return _counted(await run(self._connection, statements.PEOPLE, rows, now))

    @override
    async def put_experiences(
        self, records: Sequence[tuple[FeedExperience, Named]], *, now: datetime
    ) -> Changes:
        rows = [
            {
                "box_office_id": one.id,
                "unique_name": born.unique_name,
                "code": one.code,
                "name_en": one.name.en,
                "name_ar": one.name.ar,
                "position": one.position,
            }
            for one, born in records
        ]
        return _counted(await run(self._connection, statements.EXPERIENCES, rows, now))

    @override
    async def put_cinemas(
        self, records: Sequence[tuple[FeedCinema, Named]], cities: Sequence[NewCity], *, now: datetime
    ) -> Changes:
        if cities:
            new = [
                {**asdict(city), "source_key": city.key, "name_en": city.name, "name_ar": city.name}
                for city in cities
            ]
            await self._connection.execute(text(statements.CITIES), {"rows": as_json(new), "now": now})
        rows = [_cinema(one, born) for one, born in records]
        return _counted(await run(self._connection, statements.CINEMAS, rows, now))

    @override
    async def put_films(self, records: Sequence[tuple[FeedFilm, Named]], *, now: datetime) -> Changes:
        if not records:
            return Changes()
        ratings = {
            one.rating: {
                "code": one.rating,
                "description_en": one.rating_description.en,
                "description_ar": one.rating_description.ar,
            }
            for one, _ in records
            if one.rating
        }
        await self._connection.execute(
            text(statements.RATINGS), {"rows": as_json(list(ratings.values())), "now": now}
        )
        touched = await run(
            self._connection, statements.FILMS, [_film(one, born) for one, born in records], now
        )
        linked = await self._link([one for one, _ in records])
        extra = linked - touched.added - touched.changed
        if extra:
            await self._connection.execute(text(statements.TOUCH_FILMS), {"ids": list(extra), "now": now})
        return Changes(added=len(touched.added), changed=len(touched.changed | extra))

    async def _link(self, films: Sequence[FeedFilm]) -> frozenset[Key]:
        """Genres and cast as the feed has them; ids of films where that changed anything."""
        genres = [{"box_office_id": one.id, "genre_ids": one.genre_ids} for one in films]
        people = [{"box_office_id": one.id, "cast_": [asdict(who) for who in one.cast]} for one in films]
        touched: set[Key] = set()
        for sql, rows in ((statements.FILM_GENRES, genres), (statements.FILM_PEOPLE, people)):
            touched.update(await self._connection.scalars(text(sql), {"rows": as_json(rows)}))
        return frozenset(touched)

    @override
    async def put_showtimes(
        self, records: Sequence[MirroredShowtime], screens: Sequence[NewScreen], *, now: datetime
    ) -> Changes:
        rooms = [
            {
                "id": one.id,
                "cinema": one.cinema_id,
                "number": one.number,
                "name_en": one.name.en,
                "name_ar": one.name.ar,
            }
            for one in screens
        ]
        await run(self._connection, statements.SCREENS, rooms, now)
        rows = [_showtime(one) for one in records]
        touched = await run(self._connection, statements.SHOWTIMES, rows, now)
        if len(touched.added) >= MANY:
            await self._connection.execute(text("ANALYZE showtimes"))
        return _counted(touched)

    @override
    async def withdraw(
        self, kind: Kind, *, keep: Collection[str], spare_sites: Collection[str] = (), now: datetime
    ) -> int:
        parameters: dict[str, object] = {"keep": list(keep), "now": now}
        sql = statements.WITHDRAW
        if kind is Kind.SHOWTIMES:
            sql = statements.WITHDRAW_SHOWTIMES
            parameters["spare"] = list(spare_sites)
        result = await self._connection.execute(text(sql.format(table=_TABLES[kind])), parameters)
        return result.rowcount

    @override
    async def announce(self, kind: Kind) -> None:
        await self._connection.execute(
            text("SELECT pg_notify(:channel, :kind)"), {"channel": CHANNEL, "kind": kind.value}
        )


def _counted(touched: Touched) -> Changes:
    return Changes(added=len(touched.added), changed=len(touched.changed))


def _cinema(one: FeedCinema, born: Named) -> dict[str, Any]:
    ours = {"id": born.id, "box_office_id": one.id, "unique_name": born.unique_name}
    return {**columns_of(one, without={"id", "city"}), **ours, "city_key": city_key(one.city)}


def _film(one: FeedFilm, born: Named) -> dict[str, Any]:
    ours = {"id": born.id, "box_office_id": one.id, "unique_name": born.unique_name}
    return {**columns_of(one, without=ELSEWHERE), **ours, "rating": one.rating}


def _showtime(one: MirroredShowtime) -> dict[str, Any]:
    return {
        **columns_of(one, without=NAMED_OTHERWISE),
        "id": one.new_id,
        "box_office_number": one.number,
        "cinema": one.cinema_id,
        "film": one.film_id,
        "screen": one.screen_number,
    }
