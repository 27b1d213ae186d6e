"""The tax invoice of a sheet: what was paid, to whom, and the tax authority's code."""

from __future__ import annotations

from muvi.adapters.tickets import words
from muvi.adapters.tickets.blocks import GAP, INNER, LABEL, Column, Look, block, both, qr
from muvi.adapters.tickets.page import Page
from muvi.adapters.tickets.palette import INK_ON_PAPER, STONE_ON_PAPER
from muvi.adapters.tickets.qr import QUIET_ZONE, qr_modules
from muvi.adapters.tickets.typeset import Style, cleaned, common
from muvi.domain.shared.text import LocalizedText
from muvi.ports.tickets import TicketSheet

_NAME = Look((Style(19, "medium", 1), Style(17, "medium"), Style(15, "medium")), STONE_ON_PAPER)
_VALUE = Look(tuple(Style(size, "bold") for size in (30, 26, 23)), INK_ON_PAPER)
_MODULE = 5
_BETWEEN = 22


def draw_invoice(page: Page, sheet: TicketSheet, top: int) -> int:
    """Draw from `top`; gives the height below the last entry or the code. Raises `QrTooLong`."""
    page.text(both(words.INVOICE, sheet.language), LABEL, STONE_ON_PAPER, INNER.start, top + LABEL.size)
    top += 56
    quiet = QUIET_ZONE * _MODULE
    side = (qr_modules(sheet.tax_qr).width + 2 * QUIET_ZONE) * _MODULE
    qr(page, sheet.tax_qr, _MODULE, Column(INNER.start + INNER.width - side + quiet, 0), top - quiet)
    low = _entries(page, sheet, Column(INNER.start, INNER.width - side - 8), top)
    return max(low, top + side - 2 * quiet)


def _entries(page: Page, sheet: TicketSheet, column: Column, top: int) -> int:
    half = (column.width - GAP) // 2
    halves = (Column(column.start, half), Column(column.start + half + GAP, half))
    for row in _rows(sheet):
        columns = halves if len(row) > 1 else (column,)
        styles = common([cleaned(value) for _, value in row], _VALUE.styles, columns[0].width)
        ends = []
        for (name, value), place in zip(row, columns, strict=True):
            low = block(page, both(name, sheet.language), _NAME, place, top, lines=1)
            ends.append(block(page, value, Look(styles, _VALUE.ramp), place, low + 4))
        top = max(ends) + _BETWEEN
    return top - _BETWEEN


def _rows(sheet: TicketSheet) -> tuple[tuple[tuple[LocalizedText, str], ...], ...]:
    return (
        ((words.ORDER, sheet.order_code), (words.BOOKING, sheet.booking_reference)),
        ((words.TOTAL, words.amount(sheet.total)), (words.VAT, words.amount(sheet.vat))),
        ((words.SELLER, sheet.seller.name),),
        ((words.VAT_NUMBER, sheet.seller.vat_number), (words.ISSUED, f"{sheet.issued_at:%Y-%m-%d %H:%M}")),
    )
