"""Published values of the tax QR.

Each case names the published vector it repeats (source in its comment): phase 1 is written and read back,
two of phase 2 are read only. The malformed list and the lengths around one byte are mutations of
published values.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal

import pytest
from tests.tax_qr import TaxQrMalformed, read_zatca_qr

from muvi.domain.tickets.errors import TaxQrUnencodable
from muvi.domain.tickets.zatca import TaxSeller, write_tags, zatca_qr


@dataclass(frozen=True, slots=True, kw_only=True)
class Phase1:
    seller: str
    vat_number: str
    at: str
    total: str
    vat: str
    text: str


PHASE_1 = {
    # public third-party Go tests
    "zatca-p1-go-sbm": Phase1(
        seller="Saudi Business Machines",
        vat_number="100025906700003",
        at="2021-12-15T15:00:00Z",
        total="103.50",
        vat="13.50",
        text=(
            "ARdTYXVkaSBCdXNpbmVzcyBNYWNoaW5lcwIPMTAwMDI1OTA2NzAwMDAzAxQyMDIxLTEyLTE1VDE1OjAwOjAwWgQG"
            "MTAzLjUwBQUxMy41MA=="
        ),
    ),
    # SallaApp/ZATCA @1549f49 tests
    "zatca-p1-salla-en": Phase1(
        seller="Salla",
        vat_number="1234567891",
        at="2021-07-12T14:25:09Z",
        total="100.00",
        vat="15.00",
        text="AQVTYWxsYQIKMTIzNDU2Nzg5MQMUMjAyMS0wNy0xMlQxNDoyNTowOVoEBjEwMC4wMAUFMTUuMDA=",
    ),
    # ZATCA guideline example
    "zatca-p1-guide-bobs-basement": Phase1(
        seller="Bobs Basement Records",
        vat_number="100025906700003",
        at="2022-04-25T15:30:00Z",
        total="2100100.99",
        vat="315015.15",
        text=(
            "ARVCb2JzIEJhc2VtZW50IFJlY29yZHMCDzEwMDAyNTkwNjcwMDAwMwMUMjAyMi0wNC0yNVQxNTozMDowMFoECjIx"
            "MDAxMDAuOTkFCTMxNTAxNS4xNQ=="
        ),
    ),
    # ZATCA detailed e-invoicing guideline example
    "zatca-p1-guide-bobs": Phase1(
        seller="Bobs Records",
        vat_number="310122393500003",
        at="2022-04-25T15:30:00Z",
        total="1000.00",
        vat="150.00",
        text=(
            "AQxCb2JzIFJlY29yZHMCDzMxMDEyMjM5MzUwMDAwMwMUMjAyMi0wNC0yNVQxNTozMDowMFoEBzEwMDAuMDAFBjE1MC4wMA=="
        ),
    ),
    # Haraj Go SDK tests
    "zatca-p1-haraj-ar": Phase1(
        seller="الجواهري العربي",
        vat_number="310122393500003",
        at="2022-04-25T15:30:00Z",
        total="1000.00",
        vat="150.00",
        text=(
            "AR3Yp9mE2KzZiNin2YfYsdmKINin2YTYudix2KjZigIPMzEwMTIyMzkzNTAwMDAzAxQyMDIyLTA0LTI1VDE1OjMw"
            "OjAwWgQHMTAwMC4wMAUGMTUwLjAw"
        ),
    ),
}

PHASE_2 = {
    # zidsa/zatca @d74919d tests/QrCodeGeneratorTest.php (MIT) / QrCodeGeneratorTest.php
    "zatca-p2-zidsa-test": (
        (
            "AQNMVEQCDzM5OTk5OTk5OTkwMDAwMwMTMjAyNS0wOS0wN1QxNzo0MTowOAQGMjMxLjE1BQUzMC4xNQYsM1V0WmJr"
            "YkN4R21DODduc0RjSG1rR0FhYTRSWExSaFdJZ09CVlF1T1hXQT0HEmZha2VTaWduYXR1cmVWYWx1ZQhYMFYwEAYH"
            "KoZIzj0CAQYFK4EEAAoDQgAEFU6kLPnVduRHMdvi9KtW0JTQoBVONBqcssEp9j2LRB9nZXIt5EQSdVhHOJmir6lS"
            "R+MmF6rOxkxvshHTmJUtQAlGMEQCIEccpFK8jxRkRXow7F9b2tuMmbNFzDAriWFis0j/7rFCAiAPzckcGNCu2PAB"
            "JbDxDuSE52nkUaLvREqqTosKzdODMA=="
        ),
        ("LTD", "399999999900003", "2025-09-07T17:41:08", "231.15", "30.15"),
        (44, 18, 88, 70),
    ),
    # Saleh7/php-zatca-xml @1fbff09 example output (MIT) / Standard_Invoice_Signed.xml
    "zatca-p2-saleh7-standard-invoice-signed": (
        (
            "AQdMYXRlbmN5Ag8zOTk5OTk5OTk5MDAwMDMDFDIwMjQtMDktMDdUMTc6NDE6MDhaBAQ0LjYwBQQwLjYwBix3M01a"
            "S00wQ1RIYXdoaFNUN1EycUQwbWk5RGMvWGMycEQxQVNpWEZ3cEpZPQdgTUVVQ0lRRDlIS0hkeGs5QXh1QmpURWcx"
            "OXdTQXBEQ0lxeW1FMHBkbEh6Sm1jRGFZeXdJZ2YzZC9iZk1TaDlRNUlHZ013OVlCaFpsZmJHTEVoTHQ2SUR5T2Ny"
            "SFhNaTA9CFgwVjAQBgcqhkjOPQIBBgUrgQQACgNCAAShYIprRJr0UgStM6/S4CQLVUgpfFT2c+nHa+V/jKEx6PLx"
            "zTZcluUOru0/J2jyarRqE4yY2jyDCeLte3UpP1R4"
        ),
        ("Latency", "399999999900003", "2024-09-07T17:41:08Z", "4.60", "0.60"),
        (44, 96, 88),
    ),
}

MALFORMED = {  # zatca-malformed: own mutations of zatca-p1-axenda-en
    "empty": "",
    "tag-without-length": "AQZBeGVuZGECCjEyMzQ1Njc4OTEDFDIwMjEtMTItMDRUMDA6MDA6MDBaBAYxMDAuMDAFBTE1LjAwBg==",
    "tag-zero": "AAZBeGVuZGECCjEyMzQ1Njc4OTEDFDIwMjEtMTItMDRUMDA6MDA6MDBaBAYxMDAuMDAFBTE1LjAw",
    "tag-ten": "AQZBeGVuZGECCjEyMzQ1Njc4OTEDFDIwMjEtMTItMDRUMDA6MDA6MDBaBAYxMDAuMDAFBTE1LjAwCgF4",
    "overrun": "AQZBeGVuZGECCjEyMzQ1Njc4OTEDFDIwMjEtMTItMDRUMDA6MDA6MDBaBAYxMDAuMDAFBTE1LjA=",
    "trailing-byte": "AQZBeGVuZGECCjEyMzQ1Njc4OTEDFDIwMjEtMTItMDRUMDA6MDA6MDBaBAYxMDAuMDAFBTE1LjAwAA==",
    "tags-swapped": "AgoxMjM0NTY3ODkxAQZBeGVuZGEDFDIwMjEtMTItMDRUMDA6MDA6MDBaBAYxMDAuMDAFBTE1LjAw",
    "tag-repeated": (
        "AQZBeGVuZGECCjEyMzQ1Njc4OTEDFDIwMjEtMTItMDRUMDA6MDA6MDBaBAYxMDAuMDAFBTE1LjAwBQUxNS4wMA=="
    ),
    "only-four-tags": "AQZBeGVuZGECCjEyMzQ1Njc4OTEDFDIwMjEtMTItMDRUMDA6MDA6MDBaBAYxMDAuMDA=",
    "not-base64": "A?Z=",
}

LENGTH_127 = (  # zatca-boundary-len127
    "AX/Ys9iz2LPYs9iz2LPYs9iz2LPYs9iz2LPYs9iz2LPYs9iz2LPYs9iz2LPYs9iz2LPYs9iz2LPYs9iz2LPYs9iz"
    "2LPYs9iz2LPYs9iz2LPYs9iz2LPYs9iz2LPYs9iz2LPYs9iz2LPYs9iz2LPYs9iz2LPYs9iz2LPYs9iz2LNhAg8z"
    "MTAxMjIzOTM1MDAwMDMDFDIwMjItMDQtMjVUMTU6MzA6MDBaBAYxMTUuMDAFBTE1LjAw"
)
LENGTH_255 = (  # zatca-boundary-len255
    "Af/Ys9iz2LPYs9iz2LPYs9iz2LPYs9iz2LPYs9iz2LPYs9iz2LPYs9iz2LPYs9iz2LPYs9iz2LPYs9iz2LPYs9iz"
    "2LPYs9iz2LPYs9iz2LPYs9iz2LPYs9iz2LPYs9iz2LPYs9iz2LPYs9iz2LPYs9iz2LPYs9iz2LPYs9iz2LPYs9iz"
    "2LPYs9iz2LPYs9iz2LPYs9iz2LPYs9iz2LPYs9iz2LPYs9iz2LPYs9iz2LPYs9iz2LPYs9iz2LPYs9iz2LPYs9iz"
    "2LPYs9iz2LPYs9iz2LPYs9iz2LPYs9iz2LPYs9iz2LPYs9iz2LPYs9iz2LPYs9iz2LPYs9iz2LPYs2ECDzMxMDEy"
    "MjM5MzUwMDAwMwMUMjAyMi0wNC0yNVQxNTozMDowMFoEBjExNS4wMAUFMTUuMDA="
)
ISSUED = datetime(2022, 4, 25, 15, 30, tzinfo=UTC)


def minor(amount: str) -> int:
    return int(Decimal(amount) * 100)


def seller_of(size: int) -> str:
    """Arabic letters of two bytes each, ended by a Latin one when the size is odd."""
    return "\u0633" * (size // 2) + "a" * (size % 2)


@pytest.mark.parametrize("case", PHASE_1.values(), ids=PHASE_1)
def test_a_published_code_is_made_and_read_back(case: Phase1) -> None:
    at = datetime.fromisoformat(case.at)

    text = zatca_qr(case.seller, case.vat_number, at, minor(case.total), minor(case.vat), 2)

    assert text == case.text
    read = read_zatca_qr(text)
    assert (read.seller_name, read.vat_number, read.issued_at) == (case.seller, case.vat_number, case.at)
    assert (read.total, read.vat) == (Decimal(case.total), Decimal(case.vat))
    assert read.stamp == ()


@pytest.mark.parametrize(("text", "fields", "stamp"), PHASE_2.values(), ids=PHASE_2)
def test_a_published_code_of_phase_2_is_read(
    text: str, fields: tuple[str, str, str, str, str], stamp: tuple[int, ...]
) -> None:
    read = read_zatca_qr(text)

    assert (read.seller_name, read.vat_number, read.issued_at, str(read.total), str(read.vat)) == fields
    assert tuple(len(value) for value in read.stamp) == stamp


@pytest.mark.parametrize("text", MALFORMED.values(), ids=MALFORMED)
def test_a_malformed_code_is_refused(text: str) -> None:
    with pytest.raises(TaxQrMalformed):
        read_zatca_qr(text)


def test_the_malformed_list_starts_from_a_code_that_is_read() -> None:
    """The twin: without the mutation the same text passes, so it is the mutation that is refused."""
    read = read_zatca_qr("AQZBeGVuZGECCjEyMzQ1Njc4OTEDFDIwMjEtMTItMDRUMDA6MDA6MDBaBAYxMDAuMDAFBTE1LjAw")

    assert (read.seller_name, read.total) == ("Axenda", Decimal("100.00"))


def test_a_seller_of_127_bytes_passes() -> None:
    text = zatca_qr(seller_of(127), "310122393500003", ISSUED, 11500, 1500)

    assert text == LENGTH_127
    assert read_zatca_qr(text).seller_name == seller_of(127)


@pytest.mark.parametrize("size", [128, 254, 255, 256])
def test_a_longer_seller_is_refused_and_never_cut(size: int) -> None:
    with pytest.raises(TaxQrUnencodable) as refused:
        zatca_qr(seller_of(size), "310122393500003", ISSUED, 11500, 1500)

    assert refused.value.facts == {"field": "seller_name"}


def test_the_layout_itself_carries_255_bytes_and_no_more() -> None:
    """zatca-boundary-len255 and -len256: legal by the standard's text, or impossible in one length byte."""
    rest = [(2, b"310122393500003"), (3, b"2022-04-25T15:30:00Z"), (4, b"115.00"), (5, b"15.00")]

    assert write_tags([(1, seller_of(255).encode()), *rest]) == LENGTH_255
    assert read_zatca_qr(LENGTH_255).seller_name == seller_of(255)
    with pytest.raises(TaxQrUnencodable):
        write_tags([(1, seller_of(256).encode()), *rest])


