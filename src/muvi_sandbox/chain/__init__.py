"""The chain that the sandbox plays, generated from seed and calendar date: every run of a day agrees."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta, timezone
from functools import lru_cache

from muvi_sandbox.chain import experiences
from muvi_sandbox.chain.film_list import FILMS
from muvi_sandbox.chain.film_list_more import MORE_FILMS
from muvi_sandbox.chain.films import Film
from muvi_sandbox.chain.halls import layout
from muvi_sandbox.chain.places import PLACES, Place
from muvi_sandbox.chain.schedule import Cinema, Screen, Session, sessions_of

DAYS_ON_SALE = 14
WALL = timezone(timedelta(hours=3), "Asia/Riyadh")
ALL_FILMS = FILMS + MORE_FILMS
ON_SHOW = tuple(film for film in ALL_FILMS if not film.coming_soon)

_EXPERIENCES = {
    "I": experiences.IMAX,
    "D": experiences.DOLBY,
    "X": experiences.FOURDX,
    "S": experiences.SUITES,
    "K": experiences.KIDS,
}


@dataclass(frozen=True, slots=True)
class Chain:
    """Everything that head office knows on one day."""

    seed: int
    today: date
    cinemas: dict[str, Cinema]
    films: dict[str, Film]
    sessions: dict[tuple[str, int], Session]


def wall_time(moment: datetime) -> datetime:
    """Return what a clock on a cinema's wall shows, without an offset."""
    return moment.astimezone(WALL).replace(tzinfo=None)


def build(seed: int, today: date) -> Chain:
    """Generate the shows of 14 business days, and of yesterday's, whose last ones start after midnight.

    A business day does not depend on the day it is generated on: tomorrow's chain holds the same shows under
    the same numbers.
    """
    cinemas = {cinema.id: cinema for cinema in map(_cinema, range(len(PLACES)), PLACES)}
    sessions: dict[tuple[str, int], Session] = {}
    for offset in range(-1, DAYS_ON_SALE):
        day = today + timedelta(days=offset)
        for cinema in cinemas.values():
            sessions.update((session.key, session) for session in sessions_of(seed, cinema, day, ON_SHOW))
    return Chain(seed, today, cinemas, {film.id: film for film in ALL_FILMS}, sessions)


@lru_cache(maxsize=2)
def of_day(seed: int, today: date) -> Chain:
    """Return the chain of a day, built once and shared by the sandboxes of a process: it never changes."""
    return build(seed, today)


def _cinema(index: int, place: Place) -> Cinema:
    mirrored = index % 3 == 1
    screens = tuple(
        Screen(number, shape, _EXPERIENCES.get(shape, experiences.STANDARD), layout(shape, mirrored=mirrored))
        for number, shape in enumerate(place.halls, 1)
    )
    return Cinema(f"{index + 1:04d}", place, screens, 250 * (index % 3))
