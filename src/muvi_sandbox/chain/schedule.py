"""Sessions of one business day in one cinema, the same in every run."""

import random
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import cached_property
from typing import NamedTuple

from muvi_sandbox.chain.experiences import KIDS, STANDARD, SUITES, Experience
from muvi_sandbox.chain.films import Film
from muvi_sandbox.chain.halls import Layout
from muvi_sandbox.chain.places import Place
from muvi_sandbox.chain.prices import TICKET_TYPES, TicketType

EPOCH = date(2025, 1, 1)
TRAILERS_MINUTES = 15
CLEANING_MINUTES = 20
PEAK_SURCHARGE = 500
SURE_CHANNELS = ";CALL;GSALE;POS;"
_TUESDAY, _THURSDAY, _FRIDAY, _SATURDAY = 1, 3, 4, 5


@dataclass(frozen=True, slots=True)
class Screen:
    """A hall with its number."""

    number: int
    shape: str
    experience: Experience
    layout: Layout


@dataclass(frozen=True, slots=True)
class Cinema:
    """One site; `dearer` is added to each of its prices."""

    id: str
    place: Place
    screens: tuple[Screen, ...]
    dearer: int


@dataclass(frozen=True)
class Session:
    """One show. `starts` is cinema wall time; `sold_before` counts the seats that other counters sold."""

    cinema: Cinema
    number: int
    screen: Screen
    film: Film
    starts: datetime
    business_date: date
    channels: str
    on_sale: bool
    subtitled: bool
    sold_before: int

    @property
    def key(self) -> tuple[str, int]:
        """Session numbers are unique inside a cinema only."""
        return (self.cinema.id, self.number)

    @property
    def layout(self) -> Layout:
        """The hall's plan."""
        return self.screen.layout

    @cached_property
    def surcharge(self) -> int:
        """What this show costs more than the plain price."""
        late = self.starts.hour >= 17 or self.starts.hour < 6  # noqa: PLR2004 - evening and after midnight
        peak = (
            PEAK_SURCHARGE if late and self.business_date.weekday() in {_THURSDAY, _FRIDAY, _SATURDAY} else 0
        )
        return self.screen.experience.surcharge + self.cinema.dearer + peak

    @cached_property
    def ticket_types(self) -> tuple[TicketType, ...]:
        """Every type that fits the hall, on any channel."""
        categories = set(self.layout.categories)
        return tuple(known for known in TICKET_TYPES if known.category in categories)

    def price_of(self, ticket_type: TicketType) -> int:
        """List price in halalas."""
        return ticket_type.price + self.surcharge * ticket_type.seats


class _Hours(NamedTuple):
    opens: int
    last_start: int


def sessions_of(seed: int, cinema: Cinema, day: date, films: Sequence[Film]) -> Iterator[Session]:
    """Yield the shows of one business day. The draw depends on seed, date and cinema only."""
    draw = random.Random(f"{seed}:{day.isoformat()}:{cinema.id}")  # noqa: S311 - a script, not a secret
    deck = deque(draw.sample(films, len(films)))
    number = (day - EPOCH).days * 100
    for screen in cinema.screens:
        for minutes, film in _screen_day(draw, screen, day, deck):
            number += 1
            starts = datetime.combine(day, time()) + timedelta(minutes=minutes)
            yield Session(
                cinema=cinema,
                number=number,
                screen=screen,
                film=film,
                starts=starts,
                business_date=day,
                channels=_channels(draw),
                on_sale=draw.random() >= 0.004,  # noqa: PLR2004 - about one in 250 is not on sale
                subtitled=draw.random() < 0.6,  # noqa: PLR2004 - more than half of them
                sold_before=_sold_before(draw, screen.layout.capacity, evening=starts.hour >= 17),  # noqa: PLR2004
            )


def _hours(screen: Screen, day: date) -> _Hours:
    """First and last possible start in minutes after midnight; above 1,440 is the next calendar day."""
    if screen.experience is KIDS:
        return _Hours(10 * 60, 21 * 60)
    if screen.shape == "G":
        return _Hours(10 * 60, 25 * 60)
    match day.weekday():
        case 3:
            return _Hours(12 * 60, 25 * 60)
        case 4:
            return _Hours(13 * 60, 25 * 60)
        case 5:
            return _Hours(11 * 60, 24 * 60 + 30)
        case _:
            return _Hours(12 * 60, 24 * 60 + 15)


def _screen_day(
    draw: random.Random, screen: Screen, day: date, deck: deque[Film]
) -> Iterator[tuple[int, Film]]:
    hours = _hours(screen, day)
    start = hours.opens + 5 * draw.randrange(18)
    while start <= hours.last_start:
        film = _next_film(deck, screen)
        yield start, film
        free = start + TRAILERS_MINUTES + film.minutes + CLEANING_MINUTES
        start = -(-free // 5) * 5


def _next_film(deck: deque[Film], screen: Screen) -> Film:
    """Take the film that waited longest; children's screens show animation only."""
    wanted = screen.experience is KIDS
    at = next((i for i, film in enumerate(deck) if film.for_children or not wanted), 0)
    film = deck[at]
    del deck[at]
    deck.append(film)
    return film


def _channels(draw: random.Random) -> str:
    """Most shows are sold everywhere; a few at the cinema only, a few not in apps."""
    luck = draw.random()
    if luck < 0.02:  # noqa: PLR2004 - share of shows
        return f"{SURE_CHANNELS}KIOSK;"
    if luck < 0.04:  # noqa: PLR2004 - share of shows
        return f"{SURE_CHANNELS}KIOSK;WWW;"
    return f"{SURE_CHANNELS}CELL;KIOSK;WWW;"


def _sold_before(draw: random.Random, capacity: int, *, evening: bool) -> int:
    """Return how many seats are gone before we sell any: some shows are full, some nearly."""
    luck = draw.random()
    if luck < 0.015:  # noqa: PLR2004 - share of shows
        return capacity
    if luck < 0.045:  # noqa: PLR2004 - share of shows
        return capacity - draw.randrange(2, 8)
    return int(capacity * draw.random() * (0.5 if evening else 0.25))


def attribute_names(session: Session) -> list[str]:
    """Short names on a session: experience, subtitles and the chain's own promotion codes mixed."""
    names = [session.screen.experience.attribute.short]
    if session.subtitled:
        names.append("ARSUB")
    if session.business_date.weekday() == _TUESDAY and session.screen.experience in {STANDARD, SUITES}:
        names.append("PROMO-TUE")
    return names
