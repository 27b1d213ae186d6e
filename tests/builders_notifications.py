"""Valid things of notifications, any part of which a test may replace."""

from datetime import UTC, datetime
from uuid import UUID

from muvi.domain.shared.money import Money
from muvi.domain.shared.text import Language, LocalizedText
from muvi.ports.notifications.confirmations import ConfirmationView

ORDER = UUID(int=77)


def a_confirmation(**changes: object) -> ConfirmationView:
    facts = {
        "order_id": ORDER,
        "code": "WK7Q2MD",
        "language": Language.EN,
        "buyer_name": "Noura",
        "email": "noura@example.com",
        "film": LocalizedText("The Last Voyage", "الرحلة الأخيرة"),
        "cinema": LocalizedText("Muvi The Park", "موفي ذا بارك"),
        "screen": LocalizedText("Screen 4", "القاعة 4"),
        "starts_at": datetime(2026, 1, 16, 21, 15, tzinfo=UTC),
        "time_zone": "Asia/Riyadh",
        "seats": ("F7", "F8"),
        "total": Money(10_950),
        "ticket_url": "https://muvi.example/t/01HZYX?a=1&b=2",
    }
    return ConfirmationView(**{**facts, **changes})
