"""How often each kind is copied when nobody asks."""

from __future__ import annotations

from dataclasses import dataclass

from muvi.domain.catalog.kinds import Kind


@dataclass(frozen=True, slots=True)
class Repeated:
    """Kinds that one tick copies together: `first_s` after the start, then every `every_s` seconds.

    What showtimes refer to comes first; both leave a copy that somebody starts by hand the first word.
    """

    name: str
    kinds: frozenset[Kind]
    first_s: int
    every_s: int


REPEATED = (
    Repeated(
        "catalogue",
        frozenset({Kind.GENRES, Kind.PEOPLE, Kind.EXPERIENCES, Kind.CINEMAS, Kind.FILMS}),
        30,
        3600,
    ),
    Repeated("showtimes", frozenset({Kind.SHOWTIMES}), 60, 300),
)
