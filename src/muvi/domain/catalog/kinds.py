"""What a sync copies from the box office, one kind at a time."""

from __future__ import annotations

from enum import StrEnum


class Kind(StrEnum):
    """Kinds in the order in which they depend on each other: a later one refers to earlier ones."""

    GENRES = "genres"
    PEOPLE = "people"
    EXPERIENCES = "experiences"
    CINEMAS = "cinemas"
    FILMS = "films"
    SHOWTIMES = "showtimes"


def in_order(kinds: frozenset[Kind]) -> tuple[Kind, ...]:
    """The asked kinds, referred-to ones first."""
    return tuple(kind for kind in Kind if kind in kinds)
