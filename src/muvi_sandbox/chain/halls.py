"""Halls: areas, rows and seats, with aisles, gap rows, sofas, wheelchair and companion places.

Numbers of `SeatStatus` contradict each other between chains; this one uses 3 for a wheelchair place, 7 for a
companion's, both for sale, and 4 for a broken seat.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import IntEnum
from functools import cache
from typing import NamedTuple

from typing_extensions import override

from muvi_sandbox.chain.films import Text

BROKEN_SEAT_FROM = 100
_LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ"


class Kind(IntEnum):
    """What a place is; the value is its status in a seat plan while nobody has it."""

    NORMAL = 0
    WHEELCHAIR = 3
    BROKEN = 4
    COMPANION = 7


class Category(NamedTuple):
    """What a ticket type is tied to. Several areas of a hall may share one."""

    code: str
    title: Text


STANDARD_SEATS = Category("0000000001", Text("Standard", "قياسي"))
VIP_SEATS = Category("0000000002", Text("VIP", "كبار الشخصيات"))
SOFAS = Category("0000000003", Text("Sofa", "أريكة"))
RECLINERS = Category("0000000004", Text("Suite recliner", "كرسي الجناح"))


class Position(NamedTuple):
    """How a box office names a seat: indexes count inside the area; the label is for people."""

    area: int
    row: int
    column: int

    @override
    def __str__(self) -> str:
        """Return the form used in the record of what happened: area-row-column."""
        return f"{self.area}-{self.row}-{self.column}"

    @classmethod
    def named(cls, text: str) -> "Position | None":
        """Read that form back; None when it is something else."""
        parts = text.split("-")
        if len(parts) != len(cls._fields) or not all(part.isdigit() for part in parts):
            return None
        return cls(*map(int, parts))


@dataclass(frozen=True, slots=True)
class Seat:
    """One place. `group`: indexes of all seats of its sofa, itself included; empty for a single seat."""

    index: int
    position: Position
    row: str
    label: str
    kind: Kind
    group: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Area:
    """A block of rows; a row without seats is a gap. Left, top, width and height are per cent of the hall."""

    number: int
    category: Category
    title: Text
    rows: tuple[tuple[Seat, ...], ...]
    columns: int
    left: float
    top: float
    width: float
    height: float

    @property
    def seats(self) -> Iterator[Seat]:
        """All places, front to back."""
        return (seat for row in self.rows for seat in row)


@dataclass(frozen=True, slots=True)
class Layout:
    """A hall's plan. Many screens share one."""

    key: str
    areas: tuple[Area, ...]
    seats: tuple[Seat, ...]
    by_position: dict[Position, Seat]

    @property
    def capacity(self) -> int:
        """All places, broken ones included."""
        return len(self.seats)

    @property
    def categories(self) -> tuple[Category, ...]:
        """Area categories, each once."""
        return tuple(dict.fromkeys(area.category for area in self.areas))

    def named(self, names: Iterable[str]) -> tuple[Seat, ...]:
        """Return the seats called area-row-column; what is not in this hall is left out."""
        positions = map(Position.named, names)
        return tuple(self.by_position[at] for at in positions if at in self.by_position)

    def category_of(self, seat: Seat) -> Category:
        """Area category that a ticket for this seat must have."""
        return self.areas[seat.position.area - 1].category


class Shape(NamedTuple):
    """Measures: rows in front of and behind the cross aisle, columns, aisle columns, VIP rows, sofas."""

    front: int
    rear: int
    columns: int
    aisles: tuple[int, ...]
    vip: int = 0
    sofas: int = 0
    seats: Category = STANDARD_SEATS


SHAPES = {
    "G": Shape(4, 7, 26, (6, 19), vip=2, sofas=6),
    "I": Shape(5, 9, 28, (7, 20), vip=2, sofas=8),
    "D": Shape(4, 6, 24, (6, 17), vip=2, sofas=4),
    "X": Shape(3, 4, 18, (8, 9)),
    "S": Shape(2, 2, 11, (3, 7), sofas=6, seats=RECLINERS),
    "K": Shape(3, 4, 13, (6,), sofas=3),
    "L": Shape(4, 6, 20, (5, 14), vip=2, sofas=5),
    "M": Shape(3, 6, 16, (7, 8), vip=1, sofas=4),
    "N": Shape(3, 4, 13, (6,), sofas=2),
    "T": Shape(2, 3, 9, (4,)),
}


