"""The code of one ticket: ten characters a person can read out and type without doubt."""

from __future__ import annotations

from typing import NewType

from muvi.domain.tickets.errors import TicketCodeMalformed

TicketCode = NewType("TicketCode", str)

ALPHABET = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"  # neither 0 nor O, neither 1 nor I
LENGTH = 10
PACKED_BYTES = 7
RANDOM_BYTES = PACKED_BYTES
_BITS_PER_CHARACTER = 5
_MASK = (1 << (LENGTH * _BITS_PER_CHARACTER)) - 1
_VALUES = {character: value for value, character in enumerate(ALPHABET)}


def ticket_code(randomness: bytes) -> TicketCode:
    """Make a code from at least seven random bytes, of which fifty bits are used.

    Two seats get the same code about once in 2**50 pairs; the unique key of the table decides, and the maker
    draws again. Raises `ValueError` when there are too few bytes.
    """
    if len(randomness) < RANDOM_BYTES:
        raise ValueError(f"a ticket code needs {RANDOM_BYTES} random bytes")
    return _from_number(int.from_bytes(randomness[:RANDOM_BYTES], "big") & _MASK)


def shown(code: TicketCode) -> str:
    """The code in two groups of five, as printed."""
    return f"{code[:5]}-{code[5:]}"


def pack(code: TicketCode) -> bytes:
    """The code in seven bytes."""
    number = 0
    for character in code:
        number = (number << _BITS_PER_CHARACTER) | _VALUES[character]
    return number.to_bytes(PACKED_BYTES, "big")


def unpack(packed: bytes) -> TicketCode:
    """Read seven bytes back; raises `TicketCodeMalformed` when they are not a code."""
    number = int.from_bytes(packed, "big")
    if len(packed) != PACKED_BYTES or number > _MASK:
        raise TicketCodeMalformed
    return _from_number(number)


def _from_number(number: int) -> TicketCode:
    characters = []
    for _ in range(LENGTH):
        characters.append(ALPHABET[number & 31])
        number >>= _BITS_PER_CHARACTER
    return TicketCode("".join(reversed(characters)))
