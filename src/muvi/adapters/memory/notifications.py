"""Notifications without a database or a partner."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from typing_extensions import override

from muvi.adapters.memory.database import MemoryDatabase
from muvi.domain.notifications.notice import NoticeKey, NoticeState
from muvi.ports.errors import PortError
from muvi.ports.notifications.confirmations import ConfirmationView, ConfirmationViews
from muvi.ports.notifications.email import ConfirmationLetters, Email, EmailSender, Letter
from muvi.ports.notifications.notices import Notices, Turn


@dataclass(frozen=True, slots=True)
class Notice:
    """One thing said."""

    state: NoticeState
    claimed_until: datetime | None
    reason: str = ""
    tries: int = 1
    finished_at: datetime | None = None


class MemoryNotices(Notices):
    """Notices by key."""

    def __init__(self, database: MemoryDatabase) -> None:
        self._rows: dict[NoticeKey, Notice] = database.table("notifications")

    @override
    async def take_turn(self, key: NoticeKey, *, now: datetime, until: datetime) -> Turn:
        known = self._rows.get(key)
        if known is None:
            self._rows[key] = Notice(NoticeState.SENDING, until)
            return Turn.MINE
        if known.state in (NoticeState.SENT, NoticeState.SKIPPED):
            return Turn.OVER
        if known.claimed_until is not None and known.claimed_until > now:
            return Turn.ANOTHERS
        self._rows[key] = replace(
            known, state=NoticeState.SENDING, claimed_until=until, tries=known.tries + 1, finished_at=None
        )
        return Turn.MINE

    @override
    async def give_turn_back(self, key: NoticeKey, *, now: datetime) -> None:
        known = self._rows.get(key)
        if known is not None and known.state is NoticeState.SENDING:
            self._rows[key] = replace(known, claimed_until=now)

    @override
    async def finish(self, key: NoticeKey, state: NoticeState, *, reason: str, now: datetime) -> None:
        known = self._rows.get(key)
        if known is not None and known.state in (NoticeState.SENDING, NoticeState.FAILED):
            self._rows[key] = replace(known, state=state, reason=reason, claimed_until=None, finished_at=now)


class MemoryConfirmationViews(ConfirmationViews):
    """Views that a test puts in."""

    def __init__(self, *views: ConfirmationView) -> None:
        self.views: dict[UUID, ConfirmationView] = {view.order_id: view for view in views}

    @override
    async def of(self, order_id: UUID) -> ConfirmationView | None:
        return self.views.get(order_id)


class PlainLetters(ConfirmationLetters):
    """One line says it all."""

    @override
    def write(self, view: ConfirmationView) -> Letter:
        line = f"{view.film.in_(view.language)} {' '.join(view.seats)} {view.ticket_url}"
        return Letter(subject=view.code, text=line, html=line)


class MemoryEmailSender(EmailSender):
    """Keeps what was posted. `fail_with` is raised by the next post instead of it, or after it when the
    outcome is to be unknown.
    """

    def __init__(self) -> None:
        self.posted: list[Email] = []
        self.fail_with: list[PortError] = []
        self.after = False

    @override
    async def send(self, email: Email) -> None:
        await asyncio.sleep(0)  # as over a wire, others run meanwhile
        error = self.fail_with.pop(0) if self.fail_with else None
        if error is None or self.after:
            self.posted.append(email)
        if error is not None:
            raise error
