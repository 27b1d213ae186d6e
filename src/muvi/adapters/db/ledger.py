"""The ledger in PostgreSQL. Triggers refuse changes and journals that do not balance."""

from __future__ import annotations

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection
from typing_extensions import override

from muvi.domain.ledger.journal import Journal
from muvi.ports.ledger import Ledger

_POST = text(
    """
    WITH posted AS (
        INSERT INTO ledger_journals (kind, source, order_id, currency, at)
        VALUES (:kind, :source, :order_id, :currency, :at)
        ON CONFLICT (kind, source) DO NOTHING RETURNING id),
    entered AS (
        INSERT INTO ledger_entries (journal_id, account, minor)
        SELECT posted.id, entry.account, entry.minor FROM posted,
            unnest(CAST(:accounts AS text[]), CAST(:amounts AS bigint[])) AS entry (account, minor))
    SELECT id FROM posted
    """
)


class SqlLedger(Ledger):
    """The ledger within one transaction."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    @override
    async def post(self, journal: Journal) -> bool:
        facts = {
            "kind": journal.kind,
            "source": journal.source,
            "order_id": journal.order_id,
            "currency": journal.currency,
            "at": journal.at,
            "accounts": [entry.account for entry in journal.entries],
            "amounts": [entry.minor for entry in journal.entries],
        }
        return (await self._connection.execute(_POST, facts)).first() is not None
