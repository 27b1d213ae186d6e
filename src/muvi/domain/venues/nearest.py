"""Distances on the globe."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from math import asin, cos, isfinite, radians, sin, sqrt
from typing import TypeVar

EARTH_RADIUS_KM = 6371.0088  # mean radius, IUGG
_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class Point:
    """A place in degrees, WGS 84. Raises `ValueError` outside the globe."""

    latitude: float
    longitude: float

    def __post_init__(self) -> None:
        if not (isfinite(self.latitude) and isfinite(self.longitude)):
            raise ValueError("a place is two finite numbers")
        if abs(self.latitude) > 90 or abs(self.longitude) > 180:  # noqa: PLR2004  (degrees of the globe)
            raise ValueError("latitude is within 90 degrees, longitude within 180")

    def distance_km(self, other: Point) -> float:
        """Great-circle distance by the haversine formula."""
        lat1, lat2 = radians(self.latitude), radians(other.latitude)
        half_lat = sin((lat2 - lat1) / 2) ** 2
        half_long = sin(radians(other.longitude - self.longitude) / 2) ** 2
        return 2 * EARTH_RADIUS_KM * asin(min(1.0, sqrt(half_lat + cos(lat1) * cos(lat2) * half_long)))


def nearest(place: Point, candidates: Iterable[tuple[_T, Point]]) -> _T | None:
    """The candidate closest to `place`, or nothing when there is none."""
    return min(candidates, key=lambda one: place.distance_km(one[1]), default=(None, place))[0]
