"""The letter, in both languages, for people and for programs."""

from html.parser import HTMLParser

import pytest
from tests.builders_notifications import a_confirmation
from typing_extensions import override

from muvi.adapters.email.letters import TemplateLetters
from muvi.domain.shared.money import Money
from muvi.domain.shared.text import Language, LocalizedText

LETTERS = TemplateLetters()


class Page(HTMLParser):
    """Text and links of a page."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.text, self.links, self.tags = "", [], []
        self.feed(html)

    @override
    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.links += [value for name, value in attrs if name == "href"]

    @override
    def handle_data(self, data: str) -> None:
        self.text += data


def test_english() -> None:
    letter = LETTERS.write(a_confirmation())
    assert letter.subject == "Your tickets for The Last Voyage · WK7Q2MD"
    page = Page(letter.html)
    for said in (page.text, letter.text):
        for fact in ("Hello Noura,", "Saturday 17 January 2026 · 00:15", "Screen 4", "F7, F8", "SAR 109.50"):
            assert fact in said
    assert page.links == ["https://muvi.example/t/01HZYX?a=1&b=2"]
    assert "https://muvi.example/t/01HZYX?a=1&b=2" in letter.text
    assert '<html lang="en" dir="ltr">' in letter.html


def test_arabic_runs_from_right_to_left_and_keeps_codes_whole() -> None:
    letter = LETTERS.write(a_confirmation(language=Language.AR))
    assert '<html lang="ar" dir="rtl">' in letter.html
    assert "الرحلة الأخيرة" in letter.subject
    for said in (Page(letter.html).text, letter.text):
        for fact in ("السبت 17 يناير 2026", "القاعة 4", "\u2066F7\u2069، \u2066F8\u2069", "ر.س", "109.50"):
            assert fact in said
        assert "Hello" not in said


def test_a_cinema_without_an_arabic_name_is_named_in_english() -> None:
    view = a_confirmation(language=Language.AR, cinema=LocalizedText("Muvi Mall"))
    assert "Muvi Mall" in LETTERS.write(view).text


def test_a_buyer_without_a_name() -> None:
    assert "Hello,\n" in LETTERS.write(a_confirmation(buyer_name="")).text


def test_foreign_text_is_text() -> None:
    film = LocalizedText("<script>alert(1)</script> {name} {{ url }}\nBcc: x")
    letter = LETTERS.write(a_confirmation(film=film, buyer_name="<b>N</b>"))
    page = Page(letter.html)
    assert "script" not in page.tags
    assert "b" not in page.tags
    assert "<script>alert(1)</script> {name} {{ url }}" in page.text
    assert "\n" not in letter.subject


def test_three_decimals_where_a_currency_has_them() -> None:
    assert "KWD 12.345" in LETTERS.write(a_confirmation(total=Money(12_345, "KWD"))).text


@pytest.mark.parametrize("language", Language)
def test_it_fits_a_phone_and_stays_small(language: Language) -> None:
    html = LETTERS.write(a_confirmation(language=language)).html
    assert 'name="viewport"' in html
    assert "max-width:560px" in html
    assert len(html.encode()) < 20_000
    assert "<img" not in html  # nothing is loaded from anywhere
