"""The plan of a showtime's hall as the box office last told it, and the tickets that may be put on its
seats.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import NewType

from muvi.domain.shared.text import LocalizedText

SeatKey = NewType("SeatKey", str)
"""Identity of a seat in a hall: "area-row-column" as indexes of the box office, never the label guests
see.
"""


def seat_key(area_number: int, row_index: int, column_index: int) -> SeatKey:
    """Compose the key of a seat from the box office's three indexes."""
    return SeatKey(f"{area_number}-{row_index}-{column_index}")


def seat_position(key: SeatKey) -> tuple[int, int, int]:
    """(area number, row index, column index) of a key; raises `ValueError` when malformed."""
    area, row, column = key.split("-")
    return int(area), int(row), int(column)


class SeatKind(StrEnum):
    """What kind of place it is."""

    STANDARD = "STANDARD"
    VIP = "VIP"
    SOFA = "SOFA"
    WHEELCHAIR = "WHEELCHAIR"
    COMPANION = "COMPANION"


class SeatStatus(StrEnum):
    """AVAILABLE can be asked for; TAKEN is sold; HELD is claimed for a while; BLOCKED is not sold here."""

    AVAILABLE = "AVAILABLE"
    TAKEN = "TAKEN"
    HELD = "HELD"
    BLOCKED = "BLOCKED"


@dataclass(frozen=True, slots=True, kw_only=True)
class Seat:
    """One place. `x`, `y` are percentages of the hall's box; `group` names all seats of its sofa, itself
    included.
    """

    key: SeatKey
    row: str
    number: int
    label: str
    status: SeatStatus
    kind: SeatKind
    area_id: str
    x: float
    y: float
    group: tuple[SeatKey, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Area:
    """A part of the hall. Several areas may share one `category`, which decides the ticket types."""

    id: str
    category: str
    name: LocalizedText


@dataclass(frozen=True, slots=True, kw_only=True)
class TicketType:
    """A ticket that can be sold on seats of one area category.

    `price_minor` includes tax and ticket fee and is the price of the whole ticket; `seats` is how many
    seats one ticket takes (2 for a sofa for two). The first type of a category (lowest `position`) is the
    plain adult one.
    """

    id: str
    category: str
    name: LocalizedText
    price_minor: int
    seats: int = 1
    position: int = 0
    max_per_order: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SeatPlan:
    """Everything of one hall for one showtime. `screen` is where the screen stands: left, top, width in
    percent.
    """

    seats: tuple[Seat, ...]
    areas: tuple[Area, ...]
    screen_left: float = 0.0
    screen_top: float = 0.0
    screen_width: float = 100.0
