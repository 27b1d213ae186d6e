"""When a shrunken feed is believed."""

import pytest

from muvi.domain.catalog.drop import judge, silent_sites
from muvi.domain.catalog.errors import FeedSuspicious
from muvi.domain.catalog.kinds import Kind


@pytest.mark.parametrize(("known", "seen"), [(0, 0), (0, 5), (10, 5), (10, 20), (1, 1)])
def test_believed(known: int, seen: int) -> None:
    judge(Kind.FILMS, known=known, seen=seen, accept_drop=False)


@pytest.mark.parametrize(("known", "seen"), [(10, 4), (3, 1), (1, 0)])
def test_refused(known: int, seen: int) -> None:
    with pytest.raises(FeedSuspicious) as refusal:
        judge(Kind.FILMS, known=known, seen=seen, accept_drop=False)
    assert refusal.value.facts == {"kind": "films", "known": known, "seen": seen}


def test_a_person_may_accept_a_drop_but_never_an_empty_feed() -> None:
    judge(Kind.FILMS, known=10, seen=1, accept_drop=True)
    with pytest.raises(FeedSuspicious):
        judge(Kind.FILMS, known=10, seen=0, accept_drop=True)


def test_a_small_site_may_halve_at_the_end_of_an_evening() -> None:
    assert silent_sites({"0001": 9, "0002": 10, "0003": 10}, {"0003": 5}) == {"0002"}
