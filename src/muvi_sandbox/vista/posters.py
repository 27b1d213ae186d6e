"""Posters: designed pictures, since the real ones belong to their studios."""

import random
from functools import cache, lru_cache

from PIL import Image, ImageDraw, ImageFilter, ImageFont

from muvi_sandbox.chain.films import Film
from muvi_sandbox.vista.drawing import colour, hue_of, jpeg, letters

_WIDTH, _HEIGHT = 600, 900
_LINE_WIDTH = 500


@lru_cache(maxsize=256)
def poster(film: Film, width: int) -> bytes:
    """Return a JPEG, two to three, as wide as asked within limits; the film's id decides the picture."""
    return jpeg(_drawn(film), width)


@cache
def _drawn(film: Film) -> Image.Image:
    draw = random.Random(film.id)  # noqa: S311 - a drawing, not a secret
    hue = hue_of(film.number)
    picture = _sky(hue)
    _sun(picture, draw, hue)
    _hills(picture, draw, hue)
    _lettering(picture, film)
    return picture


def _sky(hue: float) -> Image.Image:
    """Draw a gradient from a deep colour to its warm neighbour."""
    column = Image.new("RGB", (1, 2))
    column.putpixel((0, 0), colour(hue, 0.75, 0.22))
    column.putpixel((0, 1), colour(hue + 0.09, 0.62, 0.86))
    return column.resize((_WIDTH, _HEIGHT), Image.Resampling.BICUBIC)


def _sun(picture: Image.Image, draw: random.Random, hue: float) -> None:
    """Add a glowing disc with rings."""
    x, y, radius = draw.randrange(180, 420), draw.randrange(250, 400), draw.randrange(90, 150)
    glow = Image.new("L", picture.size)
    ImageDraw.Draw(glow).ellipse((x - radius * 2, y - radius * 2, x + radius * 2, y + radius * 2), fill=110)
    picture.paste(colour(hue + 0.14, 0.35, 1.0), mask=glow.filter(ImageFilter.GaussianBlur(70)))
    pen = ImageDraw.Draw(picture, "RGBA")
    pen.ellipse((x - radius, y - radius, x + radius, y + radius), fill=colour(hue + 0.16, 0.22, 1.0))
    for ring in range(1, draw.randrange(3, 6)):
        reach = radius + ring * 46
        pen.ellipse(
            (x - reach, y - reach, x + reach, y + reach), outline=(255, 255, 255, 90 - ring * 14), width=2
        )


def _hills(picture: Image.Image, draw: random.Random, hue: float) -> None:
    """Add three ridges, darker towards the viewer."""
    pen = ImageDraw.Draw(picture)
    for layer in range(3):
        base = 520 + layer * 95
        heights = [base + draw.randrange(-70, 70) for _ in range(7)]
        ridge = [(index * 100.0, float(height)) for index, height in enumerate(heights)]
        pen.polygon(
            [(0, _HEIGHT), *ridge, (_WIDTH, _HEIGHT)],
            fill=colour(hue + 0.03 * layer, 0.7, 0.42 - 0.13 * layer),
        )


def _lettering(picture: Image.Image, film: Film) -> None:
    """Add title and director at the foot."""
    pen = ImageDraw.Draw(picture)
    font = ImageFont.load_default(54)
    lines = _wrapped(letters(film.title.en), font)
    top = 790 - 62 * len(lines)
    for line in lines:
        pen.text((50, top), line, font=font, fill="white")
        top += 62
    pen.line((52, top + 12, 130, top + 12), fill="white", width=4)
    people = ", ".join(f"{person.first} {person.last}".strip() for person in film.directors)
    small = ImageFont.load_default(22)
    pen.text((50, top + 30), f"{letters(people)}  ·  {film.released.year}", font=small, fill=(235, 235, 235))


def _wrapped(text: str, font: ImageFont.FreeTypeFont | ImageFont.ImageFont) -> list[str]:
    lines: list[str] = []
    for word in text.split():
        longer = f"{lines[-1]} {word}" if lines else word
        if lines and font.getlength(longer) <= _LINE_WIDTH:
            lines[-1] = longer
        else:
            lines.append(word)
    return lines
