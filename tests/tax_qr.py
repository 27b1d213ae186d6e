"""A strict reader of tax QR codes, as whoever checks an invoice would write one."""

from __future__ import annotations

import base64
import binascii
import re
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

LONGEST_READ = 1000  # what the authority's own validator lets pass
_WRITTEN_TAGS = 5
_LAST_TAG = 9
_AMOUNT = re.compile(r"[0-9]{1,15}(\.[0-9]{1,2})?")
_DIGITS = re.compile(r"[0-9]{1,15}")


class TaxQrMalformed(ValueError):
    """The text is not a tax QR as the standard lays it out."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TaxQr:
    """A tax QR as read; `stamp` holds the raw values of tags 6 to 9 when the invoice is of phase 2."""

    seller_name: str
    vat_number: str
    issued_at: str
    total: Decimal
    vat: Decimal
    stamp: tuple[bytes, ...] = ()


def read_zatca_qr(text: str) -> TaxQr:
    """Read a tax QR strictly; raises `TaxQrMalformed`.

    Tags stand in order from 1, each once, at least five and at most nine, with nothing after them. The
    form of the VAT number is not judged: published samples carry shorter ones.
    """
    values = _values_of(_raw(text))
    if not _WRITTEN_TAGS <= len(values) <= _LAST_TAG:
        raise TaxQrMalformed("five to nine tags are expected")
    try:
        seller, vat_number, issued_at, total, vat = (value.decode() for value in values[:_WRITTEN_TAGS])
    except UnicodeDecodeError as wrong:
        raise TaxQrMalformed("a text is not UTF-8") from wrong
    if not seller or _DIGITS.fullmatch(vat_number) is None:
        raise TaxQrMalformed("the seller is not named")
    _require_time(issued_at)
    return TaxQr(
        seller_name=seller,
        vat_number=vat_number,
        issued_at=issued_at,
        total=_read_amount(total),
        vat=_read_amount(vat),
        stamp=tuple(values[_WRITTEN_TAGS:]),
    )


def _read_amount(text: str) -> Decimal:
    if _AMOUNT.fullmatch(text) is None:
        raise TaxQrMalformed("an amount is digits, a dot and two digits")
    return Decimal(text)


def _require_time(text: str) -> None:
    try:
        datetime.fromisoformat(text)
    except ValueError as wrong:
        raise TaxQrMalformed("the time is not ISO 8601") from wrong


def _raw(text: str) -> bytes:
    if not text or len(text) > LONGEST_READ:
        raise TaxQrMalformed(f"a tax QR has 1 to {LONGEST_READ} characters")
    try:
        raw = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError) as wrong:
        raise TaxQrMalformed("not base 64") from wrong
    if base64.b64encode(raw).decode("ascii") != text:
        raise TaxQrMalformed("not base 64 in its one form")
    return raw


def _values_of(raw: bytes) -> list[bytes]:
    values: list[bytes] = []
    at = 0
    while at < len(raw):
        if at + 2 > len(raw):
            raise TaxQrMalformed("a tag without a length")
        tag, length = raw[at], raw[at + 1]
        value = raw[at + 2 : at + 2 + length]
        if tag != len(values) + 1:
            raise TaxQrMalformed("tags are repeated or out of order")
        if len(value) != length:
            raise TaxQrMalformed("a value ends before its length")
        values.append(value)
        at += 2 + length
    return values
