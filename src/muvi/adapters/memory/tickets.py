"""Tickets without cryptography and without drawing: same rules, no cost, nothing a real scanner would
accept.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import struct
import zlib
from collections.abc import Mapping
from uuid import UUID

from typing_extensions import override

from muvi.adapters.memory.database import MemoryDatabase
from muvi.domain.tickets.code import RANDOM_BYTES, TicketCode, ticket_code
from muvi.domain.tickets.errors import TicketKeyUnknown
from muvi.domain.tickets.ticket import Ticket
from muvi.domain.tickets.token import KEY_ID_BYTES, Admission, seal, to_sign, verify_token
from muvi.ports.tickets import QrCodes, QrTooLong, TicketCodes, TicketRenderer, TicketSheet, TicketSigner
from muvi.ports.tickets.issued import IssuedTickets

SHEET_WIDTH = 1080
_LONGEST = 4296
_SEAT_HEIGHT = 100


class CountingTicketCodes(TicketCodes):
    """Predictable codes, each once."""

    def __init__(self) -> None:
        self._count = 0

    @override
    def new(self) -> TicketCode:
        self._count += 1
        return ticket_code(self._count.to_bytes(RANDOM_BYTES, "big"))


class MemoryIssuedTickets(IssuedTickets):
    """Tickets by the line they admit for."""

    def __init__(self, database: MemoryDatabase) -> None:
        self._rows: dict[UUID, Ticket] = database.table("tickets")

    @override
    async def add(self, tickets: tuple[Ticket, ...]) -> None:
        for ticket in tickets:
            self._rows.setdefault(ticket.line_id, ticket)


class MemoryTicketSigner(TicketSigner):
    """Seals with a keyed hash; whoever makes two with one secret has one key."""

    def __init__(self, secret: bytes = b"memory", retired: tuple[bytes, ...] = ()) -> None:
        self._secrets = {_key_id(text): text for text in (secret, *retired)}
        self._key_id = _key_id(secret)

    @override
    def sign(self, admission: Admission) -> str:
        signed = to_sign(admission, self._key_id)
        return seal(signed, self._seal(self._key_id, signed))

    @override
    def verify(self, token: str) -> Admission:
        return verify_token(
            token, lambda key_id, signed, found: hmac.compare_digest(self._seal(key_id, signed), found)
        )

    @override
    def public_keys(self) -> Mapping[str, str]:
        return {
            key_id.hex(): base64.b64encode(hashlib.sha256(secret).digest()).decode("ascii")
            for key_id, secret in self._secrets.items()
        }

    def _seal(self, key_id: bytes, signed: bytes) -> bytes:
        secret = self._secrets.get(key_id)
        if secret is None:
            raise TicketKeyUnknown(key_id=key_id.hex())
        return hmac.digest(secret, signed, "sha512")


class MemoryQrCodes(QrCodes):
    """Pictures that are not QR codes but differ as their texts do."""

    @override
    def data_uri(self, text: str) -> str:
        if len(text) > _LONGEST:
            raise QrTooLong("the text is too long for a QR code")
        return "data:image/png;base64," + base64.b64encode(_png(32, 8, text)).decode("ascii")


class MemoryTicketRenderer(TicketRenderer):
    """Blank sheets of the right width that remember what they stand for; `drawn` counts them."""

    def __init__(self) -> None:
        self.drawn = 0

    @override
    async def render(self, sheet: TicketSheet) -> bytes:
        if not sheet.seats:
            raise ValueError("a sheet has at least one seat")
        if any(len(text) > _LONGEST for text in (sheet.tax_qr, *(seat.token for seat in sheet.seats))):
            raise QrTooLong("the text is too long for a QR code")
        self.drawn += 1
        return _png(SHEET_WIDTH, _SEAT_HEIGHT * len(sheet.seats), repr(sheet))


def _key_id(secret: bytes) -> bytes:
    return hashlib.sha256(secret).digest()[:KEY_ID_BYTES]


def _png(width: int, height: int, meaning: str) -> bytes:
    """A white one-bit PNG that carries its meaning as a comment (PNG specification, 2nd edition, section
    11).
    """
    header = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    row = b"\0" + b"\xff" * ((width + 7) // 8)
    digest = b"Comment\0" + hashlib.sha256(meaning.encode()).hexdigest().encode()
    chunks = (
        (b"IHDR", header),
        (b"tEXt", digest),
        (b"IDAT", zlib.compress(row * height)),
        (b"IEND", b""),
    )
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        for kind, data in chunks
    )
