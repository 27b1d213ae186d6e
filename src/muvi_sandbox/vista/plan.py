"""Seat plans on the wire: a hall's text is made once, a session's plan is a copy with some digits changed."""

from typing import Any

import msgspec

from muvi_sandbox.chain.halls import Area, Kind, Layout, Seat
from muvi_sandbox.vista.seats import SessionSeats

SOLD = ord("1")
OWN = ord("2")
_MARK = b'"Status":'
_ORIGINAL = b'"OriginalStatus":'


class PlanText:
    """The plan of an empty hall, and where each seat's two status digits stand in it."""

    __slots__ = ("original", "status", "text")

    def __init__(self, text: bytes) -> None:
        self.text = text
        self.status: list[int] = []
        self.original: list[int] = []
        at = 0
        while (found := text.find(_MARK, at)) >= 0:
            self.status.append(found + len(_MARK))
            at = text.index(_ORIGINAL, found) + len(_ORIGINAL)
            self.original.append(at)


def seat_plan(seats: SessionSeats, *, own: str = "") -> bytes:
    """Return the plan: taken seats show 1 (sold), those of the order `own` 2, their original status kept."""
    plan = _text_of(seats.layout.key, seats.layout)
    text = bytearray(plan.text)
    kinds = seats.layout.seats
    for index, holder in seats.taken.items():
        if holder == own:
            text[plan.status[index]] = OWN
        elif kinds[index].kind is not Kind.BROKEN:
            text[plan.status[index]] = text[plan.original[index]] = SOLD
    return bytes(text)


_texts: dict[str, PlanText] = {}


def _text_of(key: str, layout: Layout) -> PlanText:
    found = _texts.get(key)
    if found is None:
        found = _texts[key] = PlanText(msgspec.json.encode(_plan(layout)))
    return found


def _plan(layout: Layout) -> dict[str, Any]:
    areas = [_area(layout, area) for area in layout.areas]
    categories = [
        {
            "AreaCategoryCode": category.code,
            "Name": category.title.en,
            "NameTranslations": [{"LanguageTag": "ar-SA", "Text": category.title.ar}],
            "Hopk": category.code,
            "SeatsToAllocate": 0,
            "SeatsAllocatedCount": 0,
            "SeatsNotAllocatedCount": 0,
            "SelectedSeats": [],
            "IsInSeatDeliveryEnabled": False,
        }
        for category in layout.categories
    ]
    return {
        "SeatLayoutData": {
            "Areas": areas,
            "AreaCategories": categories,
            "BoundaryRight": 95.0,
            "BoundaryLeft": 5.0,
            "BoundaryTop": 15.0,
            "ScreenStart": 15.0,
            "ScreenWidth": 70.0,
        },
        "ResponseCode": 0,
        "ErrorDescription": None,
    }


def _area(layout: Layout, area: Area) -> dict[str, Any]:
    rows = [
        {
            "RowIndexZeroBased": index,
            "PhysicalName": row[0].row if row else None,
            "Seats": [_seat(layout, seat) for seat in row],
        }
        for index, row in enumerate(area.rows)
    ]
    return {
        "Number": area.number,
        "AreaCategoryCode": area.category.code,
        "Description": area.title.en,
        "DescriptionAlt": area.title.ar,
        "NumberOfSeats": sum(1 for _ in area.seats),
        "IsAllocatedSeating": True,
        "HasSofaSeatingEnabled": any(seat.group for seat in area.seats),
        "Left": area.left,
        "Top": area.top,
        "Height": area.height,
        "Width": area.width,
        "Rows": rows,
        "RowCount": len(area.rows),
        "ColumnCount": area.columns,
    }


def _seat(layout: Layout, seat: Seat) -> dict[str, Any]:
    group = [position(layout.seats[index]) for index in seat.group]
    return {
        "Position": position(seat),
        "Priority": 0,
        "Id": seat.label,
        "Status": seat.kind.value,
        "SeatStyle": 0,
        "SeatsInGroup": group or None,
        "OriginalStatus": seat.kind.value,
    }


def position(seat: Seat) -> dict[str, int]:
    """Return a seat's place as V1 writes it."""
    area, row, column = seat.position
    return {"AreaNumber": area, "RowIndex": row, "ColumnIndex": column}
