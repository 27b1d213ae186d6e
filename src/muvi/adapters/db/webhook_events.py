"""The gateways' messages in PostgreSQL, one row per digest."""

from __future__ import annotations

from dataclasses import fields

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection
from typing_extensions import override

from muvi.adapters.db.tables.payments import webhook_events
from muvi.ports.payments.webhooks import WebhookEvent, WebhookEvents

_NAMES = tuple(field.name for field in fields(WebhookEvent))
_ADD = (
    insert(webhook_events)
    .on_conflict_do_nothing(index_elements=["gateway", "digest"])
    .returning(webhook_events.c.id)
)


class SqlWebhookEvents(WebhookEvents):
    """The inbox of one transaction."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    @override
    async def add(self, event: WebhookEvent) -> bool:
        facts = {name: getattr(event, name) for name in _NAMES}
        return (await self._connection.execute(_ADD, facts)).scalar() is not None
