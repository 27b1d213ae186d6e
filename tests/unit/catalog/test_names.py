"""Names for addresses."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from muvi.domain.catalog.unique_name import MAX_LENGTH, slug, unique_names


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Mission: Impossible \u2013 Dead Reckoning", "mission-impossible-dead-reckoning"),
        ("Schindler's List", "schindlers-list"),
        ("Fast & Furious", "fast-and-furious"),
        ("Amélie", "amelie"),
        ("  1917  ", "1917"),
        ("أرض", ""),
        ("", ""),
    ],
)
def test_slugs(text: str, expected: str) -> None:
    assert slug(text) == expected


@given(st.lists(st.text(max_size=120), max_size=30))
def test_names_are_unique_and_fit_an_address(texts: list[str]) -> None:
    names = unique_names(((str(key), text) for key, text in enumerate(texts)), ["taken"], fallback="film")

    assert len(set(names.values()) | {"taken"}) == len(texts) + 1
    for name in names.values():
        assert name
        assert len(name) <= MAX_LENGTH + 4
        assert set(name) <= set("abcdefghijklmnopqrstuvwxyz0123456789-")
