"""Writing what was read of showtimes, inside the caller's transaction."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from zoneinfo import ZoneInfo

from muvi.application.catalog.collect import Collected
from muvi.application.catalog.mirror_works import Written, finish
from muvi.domain.catalog.drop import judge, silent_sites
from muvi.domain.catalog.errors import FeedSuspicious
from muvi.domain.catalog.kinds import Kind
from muvi.ports.catalog.feed import FeedShowtime
from muvi.ports.catalog.mirror import CatalogueTx, KnownSite, MirroredShowtime, NewScreen
from muvi.ports.clock import Ids


@dataclass(slots=True)
class _Sorted:
    rows: list[MirroredShowtime] = field(default_factory=list)
    screens: dict[tuple[str, int], NewScreen] = field(default_factory=dict)
    unattached: int = 0
    closed: int = 0


async def write_showtimes(
    tx: CatalogueTx, feed: Collected[FeedShowtime], *, ids: Ids, now: datetime, accept_drop: bool
) -> Written:
    """A site whose list alone has more than halved keeps its showtimes, with a warning.

    Raises `FeedSuspicious`, `Unavailable`.
    """
    sites = await tx.mirror.sites(now=now)
    known = await tx.mirror.standing(Kind.SHOWTIMES, now=now)
    judge(Kind.SHOWTIMES, known=known, seen=len(feed.ids), accept_drop=accept_drop)
    sorted_ = _sort(feed.records, sites, await tx.mirror.film_ids(), ids)
    if feed.records and sorted_.unattached == len(feed.records):
        raise FeedSuspicious("No showtime belongs to a known cinema and film: sync cinemas and films first")
    silent = frozenset[str]()
    if not accept_drop:
        seen = Counter(one.cinema_id for one in feed.records)
        silent = silent_sites({site: one.standing for site, one in sites.items()}, seen)
    changes = await tx.mirror.put_showtimes(sorted_.rows, list(sorted_.screens.values()), now=now)
    return await finish(
        tx,
        Kind.SHOWTIMES,
        feed,
        changes,
        now=now,
        spare_sites=silent,
        warnings=_warnings(sorted_, silent),
    )


def _sort(
    records: Iterable[FeedShowtime], sites: Mapping[str, KnownSite], films: frozenset[str], ids: Ids
) -> _Sorted:
    sorted_ = _Sorted()
    zones: dict[str, ZoneInfo] = {}
    for one in records:
        site = sites.get(one.cinema_id)
        if site is None or one.film_id not in films:
            sorted_.unattached += 1
        elif site.time_zone is None:
            sorted_.closed += 1
        else:
            zone = zones.setdefault(site.time_zone, ZoneInfo(site.time_zone))
            sorted_.rows.append(_row(one, zone, ids))
            place = (one.cinema_id, one.screen_number)
            if place not in sorted_.screens:
                sorted_.screens[place] = NewScreen(
                    id=ids.new(), cinema_id=one.cinema_id, number=one.screen_number, name=one.screen_name
                )
    return sorted_


def _row(one: FeedShowtime, zone: ZoneInfo, ids: Ids) -> MirroredShowtime:
    return MirroredShowtime(
        new_id=ids.new(),
        box_office_id=one.id,
        number=one.number,
        cinema_id=one.cinema_id,
        film_id=one.film_id,
        screen_number=one.screen_number,
        starts_at=one.starts_at.at(zone),
        business_date=one.business_date,
        seats_available=one.seats_available,
        sold_out=one.sold_out,
        on_sale=one.on_sale,
        price_from_minor=one.price_from_minor,
        experience_codes=one.experience_codes,
        area_codes=one.area_codes,
    )


def _warnings(sorted_: _Sorted, silent: frozenset[str]) -> tuple[str, ...]:
    warnings = []
    if sorted_.unattached:
        warnings.append(f"{sorted_.unattached} showtimes name a cinema or film that is not known yet")
    if sorted_.closed:
        warnings.append(f"{sorted_.closed} showtimes are at cinemas whose time zone is not known")
    if silent:
        warnings.append(
            f"the list of {', '.join(sorted(silent))} more than halved: nothing was withdrawn there. "
            "Run again with --accept-drop if that is right"
        )
    return tuple(warnings)
