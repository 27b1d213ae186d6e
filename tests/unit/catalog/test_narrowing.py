"""A list of cinemas is narrowed to what both parts of a question name."""

from uuid import UUID

import pytest

from muvi.adapters.http.public.queries import Narrower, Where

ONE, TWO = UUID(int=1), UUID(int=2)


@pytest.mark.parametrize(
    ("asked", "narrower", "left"),
    [
        ((), (), ()),
        ((ONE,), (), (ONE,)),
        ((), (TWO,), (TWO,)),
        ((ONE, TWO), (TWO,), (TWO,)),
        ((ONE,), (TWO,), None),
    ],
)
def test_both_count(
    asked: tuple[UUID, ...], narrower: tuple[UUID, ...], left: tuple[UUID, ...] | None
) -> None:
    where = Where(city_id=None, cinema_ids=asked, experience_ids=(7,))
    found = Narrower(cinema_ids=narrower, experience_ids=(), more=False).of(where)
    assert (None if found is None else found.cinema_ids) == left
    assert found is None or found.experience_ids == (7,)


def test_experiences_too() -> None:
    where = Where(city_id=None, cinema_ids=(), experience_ids=(7, 8))
    assert Narrower(cinema_ids=(), experience_ids=(9,), more=False).of(where) is None
