"""Seat plans and ticket types as Vista writes them, read into a hall of ours.

Boundaries, screen and areas are percentages of the auditorium's box. Aisles are missing column indexes, gap
rows have no name. A seat is known by (area number, row index, column index); its label is for people only.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

import msgspec

from muvi.adapters.vista.client import Coded
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

_DIGITS = re.compile(r"\d+")


def _regal_reading() -> Mapping[int, SeatKind]:
    return {0: SeatKind.STANDARD, 3: SeatKind.WHEELCHAIR, 7: SeatKind.COMPANION}


@dataclass(frozen=True, slots=True)
class SeatStatuses:
    """What Vista's numbers mean at this chain.

    0 (free) and 1 (sold) are certain; public readings of 2 to 7 contradict each other. The default follows
    one of them: 3 is a wheelchair place and 7 a companion's. What is in neither set is not sold.
    """

    sellable: Mapping[int, SeatKind] = field(default_factory=_regal_reading)
    taken: frozenset[int] = frozenset({1, 2})

    def status(self, number: int) -> SeatStatus:
        """The state of a seat."""
        if number in self.sellable:
            return SeatStatus.AVAILABLE
        return SeatStatus.TAKEN if number in self.taken else SeatStatus.BLOCKED


class Position(msgspec.Struct, rename="pascal"):
    """A place, by the three indexes."""

    area_number: int
    row_index: int
    column_index: int

    @property
    def key(self) -> SeatKey:
        """Our name of it."""
        return seat_key(self.area_number, self.row_index, self.column_index)


class Translation(msgspec.Struct, rename="pascal"):
    """One text in one language."""

    language_tag: str = ""
    text: str | None = None


class _Seat(msgspec.Struct, rename="pascal"):
    position: Position
    id: str | int = ""
    status: int = -1
    original_status: int | None = None
    seats_in_group: list[Position] | None = None


class _Row(msgspec.Struct, rename="pascal"):
    physical_name: str | None = None
    seats: list[_Seat] | None = None


class _Area(msgspec.Struct, rename="pascal"):
    number: int
    area_category_code: str = ""
    description: str | None = None
    description_alt: str | None = None
    left: float = 0.0
    top: float = 0.0
    width: float = 100.0
    height: float = 100.0
    row_count: int = 0
    column_count: int = 0
    rows: list[_Row] | None = None


class _Category(msgspec.Struct, rename="pascal"):
    area_category_code: str
    name: str | None = None
    name_translations: list[Translation] | None = None


class _Layout(msgspec.Struct, rename="pascal"):
    areas: list[_Area] | None = None
    area_categories: list[_Category] | None = None
    screen_start: float = 0.0
    screen_width: float = 100.0


class PlanAnswer(Coded, rename="pascal"):
    """Answer of `seat-plan`; the layout is missing when the code is not 0."""

    seat_layout_data: _Layout | None = None


class _Part(msgspec.Struct, rename="pascal"):
    quantity: int = 1


class _Package(msgspec.Struct, rename="pascal"):
    tickets: list[_Part] | None = None


class WireTicketType(msgspec.Struct, rename="pascal"):
    """One ticket type, as far as we use it."""

    ticket_type_code: str
    price_in_cents: int
    area_category_code: str = ""
    description: str | None = None
    description_alt: str | None = None
    description_translations: list[Translation] | None = None
    display_sequence: int = 0
    is_child_only_ticket: bool = False
    is_package_ticket: bool = False
    package_content: _Package | None = None
    quantity_available_per_order: int | None = None
    is_redemption_ticket: bool = False
    is_complimentary_ticket: bool = False
    is_third_party_member_ticket: bool = False
    is_available_for_loyalty_members_only: bool = False
    is_available_as_loyalty_recognition_only: bool = False
    is_card_payment_promotion_ticket: bool = False
    is_subscription_ticket: bool = False
    enforce_use_of_barcode: bool = False

    @property
    def is_public(self) -> bool:
        """Whether anybody may buy it without a card, a code or a membership."""
        return not (
            self.is_redemption_ticket
            or self.is_complimentary_ticket
            or self.is_third_party_member_ticket
            or self.is_available_for_loyalty_members_only
            or self.is_available_as_loyalty_recognition_only
            or self.is_card_payment_promotion_ticket
            or self.is_subscription_ticket
            or self.enforce_use_of_barcode
        )

    @property
    def seats(self) -> int:
        """Seats that one ticket takes: a package as many as it contains tickets."""
        if not self.is_package_ticket or self.package_content is None:
            return 1
        return max(1, sum(part.quantity for part in self.package_content.tickets or ()))


class TicketTypesAnswer(Coded, rename="pascal"):
    """Answer of `tickets`."""

    tickets: list[WireTicketType] | None = None


def to_plan(layout: _Layout, statuses: SeatStatuses) -> SeatPlan:
    """Read a layout. Areas without seats are left out."""
    names = {category.area_category_code: category for category in layout.area_categories or ()}
    areas, seats = [], []
    for area in layout.areas or ():
        here = _Hall(area, statuses, _area_name(area, names.get(area.area_category_code)))
        found = list(here.seats())
        if found:
            areas.append(Area(id=str(area.number), category=area.area_category_code, name=here.name))
            seats.extend(found)
    return SeatPlan(
        seats=tuple(seats),
        areas=tuple(areas),
        screen_left=layout.screen_start,
        screen_top=0.0,
        screen_width=layout.screen_width,
    )


def to_ticket_types(tickets: Iterable[WireTicketType]) -> tuple[TicketType, ...]:
    """The public types in Vista's order, plain adult ones before packages and children's."""
    public = [known for known in tickets if known.is_public]
    public.sort(key=lambda known: (known.seats > 1 or known.is_child_only_ticket, known.display_sequence))
    return tuple(
        TicketType(
            id=known.ticket_type_code,
            category=known.area_category_code,
            name=_text(known.description, known.description_alt, known.description_translations),
            price_minor=known.price_in_cents,
            seats=known.seats,
            position=position,
            max_per_order=known.quantity_available_per_order or None,
        )
        for position, known in enumerate(public)
    )


class _Hall:
    """Reads the seats of one area."""

    def __init__(self, area: _Area, statuses: SeatStatuses, name: LocalizedText) -> None:
        self._area = area
        self._statuses = statuses
        self._step_x = area.width / max(area.column_count, 1)
        self._step_y = area.height / max(area.row_count, 1)
        self.name = name
        self._is_vip = "vip" in name.en.lower()

    def seats(self) -> Iterator[Seat]:
        """Every seat, row by row."""
        for row in self._area.rows or ():
            for seat in row.seats or ():
                yield self._seat(row.physical_name or "", seat)

    def _seat(self, row: str, seat: _Seat) -> Seat:
        label = str(seat.id)
        digits = _DIGITS.search(label)
        group = tuple(sorted({seat.position.key, *(place.key for place in seat.seats_in_group or ())}))
        group = group if len(group) > 1 else ()
        return Seat(
            key=seat.position.key,
            row=row,
            number=int(digits.group()) if digits else seat.position.column_index + 1,
            label=f"{row}{label}",
            status=self._statuses.status(seat.status),
            kind=self._kind(seat, is_sofa=bool(group)),
            area_id=str(self._area.number),
            x=round(self._area.left + (seat.position.column_index + 0.5) * self._step_x, 2),
            y=round(self._area.top + (seat.position.row_index + 0.5) * self._step_y, 2),
            group=group,
        )

    def _kind(self, seat: _Seat, *, is_sofa: bool) -> SeatKind:
        """A seat that is taken tells its kind, if at all, by the status it had before."""
        was = seat.status if seat.original_status is None else seat.original_status
        kind = self._statuses.sellable.get(was, self._statuses.sellable.get(seat.status, SeatKind.STANDARD))
        if kind is not SeatKind.STANDARD:
            return kind
        if is_sofa:
            return SeatKind.SOFA
        return SeatKind.VIP if self._is_vip else SeatKind.STANDARD


def _area_name(area: _Area, category: _Category | None) -> LocalizedText:
    """The area's own texts, else its category's."""
    name, translations = (category.name, category.name_translations) if category else (None, None)
    return _text(area.description or name, area.description_alt, translations)


def _text(text: str | None, alternate: str | None, translations: list[Translation] | None) -> LocalizedText:
    """`*Alt` is the one alternate language of the site, Arabic here; translations name theirs."""
    arabic = alternate or next(
        (t.text for t in translations or () if t.text and t.language_tag.lower().startswith("ar")), ""
    )
    return LocalizedText(text or "", arabic or "")
