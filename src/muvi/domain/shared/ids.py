"""Ids of our own rows: ULID bits kept in a uuid, 26 Crockford characters on the wire."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import UUID

_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_VALUES = {c: i for i, c in enumerate(_ALPHABET)} | {c.lower(): i for i, c in enumerate(_ALPHABET)}
WIRE_LENGTH = 26
_RANDOM_BITS = 80
_MAX = 1 << 128


def ulid(at: datetime, randomness: bytes) -> UUID:
    """Compose a ULID from an aware time (millisecond precision) and ten random bytes."""
    milliseconds = int(at.timestamp() * 1000)
    return UUID(int=(milliseconds << _RANDOM_BITS) | int.from_bytes(randomness[:10], "big"))


def made_at(value: UUID) -> datetime:
    """When an id of ours was made, to the millisecond."""
    return datetime.fromtimestamp((value.int >> _RANDOM_BITS) / 1000, tz=UTC)


def to_wire(value: UUID) -> str:
    """The 26 Crockford characters of an id."""
    number = value.int
    out = [""] * WIRE_LENGTH
    for position in range(WIRE_LENGTH - 1, -1, -1):
        out[position] = _ALPHABET[number & 31]
        number >>= 5
    return "".join(out)


def from_wire(text: str) -> UUID:
    """Read 26 Crockford characters; raises `ValueError` when malformed."""
    if len(text) != WIRE_LENGTH:
        raise ValueError("an id has 26 characters")
    number = 0
    for character in text:
        digit = _VALUES.get(character)
        if digit is None:
            raise ValueError("an id uses Crockford's base 32")
        number = (number << 5) | digit
    if number >= _MAX:
        raise ValueError("an id has 128 bits")
    return UUID(int=number)