def test_no_code_longer_than_the_standard_allows_is_made() -> None:
    with pytest.raises(TaxQrUnencodable):
        write_tags([(1, b"a" * 255), (2, b"b" * 255), (3, b"c" * 20)])


def test_the_time_is_written_in_utc() -> None:
    riyadh = datetime(2022, 4, 25, 18, 30, 59, 999_999, tzinfo=timezone(timedelta(hours=3)))

    assert read_zatca_qr(zatca_qr("a", "3", riyadh, 100, 13)).issued_at == "2022-04-25T15:30:59Z"


@pytest.mark.parametrize(
    ("minor_units", "exponent", "written"),
    [
        (0, 2, "0.00"),
        (5, 2, "0.05"),
        (100, 2, "1.00"),
        (1, 0, "1.00"),
        (1230, 3, "1.23"),
        (123456789012, 2, "1234567890.12"),
    ],
)
def test_an_amount_is_written_with_two_places(minor_units: int, exponent: int, written: str) -> None:
    assert str(read_zatca_qr(zatca_qr("a", "3", ISSUED, minor_units, 0, exponent)).total) == written


@pytest.mark.parametrize(
    ("field", "values"),
    [
        ("seller_name", {"seller_name": "  "}),
        ("vat_number", {"vat_number": ""}),
        ("vat_number", {"vat_number": "31012239350000\u0663"}),
        ("vat_number", {"vat_number": "3101223935000033"}),
        ("issued_at", {"issued_at": datetime(2022, 4, 25)}),  # noqa: DTZ001  (naive on purpose)
        ("total_minor", {"total_minor": 1005, "exponent": 3}),
        ("total_minor", {"total_minor": 10**15}),
        ("vat_minor", {"vat_minor": -1}),
        ("vat_minor", {"vat_minor": 11501}),
    ],
)
def test_a_value_that_does_not_fit_is_named(field: str, values: dict[str, object]) -> None:
    fitting: dict[str, object] = {
        "seller_name": "Muvi",
        "vat_number": "310122393500003",
        "issued_at": ISSUED,
        "total_minor": 11500,
        "vat_minor": 0,
    }
    assert zatca_qr(**fitting)  # type: ignore[arg-type]

    with pytest.raises(TaxQrUnencodable) as refused:
        zatca_qr(**(fitting | values))  # type: ignore[arg-type]

    assert refused.value.facts == {"field": field}


@pytest.mark.parametrize("number", ["310122393500003", "399999999900003"])
def test_a_registered_seller_is_accepted(number: str) -> None:
    assert TaxSeller("Muvi", number).vat_number == number


@pytest.mark.parametrize(
    "number", ["1234567891", "100025906700003", "310122393500004", "3101223935000033", ""]
)
def test_a_vat_number_of_another_form_stops_at_the_settings(number: str) -> None:
    with pytest.raises(TaxQrUnencodable):
        TaxSeller("Muvi", number)
