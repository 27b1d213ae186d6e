from collections import Counter, defaultdict
from datetime import date, timedelta
from itertools import pairwise

import pytest

from muvi_sandbox import chain
from muvi_sandbox.chain.halls import SHAPES, SOFAS, Kind, Layout, layout
from muvi_sandbox.chain.prices import vat_shares, vat_within
from muvi_sandbox.chain.schedule import CLEANING_MINUTES, Session
from muvi_sandbox.vista.seats import sold_by_counter

DAY = date(2026, 11, 20)


@pytest.fixture(scope="module")
def built() -> chain.Chain:
    return chain.build(1, DAY)


@pytest.fixture(scope="module")
def on_sale(built: chain.Chain) -> list[Session]:
    return [session for session in built.sessions.values() if session.business_date >= DAY]


def test_every_run_of_a_day_agrees_and_another_seed_differs(built: chain.Chain) -> None:
    assert chain.build(1, DAY).sessions == built.sessions
    assert chain.build(2, DAY).sessions != built.sessions


def test_tomorrows_chain_holds_the_same_shows_under_the_same_numbers(built: chain.Chain) -> None:
    tomorrow = chain.build(1, DAY + timedelta(days=1))
    shared = built.sessions.keys() & tomorrow.sessions.keys()
    assert len(shared) > 11_000
    assert all(built.sessions[key] == tomorrow.sessions[key] for key in shared)


def test_the_chain_has_the_size_of_a_real_one(built: chain.Chain, on_sale: list[Session]) -> None:
    screens = [screen for cinema in built.cinemas.values() for screen in cinema.screens]
    assert len({cinema.place.city for cinema in built.cinemas.values()}) >= 3
    assert len(built.cinemas) >= 20
    assert len(screens) >= 180
    assert {screen.layout.capacity for screen in screens} >= {40, 300}
    assert all(40 <= screen.layout.capacity <= 420 for screen in screens)
    assert 11_500 <= len(on_sale) <= 12_500
    assert len({session.business_date for session in on_sale}) == 14


def test_every_film_on_show_is_shown_in_every_cinema(built: chain.Chain, on_sale: list[Session]) -> None:
    assert len(chain.ON_SHOW) >= 15
    shown = {(session.cinema.id, session.film.id) for session in on_sale}
    assert shown == {(cinema, film.id) for cinema in built.cinemas for film in chain.ON_SHOW}


def test_some_shows_start_after_midnight_and_belong_to_the_day_before(on_sale: list[Session]) -> None:
    late = [session for session in on_sale if session.starts.date() != session.business_date]
    assert len(late) > 100
    assert all(session.starts.date() - session.business_date == timedelta(days=1) for session in late)


def test_shows_start_on_five_minutes_and_leave_time_to_clean(built: chain.Chain) -> None:
    by_screen: defaultdict[tuple[str, int], list[Session]] = defaultdict(list)
    for session in built.sessions.values():
        assert session.starts.minute % 5 == 0
        by_screen[session.cinema.id, session.screen.number].append(session)
    for shows in by_screen.values():
        shows.sort(key=lambda session: session.starts)
        for first, second in pairwise(shows):
            needed = timedelta(minutes=first.film.minutes + CLEANING_MINUTES)
            assert second.starts - first.starts >= needed


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("mirrored", [False, True])
def test_a_hall_has_aisles_gap_rows_and_places_for_wheelchairs(shape: str, *, mirrored: bool) -> None:
    hall = layout(shape, mirrored=mirrored)
    kinds = Counter(seat.kind for seat in hall.seats)
    assert (kinds[Kind.WHEELCHAIR], kinds[Kind.COMPANION]) == (2, 2)
    assert any(not row for area in hall.areas for row in area.rows)
    first = hall.areas[0].rows[0]
    assert len(first) < hall.areas[0].columns
    labels = [int(seat.label) for seat in first]
    assert labels == sorted(labels, reverse=mirrored)
    assert [seat.index for seat in hall.seats] == list(range(hall.capacity))
    assert len(hall.by_position) == hall.capacity


def test_several_areas_share_a_category_and_sofas_are_pairs() -> None:
    hall = layout("G", mirrored=False)
    codes = Counter(area.category.code for area in hall.areas)
    assert max(codes.values()) > 1
    sofas = [seat for seat in hall.seats if seat.group]
    assert sofas
    assert all(hall.category_of(seat) is SOFAS for seat in sofas)
    assert all(len(seat.group) == 2 and seat.index in seat.group for seat in sofas)


def test_counters_sold_whole_sofas_and_as_many_seats_as_the_feed_says(on_sale: list[Session]) -> None:
    for session in on_sale[:300]:
        sold = sold_by_counter(1, session)
        assert len(sold) == len(set(sold))
        assert abs(len(sold) - session.sold_before) <= 1
        assert _whole_sofas(session.layout, set(sold))


def test_some_shows_are_sold_out_or_nearly(on_sale: list[Session]) -> None:
    left = [session.layout.capacity - session.sold_before for session in on_sale]
    assert left.count(0) > 50
    assert sum(1 for seats in left if 0 < seats < 10) > 50


def test_tax_is_uneven_cents_that_add_up() -> None:
    """The figures of a published order: two tickets of 5,500 and a fee of 500."""
    assert vat_shares([5500, 5500, 500]) == [717, 718, 65]
    assert vat_within(11500) == 1500


def _whole_sofas(hall: Layout, sold: set[int]) -> bool:
    return all(sold.issuperset(hall.seats[index].group) for index in sold)
