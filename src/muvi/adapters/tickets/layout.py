"""A whole sheet: brand, film, facts, seats, invoice, foot.

Each part draws from `top` downwards and gives the height at which the next begins, so that nothing is cut
or covered however long a title or however many the seats are.
"""

from __future__ import annotations

from muvi.adapters.kit import wall_time
from muvi.adapters.tickets import words
from muvi.adapters.tickets.admission import draw_seats
from muvi.adapters.tickets.blocks import (
    CARD,
    CARD_WIDTH,
    GAP,
    INNER,
    LABEL,
    TITLES,
    TITLES_2,
    VALUES,
    VALUES_2,
    Column,
    Look,
    block,
    both,
)
from muvi.adapters.tickets.invoice import draw_invoice
from muvi.adapters.tickets.page import WIDTH, Page, measured
from muvi.adapters.tickets.palette import (
    GOLD_ON_PANEL,
    HAIR_ON_PAPER,
    INK_ON_GOLD,
    IVORY_ON_NIGHT,
    IVORY_ON_PANEL,
    LAVENDER_ON_NIGHT,
    LAVENDER_ON_PANEL,
    NIGHT_PLACE,
    PANEL_ON_NIGHT,
    PAPER_ON_NIGHT,
    PAPER_PLACE,
    SEAM_ON_PANEL,
    Ramp,
)
from muvi.adapters.tickets.typeset import Style, cleaned, common, fitted
from muvi.domain.shared.text import Language, LocalizedText
from muvi.ports.tickets import TicketSheet

_ROUND = 40
_NOTCH = 28
_BRAND, _BRAND_TAIL = Style(50, "heavy", 7), Style(25, "medium", 9)
_CHIP = (Style(26, "bold", 1), Style(22, "bold"), Style(18, "bold"), Style(14, "bold"))
_CHIP_HEIGHT, _CHIP_PAD, _CHIP_GAP = 56, 26, 14
_FOOT = Look((Style(24, "medium"),), LAVENDER_ON_NIGHT)


def draw(sheet: TicketSheet) -> bytes:
    """The sheet as PNG; raises `QrTooLong`."""
    page, height = compose(sheet)
    return page.paint(height)


def compose(sheet: TicketSheet) -> tuple[Page, int]:
    """The sheet as a page of marks, and its height in pixels; raises `QrTooLong`."""
    page = Page(rtl=sheet.language is Language.AR)
    top = _brand(page, sheet.language)
    seam = _facts(page, sheet, _film(page, sheet, top + 56)) + 52
    page.ground(PANEL_ON_NIGHT.solid, CARD, top, CARD_WIDTH, seam - top)
    second = draw_seats(page, sheet, seam + 60) + 56
    end = draw_invoice(page, sheet, second + 56) + 56
    page.ground(PAPER_PLACE, CARD, seam, CARD_WIDTH, end - seam)
    _corners(page, top, end)
    _perforation(page, seam, PANEL_ON_NIGHT, NIGHT_PLACE)
    _perforation(page, second, PAPER_ON_NIGHT, HAIR_ON_PAPER.solid)
    return page, _foot(page, sheet.language, end + 64)


def _brand(page: Page, language: Language) -> int:
    page.gradient(0, 0, WIDTH, 12)
    baseline = 112
    first, tail = measured(words.BRAND, _BRAND).width, measured(words.BRAND_TAIL, _BRAND_TAIL).width
    left = page.left(CARD + 8, first + 12 + tail)  # the name reads from the left in both languages
    page.text(words.BRAND, _BRAND, IVORY_ON_NIGHT, page.left(left, first), baseline)
    start = page.left(left + first + 12, tail)
    page.text(words.BRAND_TAIL, _BRAND_TAIL, LAVENDER_ON_NIGHT, start, baseline)
    label = both(words.ADMISSION, language)
    page.text(label, LABEL, LAVENDER_ON_NIGHT, CARD, baseline, CARD_WIDTH - 8, at=1)
    return 160


