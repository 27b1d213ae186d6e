"""A page of ruled places: marks are collected in the reading direction and painted at once.

Distances along a line are counted from the start of the reading direction, so that one layout serves both
languages.
"""

from __future__ import annotations

import io
from dataclasses import dataclass, field
from functools import lru_cache

from PIL import Image, ImageChops, ImageDraw

from muvi.adapters.tickets.palette import (
    GRADIENT_FIRST,
    GRADIENT_STEPS,
    NIGHT_PLACE,
    TABLES,
    Ramp,
    palette_bytes,
)
from muvi.adapters.tickets.typeset import SetLine, Style, set_line, starts_rtl

WIDTH = 1080
_FINER = 4
_Box = tuple[int, int, int, int]


@dataclass(slots=True)
class Page:
    """Collects grounds and marks; `paint` lays them on the night, the grounds first, each in the order it
    came.
    """

    rtl: bool
    _grounds: list[tuple[int, _Box]] = field(default_factory=list)
    _marks: list[tuple[int | Image.Image, _Box, Image.Image | None]] = field(default_factory=list)

    def left(self, start: int, width: int) -> int:
        """Where something `width` wide begins, counted from the left edge."""
        return WIDTH - start - width if self.rtl else start

    def ground(self, place: int, start: int, top: int, width: int, height: int) -> None:
        """Fill a box below all marks with one place of the palette."""
        self._grounds.append((place, self._box(start, top, width, height)))

    def fill(self, place: int, start: int, top: int, width: int, height: int) -> None:
        """Fill a box above what was marked before."""
        self._marks.append((place, self._box(start, top, width, height), None))

    def stamp(self, picture: Image.Image, start: int, top: int, cut: Image.Image | None = None) -> None:
        """Lay a picture of palette places, whole or where `cut` is not 0."""
        self._marks.append((picture, self._box(start, top, picture.width, picture.height), cut))

    def gradient(self, start: int, top: int, width: int, height: int) -> None:
        """A bar that runs through the brand's colours in the reading direction."""
        self.stamp(_gradient(width, height, mirrored=self.rtl), start, top)

    def corner(self, ramp: Ramp, start: int, top: int, radius: int, *, right: bool, low: bool) -> None:
        """Round one corner of a box of the ramp's ink on its ground; the position is the corner piece's
        own.
        """
        self.stamp(_corner(ramp, radius, right=right is not self.rtl, low=low), start, top)

    def bite(self, ramp: Ramp, start: int, top: int, radius: int, *, right: bool, low: bool) -> None:
        """The opposite: a quarter disc of the ramp's ground taken out of its ink."""
        self.stamp(_bite(ramp, radius, right=right is not self.rtl, low=low), start, top)

    def frame(self, ramp: Ramp, start: int, top: int, width: int, height: int, radius: int) -> None:
        """A thin rounded outline."""
        thick = 2
        inner, tall = width - 2 * radius, height - 2 * radius
        self.fill(ramp.solid, start + radius, top, inner, thick)
        self.fill(ramp.solid, start + radius, top + height - thick, inner, thick)
        self.fill(ramp.solid, start, top + radius, thick, tall)
        self.fill(ramp.solid, start + width - thick, top + radius, thick, tall)
        for right in (False, True):
            for low in (False, True):
                piece = _arc(ramp, radius, thick, right=right is not self.rtl, low=low)
                self.stamp(
                    piece,
                    start + (width - radius if right else 0),
                    top + (height - radius if low else 0),
                )

    def pill(self, ramp: Ramp, start: int, top: int, width: int, height: int) -> None:
        """A filled bar with round ends."""
        radius = height // 2
        self.fill(ramp.solid, start + radius, top, width - 2 * radius, height)
        for right in (False, True):
            for low in (False, True):
                at = start + (width - radius if right else 0)
                self.corner(ramp, at, top + (radius if low else 0), radius, right=right, low=low)

    def text(
        self, text: str, style: Style, ramp: Ramp, start: int, baseline: int, width: int = 0, *, at: float = 0
    ) -> int:
        """Set one line from `start`, or within `width` at 0 (start) to 1 (end); gives the width it took."""
        line = measured(text, style)
        self.stamp(
            line.mask.point(TABLES[ramp]),
            start + round((width - line.width) * at),
            baseline - line.ascent,
            line.cut,
        )
        return line.width

    def texts(self) -> list[_Box]:
        """The boxes that hold the ink of each line of text, for whoever checks that none is cut or
        covered.
        """
        boxes = []
        for _, (left, top, _, _), cut in self._marks:
            ink = cut.getbbox() if cut is not None else None
            if ink is not None:
                boxes.append((left + ink[0], top + ink[1], left + ink[2], top + ink[3]))
        return boxes

    def paint(self, height: int) -> bytes:
        """The finished page as PNG."""
        sheet = Image.new("L", (WIDTH, height), NIGHT_PLACE)
        for filling, box in self._grounds:
            sheet.paste(filling, box)
        for marking, box, cut in self._marks:
            sheet.paste(marking, box, cut)
        sheet.putpalette(palette_bytes())
        out = io.BytesIO()
        sheet.save(out, "PNG", compress_level=3)
        return out.getvalue()

    def _box(self, start: int, top: int, width: int, height: int) -> _Box:
        left = self.left(start, width)
        return left, top, left + width, top + height


def measured(text: str, style: Style) -> SetLine:
    """The line as it will stand, directed by its first letter."""
    return set_line(text, style, rtl=starts_rtl(text))


@lru_cache(64)
def _gradient(width: int, height: int, *, mirrored: bool) -> Image.Image:
    row = bytes(GRADIENT_FIRST + x * GRADIENT_STEPS // width for x in range(width))
    return Image.frombytes("L", (width, height), (row[::-1] if mirrored else row) * height)


@lru_cache(64)
def _corner(ramp: Ramp, radius: int, *, right: bool, low: bool) -> Image.Image:
    return _quarter(radius, right=right, low=low).point(TABLES[ramp])


@lru_cache(64)
def _bite(ramp: Ramp, radius: int, *, right: bool, low: bool) -> Image.Image:
    return ImageChops.invert(_quarter(radius, right=not right, low=not low)).point(TABLES[ramp])


@lru_cache(64)
def _arc(ramp: Ramp, radius: int, thick: int, *, right: bool, low: bool) -> Image.Image:
    inner = Image.new("L", (radius, radius), 0)
    hole = _quarter(radius - thick, right=right, low=low)
    inner.paste(hole, (0 if right else thick, 0 if low else thick))
    return ImageChops.subtract(_quarter(radius, right=right, low=low), inner).point(TABLES[ramp])


def _quarter(radius: int, *, right: bool, low: bool) -> Image.Image:
    """A smooth quarter of a disc, the one that rounds the named corner of a box."""
    fine = radius * _FINER
    disc = Image.new("L", (fine, fine), 0)
    left, top = (-fine if right else 0), (-fine if low else 0)
    ImageDraw.Draw(disc).ellipse((left, top, left + 2 * fine - 1, top + 2 * fine - 1), fill=255)
    return disc.resize((radius, radius), Image.Resampling.BOX)
