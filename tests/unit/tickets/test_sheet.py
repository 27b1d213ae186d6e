"""The drawn sheet: a scanner reads every code, and no text is cut, covered or off the card."""

from __future__ import annotations

import base64
import io
import itertools
from typing import Any

import pytest
import zxingcpp
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image
from tests.builders_tickets import a_sheet, an_admission
from tests.tax_qr import read_zatca_qr

from muvi.adapters.tickets.layout import compose, draw
from muvi.adapters.tickets.page import Page
from muvi.adapters.tickets.palette import INK_ON_PAPER
from muvi.adapters.tickets.qr import QrPictures
from muvi.adapters.tickets.signer import Ed25519TicketSigner
from muvi.adapters.tickets.typeset import Style
from muvi.domain.shared.text import Language, LocalizedText

SIGNER = Ed25519TicketSigner.from_setting("07" * 32)
LONG = LocalizedText(
    "Dr. Strangelove or: How I Learned to Stop Worrying and Love the Bomb, Restored and Introduced",
    "دكتور سترينجلوف أو: كيف تعلمت أن أتوقف عن القلق وأحب القنبلة، النسخة المرممة مع مقدمة خاصة",
)
WORDS = st.text(alphabet="abcdefghijWWWMMM ABابتثجحخدذرزسش0123456789'-،:!", max_size=160)  # noqa: RUF001
TEXTS = st.builds(LocalizedText, WORDS.filter(str.strip), WORDS)
Box = tuple[int, int, int, int]


def codes_in(png: bytes, scale: float = 1) -> list[str]:
    with Image.open(io.BytesIO(png)) as picture:
        grey = picture.convert("L")
    smaller = grey.resize((round(grey.width * scale), round(grey.height * scale)))
    return sorted(found.text for found in zxingcpp.read_barcodes(smaller))


def overlapping(boxes: list[Box]) -> list[tuple[Box, Box]]:
    return [
        (one, two)
        for one, two in itertools.combinations(boxes, 2)
        if one[0] < two[2] and two[0] < one[2] and one[1] < two[3] and two[1] < one[3]
    ]


def assert_well_set(page: Page, height: int) -> None:
    texts = page.texts()

    assert overlapping(texts) == []
    assert all(left >= 48 and right <= 1032 and top >= 0 and low <= height for left, top, right, low in texts)


@pytest.mark.parametrize("language", Language)
@pytest.mark.parametrize("seats", [1, 2, 3, 10])
@pytest.mark.parametrize("scale", [1, 0.4], ids=["full", "on-a-phone"])
def test_a_reader_finds_every_code(language: Language, seats: int, scale: float) -> None:
    sheet = a_sheet(seats, SIGNER.sign, language=language)

    found = codes_in(draw(sheet), scale)

    assert found == sorted([sheet.tax_qr, *(seat.token for seat in sheet.seats)])
    admitted = {SIGNER.verify(text).seat for text in found if text != sheet.tax_qr}
    assert admitted == {seat.label for seat in sheet.seats}
    assert read_zatca_qr(sheet.tax_qr).vat_number == sheet.seller.vat_number


@pytest.mark.parametrize("text", [SIGNER.sign(an_admission()), a_sheet(1).tax_qr, "https://example.com/؟"])
def test_a_reader_finds_the_text_of_a_single_picture(text: str) -> None:
    assert codes_in(base64.b64decode(QrPictures().data_uri(text).partition(",")[2])) == [text]


@pytest.mark.parametrize("language", Language)
@pytest.mark.parametrize("seats", [1, 2, 10])
def test_long_names_break_into_lines(language: Language, seats: int) -> None:
    changes: dict[str, Any] = {"film": LONG, "cinema": LONG, "screen": LONG, "experiences": (LONG, LONG)}
    page, height = compose(a_sheet(seats, language=language, **changes))

    assert_well_set(page, height)
    assert height > compose(a_sheet(seats, language=language))[1]


@settings(max_examples=25, deadline=None)
@given(st.sampled_from(Language), TEXTS, TEXTS, TEXTS, TEXTS, WORDS)
def test_whatever_the_names_nothing_is_cut_or_covered(
    language: Language,
    film: LocalizedText,
    cinema: LocalizedText,
    screen: LocalizedText,
    experience: LocalizedText,
    booking: str,
) -> None:
    sheet = a_sheet(
        3,
        language=language,
        film=film,
        cinema=cinema,
        screen=screen,
        experiences=(experience, LocalizedText("IMAX")),
        booking_reference=booking,
    )

    assert_well_set(*compose(sheet))


def test_the_check_for_covered_text_can_fail() -> None:
    """The twin: two lines set over each other, and one that leaves the card, are both noticed."""
    page = Page(rtl=False)
    page.text("over", Style(40), INK_ON_PAPER, 100, 200)
    page.text("each other", Style(40), INK_ON_PAPER, 120, 205)

    with pytest.raises(AssertionError):
        assert_well_set(page, 1000)
    page = Page(rtl=False)
    page.text("off the card", Style(40), INK_ON_PAPER, 950, 200)
    with pytest.raises(AssertionError):
        assert_well_set(page, 1000)


def test_the_arabic_sheet_is_read_from_the_right() -> None:
    english, arabic = (compose(a_sheet(2, language=language))[0].texts() for language in Language)

    assert sum(left + right for left, _, right, _ in english) / len(english) < 1080
    assert sum(left + right for left, _, right, _ in arabic) / len(arabic) > 1080


def test_control_characters_do_not_reach_the_paper() -> None:
    noisy = LocalizedText("Dune\u202e:\n Part\u0000\u200f Two", "كثيب")

    assert draw(a_sheet(film=noisy)) == draw(a_sheet(film=LocalizedText("Dune: Part Two", "كثيب")))
