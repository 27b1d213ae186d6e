"""The modules of a QR code (ISO/IEC 18004), quickly: level L, mask 3, one segment.

Patterns, block sizes and the order of modules come from the `qrcode` library, once a version; encoding,
error correction and placing are done here on whole numbers and tables, some ten times as fast.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from itertools import zip_longest
from operator import itemgetter
from typing import Any

import qrcode
from qrcode.base import rs_blocks

MASK = 3  # (row + column) mod 3 = 0
VERSIONS = 40
_LETTERS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:"
_ONE = {letter: number for number, letter in enumerate(_LETTERS)}
_TWO = {
    first + second: 45 * high + low
    for high, first in enumerate(_LETTERS)
    for low, second in enumerate(_LETTERS)
}
_ALPHANUMERIC, _BYTES = 0b0010, 0b0100
_LENGTH_BITS = {_ALPHANUMERIC: (9, 11, 13), _BYTES: (8, 16, 16)}  # up to version 9, 26, 40
_PADDING = bytes((0xEC, 0x11))
_FIELD = 0x11D
"""The polynomial of GF(256)."""


class TooLong(ValueError):
    """No version holds the text."""


@dataclass(frozen=True, slots=True)
class _Version:
    """What all codes of one version share. `gather` takes each pixel from data bits and two constants."""

    number: int
    side: int
    blocks: tuple[tuple[int, int], ...]
    data_bytes: int
    bits: int
    mask: int
    gather: Callable[[bytes], tuple[int, ...]]


def modules(text: str) -> tuple[int, bytes]:
    """Side and modules row by row, `1` for a dark one and `0` for a light one. Raises `TooLong`."""
    mode, content, length, bits = _segment(text)
    version = _fitting(mode, bits)
    width = _LENGTH_BITS[mode][_size_class(version.number)]
    used = 4 + width + bits
    room = version.data_bytes * 8
    whole = ((mode << width | length) << bits | content) << min(4, room - used)
    used += min(4, room - used)
    whole <<= -used % 8
    data = whole.to_bytes((used + 7) // 8, "big")
    missing = version.data_bytes - len(data)
    data += (_PADDING * (missing // 2 + 1))[:missing]
    stream = _with_correction(data, version.blocks)
    stream_bits = len(stream) * 8
    masked = (int.from_bytes(stream, "big") << (version.bits - stream_bits)) ^ version.mask
    return version.side, bytes(version.gather(f"{masked:0{version.bits}b}01".encode("ascii")))


def _segment(text: str) -> tuple[int, int, int, int]:
    """Mode, content, its length in characters or bytes, and in bits."""
    if not set(text) <= _ONE.keys():
        raw = text.encode()
        return _BYTES, int.from_bytes(raw, "big"), len(raw), 8 * len(raw)
    even = len(text) // 2 * 2
    pairs = "".join([f"{_TWO[text[at : at + 2]]:011b}" for at in range(0, even, 2)])
    if even < len(text):
        pairs += f"{_ONE[text[-1]]:06b}"
    return _ALPHANUMERIC, int(pairs or "0", 2), len(text), len(pairs)


def _size_class(version: int) -> int:
    return 0 if version <= 9 else 1 if version <= 26 else 2  # noqa: PLR2004  (by the standard)


def _fitting(mode: int, bits: int) -> _Version:
    for number in range(1, VERSIONS + 1):
        if 4 + _LENGTH_BITS[mode][_size_class(number)] + bits <= 8 * _data_bytes(number):
            return _version(number)
    raise TooLong("the text is too long for a QR code")


@lru_cache(VERSIONS)
def _data_bytes(number: int) -> int:
    return sum(block.data_count for block in rs_blocks(number, qrcode.ERROR_CORRECT_L))


@lru_cache(VERSIONS)
def _version(number: int) -> _Version:
    side = 4 * number + 17
    pattern = _patterns(number, side)
    order = [(row, column) for row, column in _walk(side) if pattern[row][column] is None]
    place = {position: at for at, position in enumerate(order)}
    light, dark = len(order), len(order) + 1
    sources = [
        place[row, column] if pattern[row][column] is None else (dark if pattern[row][column] else light)
        for row in range(side)
        for column in range(side)
    ]
    masked = "".join("1" if (row + column) % 3 == 0 else "0" for row, column in order)
    blocks = tuple(
        (block.data_count, block.total_count - block.data_count)
        for block in rs_blocks(number, qrcode.ERROR_CORRECT_L)
    )
    return _Version(
        number=number,
        side=side,
        blocks=blocks,
        data_bytes=_data_bytes(number),
        bits=len(order),
        mask=int(masked, 2),
        gather=itemgetter(*sources),
    )


def _patterns(number: int, side: int) -> list[list[bool | None]]:
    """Finders, timing, alignment, format and version; None where data goes."""
    code: Any = qrcode.QRCode(version=number, error_correction=qrcode.ERROR_CORRECT_L, border=0)
    code.modules_count = side
    code.modules = [[None] * side for _ in range(side)]
    for row, column in ((0, 0), (side - 7, 0), (0, side - 7)):
        code.setup_position_probe_pattern(row, column)
    code.setup_position_adjust_pattern()
    code.setup_timing_pattern()
    code.setup_type_info(test=False, mask_pattern=MASK)
    if number >= 7:  # noqa: PLR2004  (by the standard)
        code.setup_type_number(test=False)
    found: list[list[bool | None]] = code.modules
    return found


def _walk(side: int) -> list[tuple[int, int]]:
    """Every module in the order of the data: two columns at a time, upwards and downwards in turn."""
    path, upwards = [], True
    for pair in range(side - 1, 0, -2):
        right = pair if pair > 6 else pair - 1  # noqa: PLR2004  (the timing column is left out)
        rows = range(side - 1, -1, -1) if upwards else range(side)
        path += [(row, column) for row in rows for column in (right, right - 1)]
        upwards = not upwards
    return path


def _with_correction(data: bytes, blocks: tuple[tuple[int, int], ...]) -> bytes:
    """Data and correction codewords of all blocks, interleaved."""
    parts, corrections, at = [], [], 0
    for count, extra in blocks:
        part = data[at : at + count]
        at += count
        parts.append(part)
        corrections.append(_remainder(part, extra))
    interleaved = [byte for column in zip_longest(*parts) for byte in column if byte is not None]
    interleaved += [byte for column in zip_longest(*corrections) for byte in column if byte is not None]
    return bytes(interleaved)


def _remainder(part: bytes, extra: int) -> bytes:
    """Reed-Solomon: the remainder of a division by the generator, all its coefficients at a time."""
    multiples, shift, kept = _multiples(extra), 8 * (extra - 1), (1 << 8 * (extra - 1)) - 1
    rest = 0
    for byte in part:
        rest = ((rest & kept) << 8) ^ multiples[(rest >> shift) ^ byte]
    return rest.to_bytes(extra, "big")


@lru_cache(None)
def _multiples(extra: int) -> tuple[int, ...]:
    """The generator of so many codewords, without its leading 1, times each element of the field."""
    generator, root = [1], 1
    for _ in range(extra):
        longer = [*generator, 0]
        for at, coefficient in enumerate(generator):
            longer[at + 1] ^= _product(coefficient, root)
        generator, root = longer, _product(root, 2)
    return tuple(
        int.from_bytes(bytes(_product(coefficient, factor) for coefficient in generator[1:]), "big")
        for factor in range(256)
    )


def _product(one: int, other: int) -> int:
    found = 0
    while other:
        if other & 1:
            found ^= one
        one <<= 1
        if one & 0x100:
            one ^= _FIELD
        other >>= 1
    return found
