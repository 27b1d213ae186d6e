"""What the letters say, in both languages. Arabic uses Western digits, as tickets here do."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from muvi.domain.shared.money import Money
from muvi.domain.shared.text import Language

ISOLATE, END = "\u2066", "\u2069"
"""Left-to-right isolate: keeps codes, times and seat labels whole inside Arabic sentences."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """The fixed words of a letter."""

    direction: str
    subject: str
    preview: str
    greeting: str
    greeting_by_name: str
    opening: str
    when: str
    cinema: str
    screen: str
    seats: str
    total: str
    code: str
    button: str
    advice: str
    why: str
    house: str
    weekdays: tuple[str, ...]
    months: tuple[str, ...]
    currency_first: bool


ENGLISH = Words(
    direction="ltr",
    subject="Your tickets for {film} · {code}",
    preview="{film}, {day}, {time}. Seats {seats}.",
    greeting="Hello,",
    greeting_by_name="Hello {name},",
    opening="Your booking is confirmed. Enjoy the film!",
    when="When",
    cinema="Cinema",
    screen="Screen",
    seats="Seats",
    total="Total with VAT",
    code="Order number",
    button="Show my tickets",
    advice="Show the code on your tickets at the entrance. Nothing needs to be printed.",
    why="You receive this message because this address was given when the tickets were bought.",
    house="Muvi Cinemas",
    weekdays=("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),
    months=(
        "January",
        "February",
        "March",
        "April",
        "May",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
        "December",
    ),
    currency_first=True,
)

ARABIC = Words(
    direction="rtl",
    subject="تذاكرك لفيلم {film} · {code}",
    preview="{film}، {day}، {time}. المقاعد {seats}.",
    greeting="مرحبًا،",
    greeting_by_name="مرحبًا {name}،",
    opening="تم تأكيد حجزك. نتمنى لك مشاهدة ممتعة!",
    when="الموعد",
    cinema="السينما",
    screen="القاعة",
    seats="المقاعد",
    total="الإجمالي شامل الضريبة",
    code="رقم الطلب",
    button="عرض تذاكري",
    advice="أظهر الرمز الموجود على تذاكرك عند الدخول. لا حاجة إلى الطباعة.",
    why="وصلتك هذه الرسالة لأن هذا العنوان أُدخل عند شراء التذاكر.",
    house="موفي سينما",
    weekdays=("الاثنين", "الثلاثاء", "الأربعاء", "الخميس", "الجمعة", "السبت", "الأحد"),
    months=(
        "يناير",
        "فبراير",
        "مارس",
        "أبريل",
        "مايو",
        "يونيو",
        "يوليو",
        "أغسطس",
        "سبتمبر",
        "أكتوبر",
        "نوفمبر",
        "ديسمبر",
    ),
    currency_first=False,
)

CURRENCIES_AR = {"SAR": "ر.س", "AED": "د.إ", "KWD": "د.ك", "BHD": "د.ب", "OMR": "ر.ع"}


def words_of(language: Language) -> Words:
    """The words of a language."""
    return ARABIC if language is Language.AR else ENGLISH


def day_of(at: datetime, zone: str, words: Words) -> str:
    """The day on the cinema's wall calendar: `Friday 21 November 2025`."""
    local = at.astimezone(ZoneInfo(zone))
    return f"{words.weekdays[local.weekday()]} {local.day} {words.months[local.month - 1]} {local.year}"


def time_of(at: datetime, zone: str) -> str:
    """The time on the cinema's wall clock: `21:30`."""
    return at.astimezone(ZoneInfo(zone)).strftime("%H:%M")


def money_of(amount: Money, words: Words) -> str:
    """An amount with its currency: `SAR 86.25`."""
    number = f"{amount.major:,.{amount.exponent}f}"
    if words.currency_first:
        return f"{amount.currency} {number}"
    return f"{ISOLATE}{number}{END} {CURRENCIES_AR.get(amount.currency, amount.currency)}"


def isolated(text: str, words: Words) -> str:
    """A code or label that reads from left to right also among Arabic words."""
    return f"{ISOLATE}{text}{END}" if words.direction == "rtl" else text
