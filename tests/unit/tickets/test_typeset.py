"""Lines of two scripts, and how times and amounts are written."""

from __future__ import annotations

from datetime import datetime
from importlib.resources import files

import pytest
from PIL import ImageChops
from tests.builders_tickets import RIYADH

from muvi.adapters.kit import wall_time
from muvi.adapters.tickets import words
from muvi.adapters.tickets.typeset import (
    Style,
    cleaned,
    common,
    fitted,
    set_line,
    starts_rtl,
    width_of,
    wrapped,
)
from muvi.domain.shared.money import Money
from muvi.domain.shared.text import Language

BODY = Style(30)
GENTLE_LETTERS = "ابتثجحخدذرزسشصضطظعغفقكلمنهويءآأؤإئىة"


def ink(text: str, *, rtl: bool = True) -> bytes:
    return set_line(text, BODY, rtl=rtl).mask.tobytes()


def test_arabic_letters_are_joined() -> None:
    """A word is narrower than its letters standing alone, and drawn otherwise."""
    word = "سينما"

    assert width_of(word, BODY) < sum(width_of(letter, BODY) for letter in word)
    assert ink(word) != ink("\u200c".join(word))


def test_arabic_runs_from_the_right() -> None:
    """The first letter of the text, which joins to none after it, stands at the right."""
    line = set_line("دار", BODY, rtl=True).mask
    first = set_line("د", BODY, rtl=True).mask

    place = (line.width - first.width, 0, line.width, line.height)
    assert ImageChops.difference(line.crop(place), first).getbbox() is None


def test_a_number_within_arabic_keeps_its_order() -> None:
    assert ink("الصالة 12") != ink("الصالة 21")
    line = set_line("د 12", BODY, rtl=True).mask
    number = set_line("12", BODY, rtl=False).mask

    assert ImageChops.difference(line.crop((0, 0, number.width, line.height)), number).getbbox() is None


@pytest.mark.parametrize("character", GENTLE_LETTERS + "،؟؛" + "0123456789ABCXYZabcxyzéçñü“”·:-")
def test_every_character_of_a_name_has_a_glyph(character: str) -> None:
    """A missing glyph is drawn as the font's empty box, which a private character gets."""
    assert ink(character) != ink("\ue000")
    assert set_line(character, BODY, rtl=False).mask.getbbox() is not None


def test_every_joined_form_has_a_glyph() -> None:
    """U+FE80 to U+FEFC: what joining makes of the letters of Arabic."""
    forms = [chr(form) for form in range(0xFE80, 0xFEFD)]

    assert [form for form in forms if ink(form) == ink("\ue000")] == []


@pytest.mark.parametrize("alef", list("اأإآ"))
def test_lam_and_alef_melt_into_one(alef: str) -> None:
    assert width_of("ل" + alef, BODY) < width_of("ل", BODY) + width_of(alef, BODY)
    assert ink("ل" + alef) != ink("\ue000")


def test_lines_break_at_blanks_and_lose_nothing() -> None:
    text = "one two three four five six seven"
    lines = wrapped(text, BODY, 160)

    assert len(lines) > 1
    assert " ".join(lines) == text
    assert all(width_of(line, BODY) <= 160 for line in lines)


def test_a_word_wider_than_the_line_breaks_within() -> None:
    lines = wrapped("a " + "W" * 40, BODY, 200)

    assert "".join(lines) == "a" + "W" * 40
    assert all(width_of(line, BODY) <= 200 for line in lines)


def test_a_long_text_takes_a_smaller_size_before_more_lines() -> None:
    large, small = Style(60), Style(30)

    assert fitted("short", (large, small), 400, 1) == (large, ["short"])
    assert fitted("rather a longer text", (large, small), 400, 1) == (small, ["rather a longer text"])
    assert common(["short", "rather a longer text"], (large, small), 400) == (small,)


def test_cleaning_keeps_letters_and_joins_blanks() -> None:
    assert cleaned("  A\u0301\tb\u202e\u0000\n c\u200f ") == "Á b c"


@pytest.mark.parametrize(
    ("text", "rtl"), [("Dune", False), ("12 كثيب", True), ("كثيب 2", True), ("12:30", False)]
)
def test_a_line_runs_as_its_first_letter(text: str, *, rtl: bool) -> None:
    assert starts_rtl(text) is rtl


@pytest.mark.parametrize(
    ("at", "day", "clock"),
    [
        (datetime(2026, 11, 20, 21, 30, tzinfo=RIYADH), "Fri 20 Nov", "9:30 PM"),
        (datetime(2026, 1, 1, 0, 5, tzinfo=RIYADH), "Thu 1 Jan", "12:05 AM"),
        (datetime(2026, 2, 28, 12, 0, tzinfo=RIYADH), "Sat 28 Feb", "12:00 PM"),
    ],
)
def test_times_are_the_cinemas_own(at: datetime, day: str, clock: str) -> None:
    assert (wall_time.day(at, Language.EN), wall_time.clock(at, Language.EN)) == (day, clock)


def test_times_in_arabic() -> None:
    at = datetime(2026, 11, 20, 21, 30, tzinfo=RIYADH)

    assert wall_time.day(at, Language.AR) == "الجمعة 20 نوفمبر"
    assert wall_time.clock(at, Language.AR) == "9:30 م"


def test_amounts_show_all_their_places() -> None:
    assert words.amount(Money(113800)) == "SAR 1,138.00"
    assert words.amount(Money(1138, "KWD")) == "KWD 1.138"


def test_fonts_travel_with_their_licence() -> None:
    names = {entry.name for entry in files("muvi.adapters.tickets.fonts").iterdir()}

    for family in {name.split("-")[0] for name in names if name.endswith(".ttf")}:
        licence = files("muvi.adapters.tickets.fonts").joinpath(f"{family}-OFL.txt").read_text()
        assert "SIL OPEN FONT LICENSE Version 1.1" in licence
