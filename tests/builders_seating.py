"""A small hall and its tickets.

Row A: ten standard seats, aisle after the fifth. Row B: eight more, a wheelchair place and its companion.
Row V: four VIP seats. Row S: two sofas for two. Indexes of columns skip the aisle.
"""

from dataclasses import replace

from muvi.domain.seating.seat_plan import (
    Area,
    Seat,
    SeatKey,
    SeatKind,
    SeatPlan,
    SeatStatus,
    TicketType,
    seat_key,
)
from muvi.domain.shared.text import LocalizedText

STANDARD, VIP, SOFA = "0000000001", "0000000002", "0000000003"
ADULT, CHILD, VIP_ADULT, SOFA_FOR_TWO = "0022", "0023", "0040", "0031"


def a_seat(
    area: int, row: int, column: int, *, name: str, number: int, kind: SeatKind, group: int = 0
) -> Seat:
    """One seat; `group` is how many seats of the row its sofa has."""
    first = column - column % group if group else column
    return Seat(
        key=seat_key(area, row, column),
        row=name,
        number=number,
        label=f"{name}{number}",
        status=SeatStatus.AVAILABLE,
        kind=kind,
        area_id=str(area),
        x=5.0 + 9.0 * column,
        y=20.0 + 15.0 * row + 30.0 * (area - 1),
        group=tuple(seat_key(area, row, first + step) for step in range(group)),
    )


def a_plan(*changed: tuple[SeatKey, SeatStatus]) -> SeatPlan:
    """The hall, all free but for what is changed."""
    standard, special = SeatKind.STANDARD, {8: SeatKind.WHEELCHAIR, 9: SeatKind.COMPANION}
    columns = (0, 1, 2, 3, 4, 6, 7, 8, 9, 10)
    seats = [
        *(a_seat(1, 0, c, name="A", number=n, kind=standard) for n, c in enumerate(columns, 1)),
        *(
            a_seat(1, 1, c, name="B", number=n, kind=special.get(n - 1, standard))
            for n, c in enumerate(columns, 1)
        ),
        *(a_seat(2, 0, c, name="V", number=c + 1, kind=SeatKind.VIP) for c in range(4)),
        *(a_seat(3, 0, c, name="S", number=c + 1, kind=SeatKind.SOFA, group=2) for c in range(4)),
    ]
    states = dict(changed)
    return SeatPlan(
        seats=tuple(replace(seat, status=states.get(seat.key, seat.status)) for seat in seats),
        areas=(
            Area(id="1", category=STANDARD, name=LocalizedText("Standard", "قياسي")),
            Area(id="2", category=VIP, name=LocalizedText("VIP", "كبار الشخصيات")),
            Area(id="3", category=SOFA, name=LocalizedText("Sofa", "أريكة")),
        ),
        screen_left=15.0,
        screen_width=70.0,
    )


def ticket_types() -> tuple[TicketType, ...]:
    """Adult 55.00 and child 43.50 on standard seats, VIP 90.00, sofa for two 140.00."""
    return (
        TicketType(
            id=ADULT, category=STANDARD, name=LocalizedText("Adult", "بالغ"), price_minor=5500, position=0
        ),
        TicketType(
            id=CHILD, category=STANDARD, name=LocalizedText("Child", "طفل"), price_minor=4350, position=1
        ),
        TicketType(
            id=VIP_ADULT, category=VIP, name=LocalizedText("VIP", "كبار"), price_minor=9000, position=2
        ),
        TicketType(
            id=SOFA_FOR_TWO,
            category=SOFA,
            name=LocalizedText("Sofa for two", "أريكة لشخصين"),
            price_minor=14000,
            seats=2,
            position=3,
        ),
    )
