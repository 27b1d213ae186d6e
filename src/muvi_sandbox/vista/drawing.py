"""What every drawn picture shares."""

import colorsys
import unicodedata
from io import BytesIO

from PIL import Image

_MIN_WIDTH, _MAX_WIDTH = 60, 1200
Colour = tuple[int, int, int]
_GOLDEN = 0.381966


def hue_of(number: int) -> float:
    """A hue that is far from those of the numbers before and after."""
    return (number * _GOLDEN) % 1.0


def colour(hue: float, saturation: float, value: float) -> Colour:
    """A colour by hue."""
    red, green, blue = colorsys.hsv_to_rgb(hue % 1.0, saturation, value)
    return round(red * 255), round(green * 255), round(blue * 255)


def letters(text: str) -> str:
    """Text in the letters that the built-in font has: those without accents."""
    return unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()


def jpeg(picture: Image.Image, width: int) -> bytes:
    """A JPEG of the picture, as wide as asked within limits."""
    width = min(max(width, _MIN_WIDTH), _MAX_WIDTH)
    out = BytesIO()
    resized = picture.resize((width, width * picture.height // picture.width), Image.Resampling.LANCZOS)
    resized.save(out, "JPEG", quality=86, optimize=True)
    return out.getvalue()
