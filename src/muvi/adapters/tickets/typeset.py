"""Lines of text in two scripts: right-to-left order, joined Arabic letters, a font for each script.

Pillow's own complex layout needs a system library that a bare machine lacks, so letters are joined by
arabic-reshaper and put in order by python-bidi, and Pillow only sets glyph after glyph.
"""

from __future__ import annotations

import io
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from itertools import groupby

from arabic_reshaper import ArabicReshaper
from bidi import get_display
from PIL import Image, ImageDraw, ImageFont

_LATIN = {"medium": "Manrope-Medium", "bold": "Manrope-Bold", "heavy": "Manrope-ExtraBold"}
_ARABIC = {"medium": "NotoSansArabic-Medium", "bold": "NotoSansArabic-Bold", "heavy": "NotoSansArabic-Bold"}
_RESHAPER = ArabicReshaper({"delete_harakat": True, "support_ligatures": True})
_ARABIC_BLOCKS = (("\u0600", "\u06ff"), ("\u0750", "\u077f"), ("\ufb50", "\ufdff"), ("\ufe70", "\ufefc"))
_INVISIBLE = {"Cc", "Cf", "Co", "Cs", "Cn"}
_OPAQUE = [0] + [255] * 255
_LETTERS_KEPT = 4096
_LINES_KEPT = 160  # measured over sheets of two seats: 32 kB a line, so about 5 MB


@dataclass(frozen=True, slots=True)
class Style:
    """Size in pixels, weight, and extra pixels between latin letters (never between joined ones)."""

    size: int
    weight: str = "medium"
    tracking: int = 0


@dataclass(frozen=True, slots=True)
class SetLine:
    """A line as a grey mask and where it has ink at all; `ascent` is the distance from its top to the
    baseline.
    """

    mask: Image.Image
    cut: Image.Image
    ascent: int

    @property
    def width(self) -> int:
        """Pixels from the first glyph's edge to the last one's."""
        return self.mask.width


def cleaned(text: str) -> str:
    """The text on one line, without invisible characters that have no place on paper."""
    plain = "".join(
        " " if character.isspace() else character
        for character in unicodedata.normalize("NFC", text)
        if character.isspace() or unicodedata.category(character) not in _INVISIBLE
    )
    return " ".join(plain.split())


@lru_cache(_LINES_KEPT)
def set_line(text: str, style: Style, *, rtl: bool) -> SetLine:
    """Set one line; `rtl` is the direction of the line as a whole."""
    runs = _runs(_visual(text, rtl=rtl), style)
    ascent = style.size + style.size // 4
    width = sum(_advance(run, font, style) for run, font in runs)
    mask = Image.new("L", (max(1, round(width)), ascent + style.size // 2 + 2), 0)
    pen = ImageDraw.Draw(mask)
    x = 0.0
    for run, font in runs:
        if style.tracking and font is _font(_LATIN[style.weight], style.size):
            for character in run:
                pen.text((x, ascent), character, fill=255, font=font, anchor="ls")
                x += font.getlength(character) + style.tracking
        else:
            pen.text((x, ascent), run, fill=255, font=font, anchor="ls")
            x += font.getlength(run)
    return SetLine(mask, mask.point(_OPAQUE), ascent)


@lru_cache(_LETTERS_KEPT)
def width_of(text: str, style: Style) -> float:
    """The width of a text on one line, in pixels."""
    return sum(_advance(run, font, style) for run, font in _runs(_visual(text, rtl=False), style))


def wrapped(text: str, style: Style, width: int) -> list[str]:
    """Break at blanks into lines of at most `width` pixels; a word wider than a line is broken within."""
    lines: list[str] = []
    line = ""
    for word in text.split():
        longer = f"{line} {word}" if line else word
        if width_of(longer, style) <= width:
            line = longer
            continue
        if line:
            lines.append(line)
        *full, line = _broken(word, style, width)
        lines.extend(full)
    return [*lines, line] if line else lines


def fitted(text: str, styles: tuple[Style, ...], width: int, lines: int) -> tuple[Style, list[str]]:
    """The first style in which the text needs at most `lines` lines, else the last one, on as many as it
    takes.
    """
    for style in styles[:-1]:
        broken = wrapped(text, style, width)
        whole = all(width_of(word, style) <= width for word in text.split())
        if whole and len(broken) <= lines:
            return style, broken
    return styles[-1], wrapped(text, styles[-1], width)


def common(texts: list[str], styles: tuple[Style, ...], width: int) -> tuple[Style, ...]:
    """The styles from the first on in which every text fits on one line."""
    for number, style in enumerate(styles):
        if all(width_of(text, style) <= width for text in texts):
            return styles[number:]
    return styles[-1:]


def has_arabic(text: str) -> bool:
    """Is any character set in the Arabic font?"""
    return any(map(_is_arabic, text))


def starts_rtl(text: str) -> bool:
    """Is the first letter that has a direction a right-to-left one?"""
    for character in text:
        direction = unicodedata.bidirectional(character)
        if direction in {"L", "R", "AL"}:
            return direction != "L"
    return False


def _broken(word: str, style: Style, width: int) -> list[str]:
    parts: list[str] = []
    part = ""
    for character in word:
        if part and width_of(part + character, style) > width:
            parts.append(part)
            part = ""
        part += character
    return [*parts, part]


def _visual(text: str, *, rtl: bool) -> str:
    """Joined letters in the order they stand on paper, from the left."""
    joined = _RESHAPER.reshape(text) if has_arabic(text) else text
    shown = get_display(joined, base_dir="R" if rtl else "L")
    return shown if isinstance(shown, str) else shown.decode()


def _is_arabic(character: str) -> bool:
    return any(first <= character <= last for first, last in _ARABIC_BLOCKS)


def _runs(visual: str, style: Style) -> list[tuple[str, ImageFont.FreeTypeFont]]:
    names = {True: _ARABIC[style.weight], False: _LATIN[style.weight]}
    return [
        ("".join(run), _font(names[arabic], style.size)) for arabic, run in groupby(visual, key=_is_arabic)
    ]


def _advance(run: str, font: ImageFont.FreeTypeFont, style: Style) -> float:
    tracked = style.tracking if font is _font(_LATIN[style.weight], style.size) else 0
    return font.getlength(run) + tracked * len(run)


@lru_cache(64)
def _font(name: str, size: int) -> ImageFont.FreeTypeFont:
    content = io.BytesIO(_font_bytes(name))
    return ImageFont.truetype(content, size, layout_engine=ImageFont.Layout.BASIC)


@lru_cache
def _font_bytes(name: str) -> bytes:
    return files("muvi.adapters.tickets.fonts").joinpath(f"{name}.ttf").read_bytes()
