"""The fixed words of a sheet in both languages, and how its times and amounts are written."""

from __future__ import annotations

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


def other(language: Language) -> Language:
    """The language that comes second."""
    return Language.EN if language is Language.AR else Language.AR


def amount(money: Money) -> str:
    """Currency and amount with all its places: `SAR 1,138.00`."""
    return f"{money.currency} {money.major:,.{money.exponent}f}"
