"""Distances, and cities by their text."""

import pytest

from muvi.domain.venues.city_key import city_key
from muvi.domain.venues.nearest import Point, nearest

RIYADH, JEDDAH, DAMMAM = Point(24.7136, 46.6753), Point(21.4858, 39.1925), Point(26.4207, 50.0888)


def test_great_circle_distance() -> None:
    assert RIYADH.distance_km(JEDDAH) == pytest.approx(847, abs=5)
    assert RIYADH.distance_km(RIYADH) == 0


def test_the_nearest_is_found_across_the_date_line() -> None:
    east, west = Point(0, 179.9), Point(0, 170)
    assert nearest(Point(0, -179.9), [("west", west), ("east", east)]) == "east"


def test_the_nearest_city() -> None:
    cities = [("Riyadh", RIYADH), ("Jeddah", JEDDAH), ("Dammam", DAMMAM)]
    assert nearest(Point(21.39, 39.86), cities) == "Jeddah"
    assert nearest(RIYADH, []) is None


@pytest.mark.parametrize("place", [(91, 0), (0, 181), (float("nan"), 0), (0, float("inf"))])
def test_places_outside_the_globe(place: tuple[float, float]) -> None:
    with pytest.raises(ValueError, match=r"finite|within"):
        Point(*place)


def test_spellings_of_a_city_meet() -> None:
    assert city_key("  AL  Khobar ") == city_key("Al Khobar") == "al khobar"
    assert city_key("Jiddah") != city_key("Jeddah")
