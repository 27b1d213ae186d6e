"""Short dates and times of a cinema's own clock in both languages, for tickets and pages."""

from __future__ import annotations

from datetime import datetime

from muvi.domain.shared.text import Language, LocalizedText

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


def day(at: datetime, language: Language) -> str:
    """Weekday, day and month of the cinema's own calendar: `Fri 20 Nov`, `الجمعة 20 نوفمبر`."""
    return f"{_DAYS[at.weekday()].in_(language)} {at.day} {_MONTHS[at.month - 1].in_(language)}"


def clock(at: datetime, language: Language) -> str:
    """Hour and minute on a clock of twelve hours, as posters in the region write it: `9:30 PM`, `9:30 م`."""
    half = LocalizedText("PM", "م") if at.hour >= _NOON else LocalizedText("AM", "ص")
    return f"{at.hour % _NOON or _NOON}:{at.minute:02} {half.in_(language)}"
