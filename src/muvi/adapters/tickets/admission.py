"""The seats of a sheet: two tiles a row, and a wide one for a single or last seat."""

from __future__ import annotations

from muvi.adapters.tickets import words
from muvi.adapters.tickets.blocks import GAP, INNER, LABEL, TITLES, VALUES_2, Column, Look, block, both, qr
from muvi.adapters.tickets.page import Page
from muvi.adapters.tickets.palette import HAIR_ON_PAPER, INK_ON_PAPER, ROSE_ON_PAPER, STONE_ON_PAPER
from muvi.adapters.tickets.typeset import Style
from muvi.domain.shared.text import Language
from muvi.domain.tickets.code import shown
from muvi.ports.tickets import SheetSeat, TicketSheet

_CODE = Style(27, "bold", 3)
_SEAT = Look(TITLES, ROSE_ON_PAPER)
_SEAT_ALONE = Look((Style(120, "heavy"), *TITLES), ROSE_ON_PAPER)
_KIND = Look(VALUES_2, INK_ON_PAPER)
_KIND_2 = Look(VALUES_2, STONE_ON_PAPER)
_MODULE = 8
_ROUND = 28


def draw_seats(page: Page, sheet: TicketSheet, top: int) -> int:
    """Draw from `top`; gives the height below the last tile."""
    language = sheet.language
    label = words.YOUR_SEAT if len(sheet.seats) == 1 else words.YOUR_SEATS
    baseline = top + LABEL.size
    page.text(both(label, language), LABEL, STONE_ON_PAPER, INNER.start, baseline)
    page.text(both(words.SCAN, language), LABEL, STONE_ON_PAPER, INNER.start, baseline, INNER.width, at=1)
    top += 62
    pairs, left_over = divmod(len(sheet.seats), 2)
    for number in range(pairs):
        top = _pair(page, sheet.seats[2 * number : 2 * number + 2], language, top) + GAP
    if left_over:
        top = _wide(page, sheet.seats[-1], language, top) + GAP
    return top - GAP


def _pair(page: Page, seats: tuple[SheetSeat, ...], language: Language, top: int) -> int:
    width = (INNER.width - GAP) // 2
    columns = [Column(INNER.start + number * (width + GAP), width) for number in range(2)]
    low = max(_tile(page, seat, language, column, top) for seat, column in zip(seats, columns, strict=True))
    for column in columns:
        page.frame(HAIR_ON_PAPER, column.start, top, width, low - top, _ROUND)
    return low


def _tile(page: Page, seat: SheetSeat, language: Language, column: Column, top: int) -> int:
    inner = Column(column.start + 34, column.width - 2 * 34)
    low = top + 10 + qr(page, seat.token, _MODULE, column, top + 8)
    low = block(page, seat.label, _SEAT, inner, low, at=0.5)
    low = block(page, seat.kind.in_(language), _KIND_2, inner, low, at=0.5)
    page.text(shown(seat.code), _CODE, INK_ON_PAPER, inner.start, low + 44, inner.width, at=0.5)
    return low + 78


def _wide(page: Page, seat: SheetSeat, language: Language, top: int) -> int:
    side = qr(page, seat.token, _MODULE + 1, Column(INNER.start + 8, 0), top + 8)
    column = Column(INNER.start + side + 12, INNER.width - side - 48)
    low = top + 84
    page.text(both(words.SEAT, language), LABEL, STONE_ON_PAPER, column.start, low)
    low = block(page, seat.label, _SEAT_ALONE, column, low + 20)
    kind, second = seat.kind.in_(language), seat.kind.in_(words.other(language))
    low = block(page, kind, _KIND, column, low + 4)
    if second != kind:
        low = block(page, second, _KIND_2, column, low)
    page.text(shown(seat.code), _CODE, INK_ON_PAPER, column.start, low + 52)
    low = max(low + 92, top + side + 16)
    page.frame(HAIR_ON_PAPER, INNER.start, top, INNER.width, low - top, _ROUND)
    return low