def _film(page: Page, sheet: TicketSheet, top: int) -> int:
    language = sheet.language
    names = [name for name in (cleaned(text.in_(language)) for text in sheet.experiences) if name]
    if names:
        top = _chips(page, names, top) + 36
    first, second = sheet.film.in_(language), sheet.film.in_(words.other(language))
    top = block(page, first, Look(TITLES, IVORY_ON_PANEL), INNER, top, lines=3)
    if second != first:
        top = block(page, second, Look(TITLES_2, LAVENDER_ON_PANEL), INNER, top + 14)
    page.gradient(INNER.start, top + 30, 132, 6)
    return top + 80


def _chips(page: Page, names: list[str], top: int) -> int:
    start = INNER.start
    for name in names:
        style, lines = fitted(name, _CHIP, INNER.width - 2 * _CHIP_PAD, 1)
        width = measured(lines[0], style).width + 2 * _CHIP_PAD
        if start > INNER.start and start + width > INNER.start + INNER.width:
            start, top = INNER.start, top + _CHIP_HEIGHT + _CHIP_GAP
        page.pill(GOLD_ON_PANEL, start, top, width, _CHIP_HEIGHT)
        page.text(lines[0], style, INK_ON_GOLD, start, top + 38, width, at=0.5)
        start += width + _CHIP_GAP
    return top + _CHIP_HEIGHT


def _facts(page: Page, sheet: TicketSheet, top: int) -> int:
    language, at = sheet.language, sheet.starts_at
    second = words.other(language)
    width = (INNER.width - 2 * GAP) // 3
    facts = (
        (words.DATE, LocalizedText(wall_time.day(at, Language.EN), wall_time.day(at, Language.AR))),
        (words.TIME, LocalizedText(wall_time.clock(at, Language.EN), wall_time.clock(at, Language.AR))),
        (words.SCREEN, sheet.screen),
    )
    styles = common([cleaned(value.in_(language)) for _, value in facts], VALUES, width)
    low = max(
        _fact(
            page, fact, (language, second), styles, Column(INNER.start + number * (width + GAP), width), top
        )
        for number, fact in enumerate(facts)
    )
    page.fill(SEAM_ON_PANEL.solid, INNER.start, low + 26, INNER.width, 2)
    return _fact(page, (words.CINEMA, sheet.cinema), (language, second), VALUES, INNER, low + 58)


def _fact(
    page: Page,
    fact: tuple[LocalizedText, LocalizedText],
    languages: tuple[Language, Language],
    styles: tuple[Style, ...],
    column: Column,
    top: int,
) -> int:
    """A label, its value, and the value in the other language when it reads differently."""
    label, value = fact
    page.text(both(label, languages[0]), LABEL, LAVENDER_ON_PANEL, column.start, top + LABEL.size)
    first, second = (value.in_(language) for language in languages)
    top = block(page, first, Look(styles, IVORY_ON_PANEL), column, top + 42)
    if second != first:
        top = block(page, second, Look(VALUES_2, LAVENDER_ON_PANEL), column, top + 2)
    return top


def _corners(page: Page, top: int, end: int) -> None:
    for right in (False, True):
        edge = CARD + CARD_WIDTH - _ROUND if right else CARD
        page.corner(PANEL_ON_NIGHT, edge, top, _ROUND, right=right, low=False)
        page.corner(PAPER_ON_NIGHT, edge, end - _ROUND, _ROUND, right=right, low=True)


def _perforation(page: Page, at: int, above: Ramp, dash: int) -> None:
    """Two notches and a dashed line where the ticket would be torn; below it is always paper."""
    far = CARD + CARD_WIDTH
    for right in (False, True):
        notch = far - _NOTCH if right else CARD
        page.bite(above, notch, at - _NOTCH, _NOTCH, right=right, low=True)
        page.bite(PAPER_ON_NIGHT, notch, at, _NOTCH, right=right, low=False)
    for start in range(CARD + _NOTCH + 20, far - _NOTCH - 20, 26):
        page.fill(dash, start, at - 2, 14, 4)


def _foot(page: Page, language: Language, top: int) -> int:
    for each in (language, words.other(language)):
        top = block(page, words.FOOT.in_(each), _FOOT, INNER, top, at=0.5) + 6
    return top + 58
