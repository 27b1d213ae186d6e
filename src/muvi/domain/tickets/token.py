"""The admission token: what the QR code of a seat says, checked by a scanner without a network.

`M1` + base 32 (RFC 4648, no padding) of: key id 4 · order 16 · ticket code 7 · showtime 16 · start 4
(seconds of Unix time) · seat label 1..24 (UTF-8) · Ed25519 signature 64 bytes. The signature covers `M1`
and everything before itself. Only capitals and digits are used, so that a QR code stores it in its
compact alphanumeric mode and a scanner that types like a keyboard passes it through any layout.
`docs/tickets.md` describes it for makers of scanners.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

from muvi.domain.tickets.code import PACKED_BYTES, TicketCode, pack, unpack
from muvi.domain.tickets.errors import (
    TicketCodeMalformed,
    TicketForAnotherShowtime,
    TicketForged,
    TicketTokenMalformed,
)

VERSION = "M1"
KEY_ID_BYTES = 4
SIGNATURE_BYTES = 64
SEAT_LABEL_BYTES = 24
_ID_BYTES = 16
_START_BYTES = 4
_SEAT_AT = KEY_ID_BYTES + _ID_BYTES + PACKED_BYTES + _ID_BYTES + _START_BYTES
_LONGEST = len(VERSION) + ((_SEAT_AT + SEAT_LABEL_BYTES + SIGNATURE_BYTES) * 8 + 4) // 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Admission:
    """Who may enter where: one seat of one showtime, bought by one order.

    Raises `ValueError` when the start is naive or outside 1970..2106, or the seat label does not fit 24
    bytes.
    """

    order_id: UUID
    code: TicketCode
    showtime_id: UUID
    starts_at: datetime
    seat: str

    def __post_init__(self) -> None:
        if self.starts_at.tzinfo is None:
            raise ValueError("the start of a show is an aware time")
        if not 0 <= self.starts_at.timestamp() < 1 << (8 * _START_BYTES):
            raise ValueError("the start of a show lies outside the token's range")
        if not 0 < len(self.seat.encode()) <= SEAT_LABEL_BYTES:
            raise ValueError(f"a seat label has 1 to {SEAT_LABEL_BYTES} bytes")


@dataclass(frozen=True, slots=True, kw_only=True)
class SealedAdmission:
    """A token taken apart, its signature not yet checked: nothing in it may be believed."""

    key_id: bytes
    signed: bytes
    signature: bytes
    claims: Admission


Verify = Callable[[bytes, bytes, bytes], bool]
"""Given key id, signed bytes and signature: is it genuine? Raises `TicketKeyUnknown`."""


def to_sign(admission: Admission, key_id: bytes) -> bytes:
    """The bytes a signature has to cover; raises `ValueError` when the key id is not four bytes."""
    if len(key_id) != KEY_ID_BYTES:
        raise ValueError(f"a key id has {KEY_ID_BYTES} bytes")
    start = int(admission.starts_at.timestamp())
    return b"".join(
        (
            VERSION.encode(),
            key_id,
            admission.order_id.bytes,
            pack(admission.code),
            admission.showtime_id.bytes,
            start.to_bytes(_START_BYTES, "big"),
            admission.seat.encode(),
        )
    )


def seal(signed: bytes, signature: bytes) -> str:
    """The token's text; raises `ValueError` when the signature has not 64 bytes."""
    if len(signature) != SIGNATURE_BYTES:
        raise ValueError(f"a signature has {SIGNATURE_BYTES} bytes")
    body = signed[len(VERSION) :] + signature
    return VERSION + base64.b32encode(body).decode("ascii").rstrip("=")


def take_apart(token: str) -> SealedAdmission:
    """Read a token without judging it; raises `TicketTokenMalformed`.

    Exactly one text stands for a token: small letters, padding or stray bits at the end are refused.
    """
    if len(token) > _LONGEST or not token.startswith(VERSION):
        raise TicketTokenMalformed
    body = _bytes_of(token[len(VERSION) :])
    if len(body) <= _SEAT_AT + SIGNATURE_BYTES:
        raise TicketTokenMalformed
    claims, signature = body[:-SIGNATURE_BYTES], body[-SIGNATURE_BYTES:]
    try:
        admission = _claims_of(claims)
    except (ValueError, TicketCodeMalformed) as wrong:
        raise TicketTokenMalformed from wrong
    return SealedAdmission(
        key_id=claims[:KEY_ID_BYTES],
        signed=VERSION.encode() + claims,
        signature=signature,
        claims=admission,
    )


def verify_token(token: str, verify: Verify, *, showtime_id: UUID | None = None) -> Admission:
    """What a scanner does, without a network: layout, key, signature and, when given, the showtime of its
    door.

    Raises `TicketTokenMalformed`, `TicketKeyUnknown`, `TicketForged`, `TicketForAnotherShowtime`. Whether
    the ticket was already used, or refunded, only the list of the door or the service knows.
    """
    sealed = take_apart(token)
    if not verify(sealed.key_id, sealed.signed, sealed.signature):
        raise TicketForged
    claims = sealed.claims
    if showtime_id is not None and claims.showtime_id != showtime_id:
        raise TicketForAnotherShowtime(showtime_id=claims.showtime_id, starts_at=claims.starts_at)
    return claims


def _bytes_of(text: str) -> bytes:
    padding = "=" * (-len(text) % 8)
    try:
        body = base64.b32decode(text + padding)
    except (binascii.Error, ValueError) as wrong:
        raise TicketTokenMalformed from wrong
    if base64.b32encode(body).decode("ascii").rstrip("=") != text:
        raise TicketTokenMalformed
    return body


def _claims_of(body: bytes) -> Admission:
    fields: list[bytes] = []
    at = KEY_ID_BYTES
    for width in (_ID_BYTES, PACKED_BYTES, _ID_BYTES, _START_BYTES):
        fields.append(body[at : at + width])
        at += width
    order, code, showtime, start = fields
    return Admission(
        order_id=UUID(bytes=order),
        code=unpack(code),
        showtime_id=UUID(bytes=showtime),
        starts_at=datetime.fromtimestamp(int.from_bytes(start, "big"), UTC),
        seat=body[at:].decode(),
    )
