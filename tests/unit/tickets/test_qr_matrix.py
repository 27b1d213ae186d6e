"""Our modules are those of the `qrcode` library, module by module."""

import base64
import io
import random
import string

import pytest
import qrcode
from PIL import Image

from muvi.adapters.tickets.qr import MODULE_PX, QUIET_ZONE, QrPictures
from muvi.adapters.tickets.qr_matrix import MASK, TooLong, modules

LETTERS = string.digits + string.ascii_uppercase + " $%*+-./:"


def by_the_library(text: str) -> tuple[int, bytes]:
    code = qrcode.QRCode(error_correction=qrcode.ERROR_CORRECT_L, mask_pattern=MASK, border=0)
    code.add_data(text.encode() if set(text) - set(LETTERS) else text, optimize=0)
    code.make(fit=True)
    return len(code.modules), b"".join(b"1" if module else b"0" for row in code.modules for module in row)


@pytest.mark.parametrize("length", [1, 2, 24, 25, 26, 133, 134, 195, 250, 395, 1000, 2500, 4296])
def test_letters_and_digits(length: int) -> None:
    text = "A" + "".join(random.Random(length).choices(LETTERS, k=length - 1))  # noqa: S311
    assert modules(text) == by_the_library(text)


@pytest.mark.parametrize("length", [1, 17, 18, 106, 230, 231, 1273, 2953])
def test_bytes(length: int) -> None:
    text = "a" + "".join(random.Random(length).choices(string.ascii_letters, k=length - 1))  # noqa: S311
    assert modules(text) == by_the_library(text)


def test_arabic() -> None:
    assert modules("مقعد ١٢") == by_the_library("مقعد ١٢")


@pytest.mark.parametrize("text", ["A" * 4297, "a" * 2954])
def test_too_long(text: str) -> None:
    with pytest.raises(TooLong):
        modules(text)


def test_the_picture_shows_the_modules_in_a_quiet_zone() -> None:
    side, found = modules("HELLO")
    with Image.open(
        io.BytesIO(base64.b64decode(QrPictures().data_uri("HELLO").partition(",")[2]))
    ) as picture:
        assert (picture.format, picture.mode) == ("PNG", "1")
        small = picture.resize((picture.width // MODULE_PX,) * 2, Image.Resampling.NEAREST)
        repeated = small.resize(picture.size, Image.Resampling.NEAREST)
        assert repeated.tobytes() == picture.tobytes()
    whole = side + 2 * QUIET_ZONE
    assert small.size == (whole, whole)
    pixels = [small.getpixel((x, y)) for y in range(whole) for x in range(whole)]
    inner = [pixels[(y + QUIET_ZONE) * whole + x + QUIET_ZONE] == 0 for y in range(side) for x in range(side)]
    assert inner == [module == ord("1") for module in found]
    assert pixels.count(0) == found.count(b"1")
