"""What the parts of a sheet are made of: columns, looks and texts over as many lines as they need."""

from __future__ import annotations

from dataclasses import dataclass

from PIL import Image

from muvi.adapters.tickets import words
from muvi.adapters.tickets.page import WIDTH, Page
from muvi.adapters.tickets.palette import INK_ON_PAPER, PAPER_PLACE, Ramp
from muvi.adapters.tickets.qr import QUIET_ZONE, qr_modules
from muvi.adapters.tickets.typeset import Style, cleaned, fitted, has_arabic
from muvi.domain.shared.text import Language, LocalizedText

CARD = 48
CARD_WIDTH = WIDTH - 2 * CARD
GAP = 32
LABEL = Style(22, "medium", 2)
TITLES = tuple(Style(size, "heavy") for size in (76, 64, 54, 44))
TITLES_2 = tuple(Style(size, "medium") for size in (44, 38, 32))
VALUES = tuple(Style(size, "bold") for size in (44, 38, 32, 28))
VALUES_2 = tuple(Style(size, "medium") for size in (28, 25, 22))
_LEADING = 1.36
_LEADING_ARABIC = 1.52  # descenders of Arabic reach lower


@dataclass(frozen=True, slots=True)
class Column:
    """A stretch along the line: where it starts in the reading direction, and how wide it is."""

    start: int
    width: int


INNER = Column(104, WIDTH - 2 * 104)


@dataclass(frozen=True, slots=True)
class Look:
    """Styles to be tried from the largest, and the colour."""

    styles: tuple[Style, ...]
    ramp: Ramp


def block(
    page: Page, text: str, look: Look, column: Column, top: int, *, lines: int = 2, at: float = 0
) -> int:
    """Set a text over as many lines as it needs; gives the height below its last line.

    The largest style that needs at most `lines` lines is taken; `at` is 0 for the column's start, 1 for
    its end.
    """
    style, broken = fitted(cleaned(text), look.styles, column.width, lines)
    for line in broken:
        page.text(line, style, look.ramp, column.start, top + style.size, column.width, at=at)
        top += round(style.size * (_LEADING_ARABIC if has_arabic(line) else _LEADING))
    return top


def both(text: LocalizedText, language: Language) -> str:
    """A label in both languages, the sheet's own first."""
    return f"{text.in_(language).upper()}  ·  {text.in_(words.other(language)).upper()}"


def qr(page: Page, text: str, pixels: int, column: Column, top: int) -> int:
    """Draw a code with its quiet zone at the start of a column, or in its middle when it is wider; gives
    its side.

    A module is `pixels` wide. Raises `QrTooLong`.
    """
    modules = qr_modules(text)
    quiet, side = QUIET_ZONE * pixels, modules.width * pixels
    places = modules.point([INK_ON_PAPER.solid] * 128 + [PAPER_PLACE] * 128)
    picture = places.resize((side, side), Image.Resampling.NEAREST)
    whole = side + 2 * quiet
    page.stamp(picture, column.start + quiet + max(0, column.width - whole) // 2, top + quiet)
    return whole
