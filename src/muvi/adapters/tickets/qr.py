"""QR codes as one-bit PNG pictures.

Error correction L with a fixed mask: a code on a lit screen has no dirt to correct, fewer modules are
larger ones, and the texts (signatures, base 64) look like noise under any mask, so weighing all eight
would only cost time.
"""

from __future__ import annotations

import base64
import struct
import zlib
from functools import lru_cache

from PIL import Image
from typing_extensions import override

from muvi.adapters.tickets.qr_matrix import TooLong, modules
from muvi.ports.tickets import QrCodes, QrTooLong

QUIET_ZONE = 4  # modules, by ISO/IEC 18004
MODULE_PX = 6
_PICTURES_KEPT = 2048  # under a kilobyte each
_MODULES_KEPT = 512  # some two kilobytes each; the sheet asks for what the order's view has just shown
_PIXELS = bytes.maketrans(b"01", b"\xff\x00")
_COLOURS = bytes.maketrans(b"01", b"wb")
_PNG = b"\x89PNG\r\n\x1a\n"


@lru_cache(_MODULES_KEPT)
def _modules(text: str) -> tuple[int, bytes]:
    try:
        return modules(text)
    except TooLong as wrong:
        raise QrTooLong(str(wrong)) from wrong


@lru_cache(_MODULES_KEPT)
def qr_modules(text: str) -> Image.Image:
    """One pixel a module, black on white, without quiet zone; not to be drawn upon. Raises `QrTooLong`."""
    side, found = _modules(text)
    return Image.frombytes("L", (side, side), found.translate(_PIXELS))


class QrPictures(QrCodes):
    """Writes the pictures itself; the last couple of thousand are kept in the process."""

    def __init__(self) -> None:
        self._draw = lru_cache(_PICTURES_KEPT)(_png)

    @override
    def data_uri(self, text: str) -> str:
        return "data:image/png;base64," + base64.b64encode(self._draw(text)).decode("ascii")


def _png(text: str) -> bytes:
    """One bit a pixel, 1 is white. A module's further lines only say that they repeat the line above."""
    side, found = _modules(text)
    pixels = (side + 2 * QUIET_ZONE) * MODULE_PX
    width = (pixels + 7) // 8
    colours, quiet = found.translate(_COLOURS), b"w" * QUIET_ZONE
    repeated = (b"\2" + bytes(width)) * (MODULE_PX - 1)
    rows = [quiet + colours[at : at + side] + quiet for at in range(0, side * side, side)]
    blank = _line(b"w" * (side + 2 * QUIET_ZONE), width)
    lines = [blank] * QUIET_ZONE + [_line(row, width) for row in rows] + [blank] * QUIET_ZONE
    packed = zlib.compress(b"".join(b"\0" + line + repeated for line in lines), 6)
    header = struct.pack(">IIBBBBB", pixels, pixels, 1, 0, 0, 0, 0)
    return _PNG + _chunk(b"IHDR", header) + _chunk(b"IDAT", packed) + _chunk(b"IEND", b"")


def _line(row: bytes, width: int) -> bytes:
    bits = row.replace(b"w", b"1" * MODULE_PX).replace(b"b", b"0" * MODULE_PX)
    return (int(bits, 2) << (8 * width - len(bits))).to_bytes(width, "big")


def _chunk(kind: bytes, content: bytes) -> bytes:
    """By the PNG specification, 5.3: length, kind, content, checksum."""
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))
