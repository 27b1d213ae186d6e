"""The fixed words of a sheet in both languages, and how its times and amounts are written."""

from __future__ import annotations

from datetime import datetime

from muvi.domain.shared.money import Money
from muvi.domain.shared.text import Language, LocalizedText

BRAND = "MUVI"
BRAND_TAIL = "CINEMAS"
ADMISSION = LocalizedText("Admission ticket", "تذكرة دخول")
DATE = LocalizedText("Date", "التاريخ")
TIME = LocalizedText("Time", "الوقت")
SCREEN = LocalizedText("Screen", "الصالة")
CINEMA = LocalizedText("Cinema", "السينما")
SEAT = LocalizedText("Seat", "المقعد")
YOUR_SEAT = LocalizedText("Your seat", "مقعدك")
YOUR_SEATS = LocalizedText("Your seats", "مقاعدك")
SCAN = LocalizedText("One code per guest", "رمز لكل ضيف")
INVOICE = LocalizedText("Simplified tax invoice", "فاتورة ضريبية مبسطة")
ORDER = LocalizedText("Order", "الطلب")
BOOKING = LocalizedText("Booking", "الحجز")
TOTAL = LocalizedText("Total", "الإجمالي")
VAT = LocalizedText("VAT included", "منها ضريبة")
SELLER = LocalizedText("Seller", "البائع")
VAT_NUMBER = LocalizedText("VAT number", "الرقم الضريبي")
ISSUED = LocalizedText("Issued", "تاريخ الإصدار")
FOOT = LocalizedText(
    "Show this ticket at the entrance. Please be seated before the film begins.",
    "أبرز هذه التذكرة عند المدخل، ونرجو الجلوس قبل بداية الفيلم.",
)

_DAYS = (
    LocalizedText("Mon", "الإثنين"),
    LocalizedText("Tue", "الثلاثاء"),
    LocalizedText("Wed", "الأربعاء"),
    LocalizedText("Thu", "الخميس"),
    LocalizedText("Fri", "الجمعة"),
    LocalizedText("Sat", "السبت"),
    LocalizedText("Sun", "الأحد"),
)
_MONTHS = (
    LocalizedText("Jan", "يناير"),
    LocalizedText("Feb", "فبراير"),
    LocalizedText("Mar", "مارس"),
    LocalizedText("Apr", "أبريل"),
    LocalizedText("May", "مايو"),
    LocalizedText("Jun", "يونيو"),
    LocalizedText("Jul", "يوليو"),
    LocalizedText("Aug", "أغسطس"),
    LocalizedText("Sep", "سبتمبر"),
    LocalizedText("Oct", "أكتوبر"),
    LocalizedText("Nov", "نوفمبر"),
    LocalizedText("Dec", "ديسمبر"),
)
_NOON = 12


def other(language: Language) -> Language:
    """The language that comes second."""
    return Language.EN if language is Language.AR else Language.AR


def day(at: datetime, language: Language) -> str:
    """Weekday, day and month of the cinema's own calendar: `Fri 20 Nov`, `الجمعة 20 نوفمبر`."""
    return f"{_DAYS[at.weekday()].in_(language)} {at.day} {_MONTHS[at.month - 1].in_(language)}"


def clock(at: datetime, language: Language) -> str:
    """Hour and minute on a clock of twelve hours, as posters in the region write it: `9:30 PM`, `9:30 م`."""
    half = LocalizedText("PM", "م") if at.hour >= _NOON else LocalizedText("AM", "ص")
    return f"{at.hour % _NOON or _NOON}:{at.minute:02} {half.in_(language)}"


def amount(money: Money) -> str:
    """Currency and amount with all its places: `SAR 1,138.00`."""
    return f"{money.currency} {money.major:,.{money.exponent}f}"
