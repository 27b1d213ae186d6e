"""What goes wrong around films and their sync."""

from __future__ import annotations

from typing import ClassVar

from muvi.domain.shared.errors import Conflict, NotFound


class FilmNotFound(NotFound):
    """No film of that id or name is shown to the public."""

    code: ClassVar[str] = "film-not-found"
    title: ClassVar[str] = "There is no such film"
    title_ar: ClassVar[str] = "هذا الفيلم غير موجود"


class SyncRunning(Conflict):
    """Another run of the same kind of sync has not ended yet."""

    code: ClassVar[str] = "sync-running"
    title: ClassVar[str] = "This sync is running already"
    title_ar: ClassVar[str] = "المزامنة قيد التنفيذ"


class FeedSuspicious(Conflict):
    """The feed is empty or has shrunk by more than half; nothing was changed."""

    code: ClassVar[str] = "feed-suspicious"
    title: ClassVar[str] = "The feed of the box office looks incomplete"
    title_ar: ClassVar[str] = "بيانات شباك التذاكر تبدو ناقصة"
