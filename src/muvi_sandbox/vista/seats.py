"""Which seats of a session are gone, and to whom."""

import random
from collections.abc import Iterable

from muvi_sandbox.chain.halls import Kind, Layout, Seat
from muvi_sandbox.chain.schedule import Session

COUNTER = "counter"


class SessionSeats:
    """One session's seats: index of the seat to its holder (the counter, or the order that took it)."""

    __slots__ = ("layout", "taken")

    def __init__(self, layout: Layout, sold: Iterable[int]) -> None:
        self.layout = layout
        self.taken: dict[int, str] = dict.fromkeys(sold, COUNTER)

    @property
    def available(self) -> int:
        """How many places are left, broken ones not counted."""
        return len(self.layout.seats) - len(self.taken)

    def is_free(self, seat: Seat, *, holder: str) -> bool:
        """Whether this holder may have the seat: nobody has it, or the holder itself."""
        return self.taken.get(seat.index, holder) == holder

    def take(self, seats: Iterable[int], holder: str) -> None:
        """Give seats to a holder."""
        for index in seats:
            self.taken[index] = holder

    def release(self, seats: Iterable[int], holder: str) -> None:
        """Free the seats that this holder has; others stay."""
        for index in seats:
            if self.taken.get(index) == holder:
                del self.taken[index]


class Halls:
    """The seats of every session; one is filled when it is first asked for."""

    def __init__(self, seed: int) -> None:
        self._seed = seed
        self._sessions: dict[tuple[str, int], SessionSeats] = {}

    def of(self, session: Session) -> SessionSeats:
        """Return a session's seats."""
        seats = self._sessions.get(session.key)
        if seats is None:
            seats = SessionSeats(session.layout, sold_by_counter(self._seed, session))
            self._sessions[session.key] = seats
        return seats

    def available(self) -> dict[tuple[str, int], int]:
        """Return the places left in every session that was ever touched."""
        return {key: seats.available for key, seats in self._sessions.items()}


def sold_by_counter(seed: int, session: Session) -> list[int]:
    """Return the seats sold elsewhere before us: whole parties side by side, sofas as a whole.

    Broken seats are in it too, since nobody can have them.
    """
    plan = session.layout.seats
    broken = [seat.index for seat in plan if seat.kind is Kind.BROKEN]
    wanted = min(session.sold_before, len(plan))
    if wanted == len(plan):
        return list(range(len(plan)))
    draw = random.Random(f"{seed}:{session.cinema.id}:{session.number}:sold")  # noqa: S311 - a script, not a secret
    gone: dict[int, None] = dict.fromkeys(broken)
    for seat in _parties(draw, plan):
        group = seat.group or (seat.index,)
        if len(gone) + len(group) > wanted:
            continue
        gone.update(dict.fromkeys(group))
        if len(gone) == wanted:
            break
    return list(gone)


def _parties(draw: random.Random, plan: tuple[Seat, ...]) -> Iterable[Seat]:
    """Yield seats in the order in which people take them: runs of two to five, anywhere."""
    starts = list(range(0, len(plan), 3))
    draw.shuffle(starts)
    for start in starts:
        yield from plan[start : start + draw.randrange(2, 6)]
    yield from plan
