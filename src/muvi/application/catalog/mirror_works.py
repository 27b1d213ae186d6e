"""Writing what was read of all kinds but showtimes, inside the caller's transaction."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from muvi.application.catalog.collect import Collected, RecordT
from muvi.domain.catalog.drop import judge
from muvi.domain.catalog.kinds import Kind
from muvi.domain.catalog.unique_name import unique_names
from muvi.domain.venues.city_key import city_key
from muvi.ports.catalog.feed import FeedCinema, FeedExperience, FeedFilm, FeedGenre, FeedPerson
from muvi.ports.catalog.mirror import CatalogueTx, Changes, Named, NewCity
from muvi.ports.clock import Ids


@dataclass(frozen=True, slots=True)
class Written:
    """What one kind's copy did: records read, rows touched, what a person should look at."""

    read: int
    changes: Changes
    warnings: tuple[str, ...]


async def write_genres(
    tx: CatalogueTx, feed: Collected[FeedGenre], *, now: datetime, accept_drop: bool
) -> Written:
    """Raises `FeedSuspicious`, `Unavailable`."""
    await _believe(tx, Kind.GENRES, len(feed.ids), now=now, accept_drop=accept_drop)
    changes = await tx.mirror.put_genres(feed.records, now=now)
    return await finish(tx, Kind.GENRES, feed, changes, now=now)


async def write_people(
    tx: CatalogueTx, feed: Collected[FeedPerson], *, now: datetime, accept_drop: bool
) -> Written:
    """Raises `FeedSuspicious`, `Unavailable`."""
    await _believe(tx, Kind.PEOPLE, len(feed.ids), now=now, accept_drop=accept_drop)
    changes = await tx.mirror.put_people(feed.records, now=now)
    return await finish(tx, Kind.PEOPLE, feed, changes, now=now)


async def write_experiences(
    tx: CatalogueTx, feed: Collected[FeedExperience], *, ids: Ids, now: datetime, accept_drop: bool
) -> Written:
    """Raises `FeedSuspicious`, `Unavailable`."""
    await _believe(tx, Kind.EXPERIENCES, len(feed.ids), now=now, accept_drop=accept_drop)
    names = await _names(tx, Kind.EXPERIENCES, ((one.id, one.name.en) for one in feed.records))
    rows = [(one, Named(ids.new(), names[one.id])) for one in feed.records]
    changes = await tx.mirror.put_experiences(rows, now=now)
    return await finish(tx, Kind.EXPERIENCES, feed, changes, now=now)


async def write_cinemas(
    tx: CatalogueTx, feed: Collected[FeedCinema], *, ids: Ids, now: datetime, accept_drop: bool
) -> Written:
    """A city nobody has entered yet is made with the box office's text.

    Raises `FeedSuspicious`, `Unavailable`.
    """
    await _believe(tx, Kind.CINEMAS, len(feed.ids), now=now, accept_drop=accept_drop)
    names = await _names(tx, Kind.CINEMAS, ((one.id, one.name.en) for one in feed.records))
    rows = [(one, Named(ids.new(), names[one.id])) for one in feed.records]
    changes = await tx.mirror.put_cinemas(rows, _cities(feed.records, ids), now=now)
    closed = tuple(
        f"cinema {one.id} names the zone {one.source_zone!r}, which is not known: it is closed for sale"
        for one in feed.records
        if one.time_zone is None
    )
    return await finish(tx, Kind.CINEMAS, feed, changes, now=now, warnings=closed)


async def write_films(
    tx: CatalogueTx, feed: Collected[FeedFilm], *, ids: Ids, now: datetime, accept_drop: bool
) -> Written:
    """Raises `FeedSuspicious`, `Unavailable`."""
    await _believe(tx, Kind.FILMS, len(feed.ids), now=now, accept_drop=accept_drop)
    names = await _names(tx, Kind.FILMS, ((one.id, one.title.en) for one in feed.records))
    rows = [(one, Named(ids.new(), names[one.id])) for one in feed.records]
    changes = await tx.mirror.put_films(rows, now=now)
    return await finish(tx, Kind.FILMS, feed, changes, now=now)


async def finish(
    tx: CatalogueTx,
    kind: Kind,
    feed: Collected[RecordT],
    changes: Changes,
    *,
    now: datetime,
    warnings: tuple[str, ...] = (),
    spare_sites: frozenset[str] = frozenset(),
) -> Written:
    """Withdraw what the feed no longer has and tell every process when anything changed."""
    if not feed.nameless:
        gone = await tx.mirror.withdraw(kind, keep=feed.ids, spare_sites=spare_sites, now=now)
        changes += Changes(withdrawn=gone)
    if changes.total:
        await tx.mirror.announce(kind)
    return Written(len(feed.records), changes, feed.warnings() + warnings)


async def _believe(tx: CatalogueTx, kind: Kind, seen: int, *, now: datetime, accept_drop: bool) -> None:
    judge(kind, known=await tx.mirror.standing(kind, now=now), seen=seen, accept_drop=accept_drop)


async def _names(tx: CatalogueTx, kind: Kind, wanted: Iterable[tuple[str, str]]) -> dict[str, str]:
    known = await tx.mirror.unique_names(kind)
    fresh = unique_names(
        ((key, text) for key, text in wanted if key not in known), known.values(), fallback=kind.value
    )
    return {**known, **fresh}


def _cities(records: Iterable[FeedCinema], ids: Ids) -> list[NewCity]:
    cities: dict[str, NewCity] = {}
    for one in records:
        key = city_key(one.city)
        if key and key not in cities:
            cities[key] = NewCity(
                id=ids.new(), key=key, name=one.city.strip(), latitude=one.latitude, longitude=one.longitude
            )
    return list(cities.values())
