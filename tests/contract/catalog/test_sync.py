"""The catalogue follows the box office, believes no empty feed and leaves alone what people wrote."""

import dataclasses
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Any

import pytest
from tests.builders_catalog import a_cinema, a_film, a_genre, a_person, a_showtime
from tests.contract.catalog.conftest import Chain

from muvi.adapters.db.catalog import upsert
from muvi.adapters.db.catalog.upsert import as_json
from muvi.application.catalog.sync_catalogue import SyncCommand
from muvi.domain.catalog.errors import FeedSuspicious, SyncRunning
from muvi.domain.catalog.kinds import Kind
from muvi.domain.shared.actor import ANONYMOUS
from muvi.domain.shared.errors import Forbidden
from muvi.domain.shared.text import LocalizedText
from muvi.domain.showtimes.wall_time import WallTime
from muvi.ports.catalog.feed import FeedCast
from muvi.ports.catalog.mirror import NOTHING, Changes
from muvi.ports.errors import Unavailable


async def test_a_first_run_copies_everything(chain: Chain) -> None:
    report = await chain.sync()

    assert report.failure is None
    assert {one.kind: one.changes for one in report.kinds} == {
        Kind.GENRES: Changes(added=1),
        Kind.PEOPLE: Changes(added=1),
        Kind.EXPERIENCES: Changes(added=1),
        Kind.CINEMAS: Changes(added=1),
        Kind.FILMS: Changes(added=1),
        Kind.SHOWTIMES: Changes(added=20),
    }
    showtime = (await chain.store.rows("showtimes"))["0001-7"]
    assert showtime["starts_at"] == datetime(2026, 1, 16, 18, 0, tzinfo=UTC)
    assert showtime["business_date"] == date(2026, 1, 16)
    imax = (await chain.store.rows("experiences"))["0000000002"]
    assert showtime["experience_ids"] == [imax["id"]]
    city = (await chain.store.rows("cities"))["riyadh"]
    assert (city["name_en"], city["latitude"]) == ("Riyadh", 24.7)
    assert (await chain.store.rows("cinemas"))["0001"]["city_id"] == city["id"]
    assert (await chain.store.rows("films"))["HO00000720"]["unique_name"] == "the-long-way-home"


async def test_a_second_run_changes_nothing(chain: Chain) -> None:
    await chain.sync()
    chain.clock.advance(hours=1)

    report = await chain.sync()

    assert [one.changes for one in report.kinds] == [NOTHING] * len(Kind)
    assert (await chain.store.rows("films"))["HO00000720"]["version"] == 1


