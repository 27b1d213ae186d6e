"""Letters to buyers."""

from __future__ import annotations

from collections.abc import AsyncGenerator

from dishka import Provider, Scope, provide
from sqlalchemy.ext.asyncio import AsyncEngine

from muvi.adapters.db.confirmations import SqlConfirmationViews
from muvi.adapters.db.unit_of_work import SqlUnitOfWork
from muvi.adapters.email.letters import TemplateLetters
from muvi.adapters.email.sendgrid import SendgridEmail, sendgrid_http
from muvi.adapters.http.links import TicketLinks
from muvi.application.notifications.send_confirmation import SendConfirmation
from muvi.entrypoints.settings import Settings
from muvi.ports.notifications.confirmations import ConfirmationViews
from muvi.ports.notifications.email import ConfirmationLetters, EmailSender
from muvi.ports.notifications.notices import NotificationsTx
from muvi.ports.transaction import UnitOfWork


class NotificationsProvider(Provider):
    """Our own templates, posted by SendGrid."""

    scope = Scope.APP

    @provide
    def phases(self, begin: SqlUnitOfWork) -> UnitOfWork[NotificationsTx]:
        """Notifications' view of a transaction."""
        return begin

    @provide
    def letters(self) -> ConfirmationLetters:
        """English and Arabic."""
        return TemplateLetters()

    @provide
    async def sender(self, settings: Settings) -> AsyncGenerator[EmailSender]:
        """SendGrid."""
        http = sendgrid_http(settings.sendgrid.base_url, api_key=settings.sendgrid.api_key)
        yield SendgridEmail(http, sender=settings.sendgrid.sender)
        await http.aclose()

    @provide
    def views(self, engine: AsyncEngine, links: TicketLinks) -> ConfirmationViews:
        """Confirmed orders with the address of their tickets."""
        return SqlConfirmationViews(engine, links.image)

    confirmation = provide(SendConfirmation)
