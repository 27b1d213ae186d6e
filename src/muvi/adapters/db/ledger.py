"""The ledger in PostgreSQL. Triggers refuse changes and journals that do not balance."""

from __future__ import annotations

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection
from typing_extensions import override

from muvi.adapters.db.tables.ledger import ledger_entries, ledger_journals
from muvi.domain.ledger.journal import Journal
from muvi.ports.ledger import Ledger

_POST = (
    insert(ledger_journals)
    .on_conflict_do_nothing(index_elements=["kind", "source"])
    .returning(ledger_journals.c.id)
)
_ENTER = ledger_entries.insert()


class SqlLedger(Ledger):
    """The ledger within one transaction."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    @override
    async def post(self, journal: Journal) -> bool:
        head = {
            "kind": journal.kind,
            "source": journal.source,
            "order_id": journal.order_id,
            "currency": journal.currency,
            "at": journal.at,
        }
        new_id = (await self._connection.execute(_POST, head)).scalar()
        if new_id is None:
            return False
        rows = [{"journal_id": new_id, "account": e.account, "minor": e.minor} for e in journal.entries]
        await self._connection.execute(_ENTER, rows)
        return True
