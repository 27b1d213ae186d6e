"""The QR text Saudi Arabia's tax authority asks for on a simplified invoice, phase 1.

Tag, length and value, one byte each for the first two, in base 64 (Security Features Implementation
Standard v1.1, section 4.1): 1 seller, 2 VAT number, 3 time, 4 total with VAT, 5 VAT. Phase 2 adds tags 6
to 9, which are not made here.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal

from muvi.domain.tickets.errors import TaxQrUnencodable

SELLER_NAME_BYTES = 127  # the standard allows 255, but several validators misread a length byte above 127
LONGEST_WRITTEN = 700  # characters of base 64, by the standard
_LONGEST_VALUE = 255
_PLACES = 2
_LARGEST_MINOR = 10**15 - 1
_DIGITS = re.compile(r"[0-9]{1,15}")
_VAT_NUMBER = re.compile(r"3[0-9]{13}3")


@dataclass(frozen=True, slots=True)
class TaxSeller:
    """Who sells, as registered: raises `TaxQrUnencodable` unless name and VAT number can stand on an invoice.

    The VAT number has 15 digits and begins and ends with 3.
    """

    name: str
    vat_number: str

    def __post_init__(self) -> None:
        _seller_bytes(self.name)
        if _VAT_NUMBER.fullmatch(self.vat_number) is None:
            raise TaxQrUnencodable(
                "a VAT number has 15 digits, the first and last being 3", field="vat_number"
            )


def zatca_qr(
    seller_name: str,
    vat_number: str,
    issued_at: datetime,
    total_minor: int,
    vat_minor: int,
    exponent: int = 2,
) -> str:
    """The text of the QR code, in base 64.

    Amounts are minor units of a currency with `exponent` places and are written with two; `issued_at` is
    aware and is written in UTC, to the second. Raises `TaxQrUnencodable` naming the field: a seller of no
    or more than 127 bytes (never cut), a VAT number that is not digits, an amount that is negative or
    finer than two places, VAT above the total.
    """
    if _DIGITS.fullmatch(vat_number) is None:
        raise TaxQrUnencodable("a VAT number is digits", field="vat_number")
    if issued_at.tzinfo is None:
        raise TaxQrUnencodable("the time of issue has to be aware", field="issued_at")
    if vat_minor > total_minor:
        raise TaxQrUnencodable("the VAT exceeds the total", field="vat_minor")
    values = (
        _seller_bytes(seller_name),
        vat_number.encode(),
        issued_at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ").encode(),
        _amount("total_minor", total_minor, exponent).encode(),
        _amount("vat_minor", vat_minor, exponent).encode(),
    )
    return write_tags(enumerate(values, start=1))


def write_tags(tags: Iterable[tuple[int, bytes]]) -> str:
    """Tags and values in base 64; raises `TaxQrUnencodable` for a value above 255 bytes or a text above
    700.
    """
    out = bytearray()
    for tag, value in tags:
        if len(value) > _LONGEST_VALUE:
            raise TaxQrUnencodable("a value has at most 255 bytes", field=str(tag))
        out += bytes((tag, len(value))) + value
    text = base64.b64encode(bytes(out)).decode("ascii")
    if len(text) > LONGEST_WRITTEN:
        raise TaxQrUnencodable(f"the text has more than {LONGEST_WRITTEN} characters", field="text")
    return text


def _seller_bytes(name: str) -> bytes:
    value = name.encode()
    if not name.strip() or len(value) > SELLER_NAME_BYTES:
        raise TaxQrUnencodable(f"a seller's name has 1 to {SELLER_NAME_BYTES} bytes", field="seller_name")
    return value


def _amount(field: str, minor: int, exponent: int) -> str:
    if not 0 <= minor <= _LARGEST_MINOR:
        raise TaxQrUnencodable("an amount is out of range", field=field)
    exact = Decimal(minor).scaleb(-exponent)
    written = exact.quantize(Decimal(1).scaleb(-_PLACES))
    if written != exact:
        raise TaxQrUnencodable("an amount has at most two places", field=field)
    return f"{written:f}"
