"""Contract of QrCodes."""

from __future__ import annotations

import base64
import io

import pytest
from PIL import Image

from muvi.adapters.memory.tickets import MemoryQrCodes
from muvi.adapters.tickets.qr import QrPictures
from muvi.ports.tickets import QrCodes, QrTooLong


@pytest.fixture(params=[MemoryQrCodes, QrPictures], ids=["memory", "pillow"])
def codes(request: pytest.FixtureRequest) -> QrCodes:
    made: QrCodes = request.param()
    return made


def drawn(codes: QrCodes, text: str) -> bytes:
    """The picture within the address."""
    head, _, body = codes.data_uri(text).partition(",")
    assert head == "data:image/png;base64"
    return base64.b64decode(body, validate=True)


def test_a_picture_is_a_small_one_bit_png(codes: QrCodes) -> None:
    png = drawn(codes, "M1" + "A7" * 90)

    with Image.open(io.BytesIO(png)) as picture:
        picture.load()
        assert (picture.format, picture.mode) == ("PNG", "1")
    assert len(png) < 1500


def test_the_same_text_gives_the_same_bytes(codes: QrCodes) -> None:
    assert drawn(codes, "one") == drawn(codes, "one")
    assert drawn(codes, "one") != drawn(codes, "two")


@pytest.mark.parametrize("text", ["A" * 4297, "م" * 4297])
def test_a_text_that_fits_no_code_is_refused(codes: QrCodes, text: str) -> None:
    with pytest.raises(QrTooLong):
        codes.data_uri(text)
