"""The seat map on the wire."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from muvi.adapters.http.wire import Amount, Answer, amount, json_bytes, wire_id
from muvi.application.seating.read_seat_map import SeatMapView
from muvi.domain.seating.seat_plan import Area, Seat, SeatKind, SeatStatus, TicketType
from muvi.domain.shared.text import Language


class ScreenPosition(Answer, frozen=True):
    """Where the screen stands: left end, top and width in percent of the hall's box."""

    x: float
    y: float
    width: float


class SeatShown(Answer, frozen=True):
    """A place; `x`, `y` are its middle in percent of the hall. Seats of one `groupId` are sold together."""

    id: str
    row: str
    number: int
    label: str
    status: SeatStatus
    type: SeatKind
    area_id: str
    price: Amount
    x: float
    y: float
    group_id: str | msgspec.UnsetType = msgspec.UNSET


class TicketTypeShown(Answer, frozen=True):
    """A ticket for seats of the area; one ticket takes `seats` of them and costs `price` in all."""

    id: str
    name: str
    price: Amount
    seats: int


class AreaShown(Answer, frozen=True):
    """A part of the hall; its first ticket type is the plain adult one, and `price` that one's per seat."""

    id: str
    name: str
    price: Amount
    ticket_types: list[TicketTypeShown]


class SeatMapShown(Answer, frozen=True):
    """A hall. `version` rises with every change of a claim."""

    showtime_id: str
    version: int
    currency: str
    screen_position: ScreenPosition
    seats: list[SeatShown]
    areas: list[AreaShown]


def seat_map_bytes(view: SeatMapView, language: Language) -> bytes:
    """The answer, encoded."""
    plan = view.plan
    by_category = _by_category(view.ticket_types)
    areas = [_area(area, by_category.get(area.category, []), view.currency, language) for area in plan.areas]
    prices = {area.id: area.price for area in areas}
    return json_bytes(
        SeatMapShown(
            showtime_id=wire_id(view.showtime_id),
            version=view.version,
            currency=view.currency,
            screen_position=ScreenPosition(x=plan.screen_left, y=plan.screen_top, width=plan.screen_width),
            seats=[_seat(seat, view.statuses[seat.key], prices.get(seat.area_id, 0)) for seat in plan.seats],
            areas=areas,
        )
    )


def _by_category(types: Iterable[TicketType]) -> dict[str, list[TicketType]]:
    found: dict[str, list[TicketType]] = {}
    for known in sorted(types, key=lambda known: known.position):
        found.setdefault(known.category, []).append(known)
    return found


def _area(area: Area, types: list[TicketType], currency: str, language: Language) -> AreaShown:
    per_seat = types[0].price_minor // types[0].seats if types else 0
    return AreaShown(
        id=area.id,
        name=area.name.in_(language),
        price=amount(per_seat, currency),
        ticket_types=[
            TicketTypeShown(
                id=known.id,
                name=known.name.in_(language),
                price=amount(known.price_minor, currency),
                seats=known.seats,
            )
            for known in types
        ],
    )


def _seat(seat: Seat, status: SeatStatus, price: Amount) -> SeatShown:
    return SeatShown(
        id=seat.key,
        row=seat.row,
        number=seat.number,
        label=seat.label,
        status=status,
        type=seat.kind,
        area_id=seat.area_id,
        price=price,
        x=seat.x,
        y=seat.y,
        group_id=min(seat.group) if seat.group else msgspec.UNSET,
    )