async def test_no_statement_has_more_rows_than_it_can_end_in_time(
    chain: Chain, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A chain has thousands of showtimes, and a busy machine a tenth of its speed."""
    most, seen = 7, []

    def counted(rows: Sequence[Mapping[str, Any]]) -> str:
        seen.append(len(rows))
        return as_json(rows)

    monkeypatch.setattr(upsert, "BATCH", most)
    monkeypatch.setattr(upsert, "as_json", counted)
    showtimes = [one for one in (await chain.sync()).kinds if one.kind is Kind.SHOWTIMES]
    assert [one.changes for one in showtimes] == [Changes(added=20)]
    assert max(seen, default=0) <= most
    assert [one.changes for one in (await chain.sync()).kinds] == [NOTHING] * len(Kind)
    chain.feed.showtime_list = [
        dataclasses.replace(one, seats_available=5) for one in chain.feed.showtime_list
    ]
    assert (await chain.sync_one(Kind.SHOWTIMES)).changes == Changes(changed=20)


async def test_what_differs_is_changed_and_counted(chain: Chain) -> None:
    await chain.sync()
    chain.feed.film_list = [a_film(runtime_min=90)]
    chain.feed.showtime_list = [
        dataclasses.replace(one, seats_available=5) if one.number == "3" else one
        for one in chain.feed.showtime_list
    ]

    assert (await chain.sync_one(Kind.FILMS)).changes == Changes(changed=1)
    assert (await chain.sync_one(Kind.SHOWTIMES)).changes == Changes(changed=1)
    film = (await chain.store.rows("films"))["HO00000720"]
    assert (film["runtime_min"], film["version"]) == (90, 2)


async def test_new_genres_and_cast_count_as_a_change_of_the_film(chain: Chain) -> None:
    await chain.sync()
    chain.feed.genre_list = [a_genre(), a_genre(id="0000000004", name=LocalizedText("Action", "أكشن"))]
    chain.feed.people_list = [a_person(), a_person(id="0000000102", first_name="Bo")]
    billed = (FeedCast(person_id="0000000102", role="DIRECTOR"), *a_film().cast)
    chain.feed.film_list = [a_film(genre_ids=("0000000004", "0000000003"), cast=billed)]

    report = await chain.sync(Kind.GENRES, Kind.PEOPLE, Kind.FILMS)

    assert [one.changes for one in report.kinds] == [
        Changes(added=1),
        Changes(added=1),
        Changes(changed=1),
    ]
    assert (await chain.sync_one(Kind.FILMS)).changes == NOTHING


@pytest.mark.parametrize(("by_hand", "kept"), [(True, True), (False, False)], ids=["edited", "guard off"])
async def test_fields_that_a_person_edited_stay(chain: Chain, *, by_hand: bool, kept: bool) -> None:
    await chain.sync()
    await chain.store.edit("films", "HO00000720", by_hand=by_hand, title_ar="عنوان آخر")
    chain.feed.film_list = [a_film(runtime_min=90)]

    await chain.sync()

    film = (await chain.store.rows("films"))["HO00000720"]
    assert film["runtime_min"] == 90
    assert (film["title_ar"] == "عنوان آخر") is kept


async def test_an_edited_field_is_no_change_at_every_run(chain: Chain) -> None:
    await chain.sync()
    await chain.store.edit("cinemas", "0001", name_en="Grand Cinema", city_id=None)

    assert (await chain.sync_one(Kind.CINEMAS)).changes == NOTHING


async def test_what_the_feed_lost_is_withdrawn_and_comes_back(chain: Chain) -> None:
    await chain.sync()
    whole = chain.feed.showtime_list
    chain.feed.showtime_list = whole[:15]

    assert (await chain.sync_one(Kind.SHOWTIMES)).changes == Changes(withdrawn=5)
    assert (await chain.sync_one(Kind.SHOWTIMES)).changes == NOTHING
    chain.feed.showtime_list = whole
    assert (await chain.sync_one(Kind.SHOWTIMES)).changes == Changes(changed=5)


async def test_shows_that_have_begun_are_not_withdrawn(chain: Chain) -> None:
    begun = a_showtime(number="99", starts_at=WallTime(datetime(2026, 1, 15, 17, 30)))  # noqa: DTZ001
    chain.feed.showtime_list = [*chain.feed.showtime_list, begun]
    await chain.sync()
    chain.feed.showtime_list = chain.feed.showtime_list[:-1]
    chain.clock.advance(hours=1)

    assert (await chain.sync_one(Kind.SHOWTIMES)).changes == NOTHING


@pytest.mark.parametrize("accept_drop", [False, True])
async def test_an_empty_feed_withdraws_nothing_and_says_so(chain: Chain, *, accept_drop: bool) -> None:
    await chain.sync()
    chain.feed.showtime_list = []

    report = await chain.sync_one(Kind.SHOWTIMES, accept_drop=accept_drop)

    assert isinstance(report.failure, FeedSuspicious)
    assert "empty while 20 are known" in str(report.failure)
    assert all(row["withdrawn_at"] is None for row in (await chain.store.rows("showtimes")).values())


async def test_without_the_guard_an_empty_feed_would_withdraw_everything(chain: Chain) -> None:
    await chain.sync()

    async with chain.store.begin() as tx:
        gone = await tx.mirror.withdraw(Kind.SHOWTIMES, keep=(), now=chain.clock.now())

    assert gone == 20


@pytest.mark.parametrize(("accept_drop", "withdrawn"), [(False, 0), (True, 11)], ids=["guarded", "guard off"])
async def test_a_feed_that_more_than_halves_is_refused(
    chain: Chain, *, accept_drop: bool, withdrawn: int
) -> None:
    await chain.sync()
    chain.feed.showtime_list = chain.feed.showtime_list[:9]

    report = await chain.sync_one(Kind.SHOWTIMES, accept_drop=accept_drop)

    assert isinstance(report.failure, FeedSuspicious) is not accept_drop
    rows = (await chain.store.rows("showtimes")).values()
    assert sum(1 for row in rows if row["withdrawn_at"]) == withdrawn


@pytest.mark.parametrize(("accept_drop", "withdrawn"), [(False, 0), (True, 12)], ids=["guarded", "guard off"])
async def test_a_site_that_falls_silent_alone_keeps_its_showtimes(
    chain: Chain, *, accept_drop: bool, withdrawn: int
) -> None:
    chain.feed.cinema_list = [a_cinema(), a_cinema(id="0002")]
    second = [a_showtime(cinema_id="0002", number=str(number)) for number in range(12)]
    first = chain.feed.showtime_list
    chain.feed.showtime_list = [*first, *second]
    await chain.sync()
    chain.feed.showtime_list = first

    report = await chain.sync_one(Kind.SHOWTIMES, accept_drop=accept_drop)

    assert report.failure is None
    assert report.changes.withdrawn == withdrawn
    assert any("0002" in warning for warning in report.warnings) is not accept_drop


async def test_a_feed_that_breaks_off_changes_nothing_and_the_others_still_run(chain: Chain) -> None:
    await chain.sync()
    chain.feed.broken = {Kind.FILMS}
    chain.feed.film_list = [a_film(runtime_min=90)]
    chain.feed.showtime_list = chain.feed.showtime_list[:15]

    report = await chain.sync(Kind.FILMS, Kind.SHOWTIMES)

    assert isinstance(report.failure, Unavailable)
    assert report.kinds[1].changes == Changes(withdrawn=5)
    assert (await chain.store.rows("films"))["HO00000720"]["runtime_min"] == 87


@pytest.mark.parametrize(("unreadable", "withdrawn"), [(("0001-19",), 0), (("",), 0), ((), 1)])
async def test_unreadable_records_are_not_taken_for_withdrawn(
    chain: Chain, unreadable: tuple[str, ...], withdrawn: int
) -> None:
    await chain.sync()
    chain.feed.showtime_list = chain.feed.showtime_list[:19]
    chain.feed.unreadable = {Kind.SHOWTIMES: unreadable}

    report = await chain.sync_one(Kind.SHOWTIMES)

    assert report.changes.withdrawn == withdrawn
    assert bool(report.warnings) is bool(unreadable)


async def test_an_unknown_zone_closes_the_cinema_with_an_alarm(chain: Chain) -> None:
    chain.feed.cinema_list = [a_cinema(), a_cinema(id="0002", source_zone="Moon Time", time_zone=None)]
    chain.feed.showtime_list = [*chain.feed.showtime_list, a_showtime(cinema_id="0002", number="1")]

    report = await chain.sync(Kind.CINEMAS, Kind.FILMS, Kind.SHOWTIMES)

    assert "Moon Time" in report.kinds[0].warnings[0]
    assert "1 showtimes are at cinemas whose time zone is not known" in report.kinds[2].warnings
    assert "0002-1" not in await chain.store.rows("showtimes")


async def test_showtimes_before_cinemas_and_films_are_refused_with_advice(chain: Chain) -> None:
    report = await chain.sync_one(Kind.SHOWTIMES)

    assert "sync cinemas and films first" in str(report.failure)


async def test_names_for_addresses_are_unique_and_stay(chain: Chain) -> None:
    chain.feed.film_list = [a_film(), a_film(id="HO2"), a_film(id="HO3", title=LocalizedText("", "أرض"))]
    await chain.sync(Kind.FILMS)
    chain.feed.film_list = [a_film(title=LocalizedText("Renamed", "")), *chain.feed.film_list[1:]]
    await chain.sync(Kind.FILMS)

    names = {key: row["unique_name"] for key, row in (await chain.store.rows("films")).items()}
    assert names == {"HO00000720": "the-long-way-home", "HO2": "the-long-way-home-2", "HO3": "films-ho3"}


async def test_one_sync_of_a_kind_at_a_time(chain: Chain) -> None:
    async with chain.store.turns.take(Kind.FILMS) as free:
        assert free
        report = await chain.sync(Kind.FILMS, Kind.GENRES)

    assert isinstance(report.failure, SyncRunning)
    assert [one.changes for one in report.kinds] == [Changes(added=1), NOTHING]
    assert (await chain.sync_one(Kind.FILMS)).changes == Changes(added=1)


async def test_nobody_else_may_run_it(chain: Chain) -> None:
    with pytest.raises(Forbidden):
        await chain.use_case(SyncCommand(actor=ANONYMOUS))
