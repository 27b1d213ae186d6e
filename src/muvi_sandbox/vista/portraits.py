"""Portraits: initials on a ground of their own, since photographs belong to those who took them."""

from functools import lru_cache

from PIL import Image, ImageDraw, ImageFont

from muvi_sandbox.chain.films import Name
from muvi_sandbox.vista.drawing import colour, hue_of, jpeg, letters

_SIDE, _FOOT = 480, 396


@lru_cache(maxsize=256)
def portrait(name: Name, number: int, width: int) -> bytes:
    """Return a square JPEG, as wide as asked within limits; the person's number decides the colours."""
    hue = hue_of(number)
    picture = Image.new("RGB", (_SIDE, _SIDE), colour(hue, 0.45, 0.86))
    pen = ImageDraw.Draw(picture)
    pen.ellipse((-90, -150, _SIDE - 60, _SIDE - 120), fill=colour(hue + 0.05, 0.55, 0.72))
    pen.rectangle((0, _FOOT, _SIDE, _SIDE), fill=colour(hue, 0.7, 0.3))
    initials = letters("".join(part[0].upper() for part in (name.first, name.last) if part))
    middle = _SIDE / 2
    pen.text((middle, _FOOT / 2), initials, font=ImageFont.load_default(190), fill="white", anchor="mm")
    full = letters(f"{name.first} {name.last}".strip())
    pen.text((middle, (_FOOT + _SIDE) / 2), full, font=_fitting(full), fill="white", anchor="mm")
    return jpeg(picture, width)


def _fitting(text: str) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    """The largest letters in which a name stays inside its band."""
    return next(
        font
        for size in range(40, 0, -2)
        if (font := ImageFont.load_default(size)).getlength(text) <= _SIDE - 40
    )
