"""The mirror in memory."""

from __future__ import annotations

from collections import Counter
from collections.abc import AsyncGenerator, Collection, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from datetime import datetime
from typing import Any

from typing_extensions import override

from muvi.adapters.kit.columns import columns_of
from muvi.adapters.memory.catalog.rows import Row, Rows, next_number, put, touch
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
    SyncTurns,
)


class MemoryCatalogueMirror(CatalogueMirror):
    """Writes tables keyed by the box office's id. `announced` lists the kinds told as stale."""

    def __init__(self, tables: dict[str, Rows]) -> None:
        self._tables = tables

    def _table(self, name: str) -> Rows:
        return self._tables.setdefault(name, {})

    @override
    async def standing(self, kind: Kind, *, now: datetime) -> int:
        rows = (row for row in self._table(kind.value).values() if row["withdrawn_at"] is None)
        return sum(1 for row in rows if kind is not Kind.SHOWTIMES or row["starts_at"] > now)

    @override
    async def unique_names(self, kind: Kind) -> Mapping[str, str]:
        return {key: row["unique_name"] for key, row in self._table(kind.value).items()}

    @override
    async def sites(self, *, now: datetime) -> Mapping[str, KnownSite]:
        standing = Counter(
            row["cinema_id"]
            for row in self._table("showtimes").values()
            if row["withdrawn_at"] is None and row["starts_at"] > now
        )
        return {
            key: KnownSite(row["time_zone"], standing[row["id"]])
            for key, row in self._table("cinemas").items()
            if row["withdrawn_at"] is None
        }

    @override
    async def film_ids(self) -> frozenset[str]:
        return frozenset(self._table("films"))

    @override
    async def put_genres(self, records: Sequence[FeedGenre], *, now: datetime) -> Changes:
        wanted = {one.id: {"name_en": one.name.en, "name_ar": one.name.ar} for one in records}
        return self._put_numbered("genres", wanted, now=now)

    @override
    async def put_people(self, records: Sequence[FeedPerson], *, now: datetime) -> Changes:
        wanted = {
            one.id: {
                "first_name_en": one.first_name,
                "last_name_en": one.last_name,
                "image_url": one.image_url,
            }
            for one in records
        }
        return self._put_numbered("people", wanted, now=now, first_name_ar="", last_name_ar="")

    @override
    async def put_experiences(
        self, records: Sequence[tuple[FeedExperience, Named]], *, now: datetime
    ) -> Changes:
        changes = Changes()
        for one, born in records:
            wanted = {
                one.id: {
                    "code": one.code,
                    "name_en": one.name.en,
                    "name_ar": one.name.ar,
                    "position": one.position,
                }
            }
            texts = dict.fromkeys(("description_en", "description_ar", "logo_url", "cover_url"), "")
            changes += self._put_numbered(
                "experiences", wanted, now=now, unique_name=born.unique_name, **texts
            )
        return changes

    @override
    async def put_cinemas(
        self, records: Sequence[tuple[FeedCinema, Named]], cities: Sequence[NewCity], *, now: datetime
    ) -> Changes:
        known = self._table("cities")
        for city in cities:
            if city.key not in known:
                names = {"name_en": city.name, "name_ar": city.name}
                place = {"latitude": city.latitude, "longitude": city.longitude}
                born = {"id": city.id, "position": 0, "source_key": city.key}
                put(known, city.key, born=born, wanted={**names, **place}, now=now)
        told = Counter(self._put_cinema(one, born, known, now) for one, born in records)
        return Changes(added=told["added"], changed=told["changed"])

    def _put_cinema(self, one: FeedCinema, born: Named, cities: Rows, now: datetime) -> str:
        city = cities.get(city_key(one.city))
        wanted = {**columns_of(one, without={"id", "city"}), "city_id": city["id"] if city else None}
        fixed = {"id": born.id, "unique_name": born.unique_name, "box_office_id": one.id}
        made: Row = {**fixed, "position": 0, "images": [], "cover_url": ""}
        return put(self._table("cinemas"), one.id, born=made, wanted=wanted, now=now)

    @override
    async def put_films(self, records: Sequence[tuple[FeedFilm, Named]], *, now: datetime) -> Changes:
        told = Counter(self._put_film(one, born, now) for one, born in records)
        return Changes(added=told["added"], changed=told["changed"])

    def _put_film(self, one: FeedFilm, born: Named, now: datetime) -> str:
        rating = self._rating(one, now) if one.rating else None
        genres, people = self._table("genres"), self._table("people")
        cast = dict.fromkeys(
            (people[who.person_id]["id"], who.role) for who in one.cast if who.person_id in people
        )
        wanted = {
            **columns_of(one, without={"id", "rating", "rating_description", "genre_ids", "cast"}),
            "rating_id": rating,
            "genres": [genres[key]["id"] for key in one.genre_ids if key in genres],
            "people": list(cast),
        }
        fixed = {"id": born.id, "unique_name": born.unique_name, "box_office_id": one.id}
        texts = ("cover_url", "language_en", "language_ar", "subtitle_en", "subtitle_ar")
        made: Row = {**fixed, "position": 0, **dict.fromkeys(texts, "")}
        return put(self._table("films"), one.id, born=made, wanted=wanted, now=now)

    def _rating(self, one: FeedFilm, now: datetime) -> int:
        ratings = self._table("ratings")
        if one.rating not in ratings:
            wanted = {
                "code": one.rating,
                "description_en": one.rating_description.en,
                "description_ar": one.rating_description.ar,
            }
            put(ratings, one.rating, born={"id": next_number(ratings)}, wanted=wanted, now=now)
        return int(ratings[one.rating]["id"])

    @override
    async def put_showtimes(
        self, records: Sequence[MirroredShowtime], screens: Sequence[NewScreen], *, now: datetime
    ) -> Changes:
        rooms, cinemas = self._table("screens"), self._table("cinemas")
        for one in screens:
            born = {"id": one.id, "cinema_id": cinemas[one.cinema_id]["id"], "number": one.number}
            wanted = {"name_en": one.name.en, "name_ar": one.name.ar}
            put(rooms, (one.cinema_id, one.number), born=born, wanted=wanted, now=now)
        told = Counter(self._put_showtime(one, now) for one in records)
        return Changes(added=told["added"], changed=told["changed"])

    def _put_showtime(self, one: MirroredShowtime, now: datetime) -> str:
        cinema = self._table("cinemas").get(one.cinema_id)
        film = self._table("films").get(one.film_id)
        if cinema is None or film is None:
            return ""
        offered = (row for row in self._table("experiences").values() if row["withdrawn_at"] is None)
        named = (row for row in offered if row["code"] in one.experience_codes)
        ours = ("new_id", "box_office_id", "number", "screen_number", "experience_codes")
        wanted = {
            **columns_of(one, without=ours),
            "box_office_number": one.number,
            "cinema_id": cinema["id"],
            "film_id": film["id"],
            "screen_id": self._table("screens")[one.cinema_id, one.screen_number]["id"],
            "area_codes": list(one.area_codes),
            "experience_ids": [
                row["id"] for row in sorted(named, key=lambda row: (row["position"], row["id"]))
            ],
        }
        born = {"id": one.new_id, "box_office_id": one.box_office_id}
        return put(self._table("showtimes"), one.box_office_id, born=born, wanted=wanted, now=now)

    @override
    async def withdraw(
        self, kind: Kind, *, keep: Collection[str], spare_sites: Collection[str] = (), now: datetime
    ) -> int:
        kept = frozenset(keep)
        cinemas = self._table("cinemas")
        spared = {cinemas[site]["id"] for site in spare_sites if site in cinemas}
        gone = [
            row
            for key, row in self._table(kind.value).items()
            if row["withdrawn_at"] is None
            and key not in kept
            and (kind is not Kind.SHOWTIMES or (row["starts_at"] > now and row["cinema_id"] not in spared))
        ]
        for row in gone:
            row["withdrawn_at"] = now
            touch(row, now)
        return len(gone)

    @override
    async def announce(self, kind: Kind) -> None:
        told = self._table("announced")
        told[len(told)] = {"kind": kind}

    def _put_numbered(
        self,
        name: str,
        wanted: Mapping[str, Mapping[str, Any]],
        *,
        now: datetime,
        **born: object,
    ) -> Changes:
        table = self._table(name)
        told = Counter(
            put(
                table,
                key,
                born={"id": next_number(table), "box_office_id": key, "position": 0, **born},
                wanted=values,
                now=now,
            )
            for key, values in wanted.items()
        )
        return Changes(added=told["added"], changed=told["changed"])


class MemorySyncTurns(SyncTurns):
    """Turns inside one process."""

    def __init__(self) -> None:
        self._taken: set[Kind] = set()

    @override
    def take(self, kind: Kind) -> AbstractAsyncContextManager[bool]:
        return self._take(kind)

    @asynccontextmanager
    async def _take(self, kind: Kind) -> AsyncGenerator[bool]:
        if kind in self._taken:
            yield False
            return
        self._taken.add(kind)
        try:
            yield True
        finally:
            self._taken.discard(kind)