class _Builder:
    """Adds areas one behind the other; row letters go on from area to area."""

    def __init__(self, total_rows: int, *, mirrored: bool) -> None:
        self.areas: list[Area] = []
        self.seats: list[Seat] = []
        self._lettered = 0
        self._rows_above = 0
        self._row_height = 80.0 / total_rows
        self._mirrored = mirrored

    def add(self, category: Category, title: Text, rows: list[list[int]], columns: int, span: float) -> None:
        """Add an area; `rows` lists the column indexes that hold a seat, `span` is its width in per cent."""
        number = len(self.areas) + 1
        built = tuple(self._row(number, index, row, sofa=category is SOFAS) for index, row in enumerate(rows))
        top, height = 15.0 + self._rows_above * self._row_height, len(rows) * self._row_height
        self.areas.append(
            Area(
                number=number,
                category=category,
                title=title,
                rows=built,
                columns=columns,
                left=round(50.0 - span / 2, 2),
                top=round(top, 2),
                width=span,
                height=round(height, 2),
            )
        )
        self._rows_above += len(rows)

    def _row(self, area: int, index: int, columns: list[int], *, sofa: bool) -> tuple[Seat, ...]:
        if not columns:
            return ()
        letter = _LETTERS[self._lettered]
        self._lettered += 1
        first = len(self.seats)
        for place, column in enumerate(columns):
            number = len(columns) - place if self._mirrored else place + 1
            pair = first + place - place % 2
            group = (pair, pair + 1) if sofa else ()
            position = Position(area, index, column)
            self.seats.append(Seat(first + place, position, letter, str(number), Kind.NORMAL, group))
        return tuple(self.seats[first:])


@cache
def layout(shape: str, *, mirrored: bool) -> Layout:
    """Lay out a hall. In a mirrored one the column index rises against the label."""
    measures = SHAPES[shape]
    total = measures.front + 1 + measures.rear + measures.vip + (2 if measures.sofas else 0)
    builder = _Builder(total, mirrored=mirrored)
    full = [column for column in range(measures.columns) if column not in measures.aisles]
    suite = measures.seats is RECLINERS
    front = Text("Suites front", "الأجنحة الأمامية") if suite else Text("Front", "الأمامية")
    rear = Text("Suites rear", "الأجنحة الخلفية") if suite else Text("Rear", "الخلفية")
    builder.add(measures.seats, front, [full] * measures.front, measures.columns, 90.0)
    builder.add(measures.seats, rear, [[], *[full] * measures.rear], measures.columns, 90.0)
    if measures.vip:
        wide = [column for column in range(measures.columns // 2) if column != measures.columns // 4]
        builder.add(VIP_SEATS, VIP_SEATS.title, [wide] * measures.vip, measures.columns // 2, 76.5)
    if measures.sofas:
        pairs = [3 * pair + side for pair in range(measures.sofas) for side in (0, 1)]
        builder.add(SOFAS, SOFAS.title, [[], pairs], 3 * measures.sofas - 1, 62.5)
    return _finished(f"{shape}{'m' if mirrored else ''}", builder)


def _finished(key: str, builder: _Builder) -> Layout:
    """Mark wheelchair and companion places at both ends of the row behind the aisle, and one broken seat."""
    row = builder.areas[1].rows[1]
    kinds = {
        row[0].index: Kind.WHEELCHAIR,
        row[1].index: Kind.COMPANION,
        row[-2].index: Kind.COMPANION,
        row[-1].index: Kind.WHEELCHAIR,
    }
    if len(builder.seats) >= BROKEN_SEAT_FROM:
        kinds[builder.areas[0].rows[0][0].index] = Kind.BROKEN
    seats = tuple(
        Seat(seat.index, seat.position, seat.row, seat.label, kinds.get(seat.index, seat.kind), seat.group)
        for seat in builder.seats
    )
    areas = tuple(
        Area(
            area.number,
            area.category,
            area.title,
            tuple(tuple(seats[seat.index] for seat in line) for line in area.rows),
            area.columns,
            area.left,
            area.top,
            area.width,
            area.height,
        )
        for area in builder.areas
    )
    return Layout(key, areas, seats, {seat.position: seat for seat in seats})
