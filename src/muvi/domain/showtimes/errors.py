"""What goes wrong around showtimes."""

from __future__ import annotations

from typing import ClassVar

from muvi.domain.shared.errors import NotFound


class ShowtimeNotFound(NotFound):
    """No showtime of that id is known."""

    code: ClassVar[str] = "showtime-not-found"
    title: ClassVar[str] = "There is no such showtime"
    title_ar: ClassVar[str] = "هذا العرض غير موجود"
