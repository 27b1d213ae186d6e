"""The ledger in memory."""

from __future__ import annotations

from typing_extensions import override

from muvi.adapters.memory.database import MemoryDatabase
from muvi.domain.ledger.journal import Journal, JournalKind
from muvi.ports.ledger import Ledger


class MemoryLedger(Ledger):
    """Journals by kind and source; nothing is ever changed."""

    def __init__(self, database: MemoryDatabase) -> None:
        self._journals: dict[tuple[JournalKind, str], Journal] = database.table("ledger_journals")

    @override
    async def post(self, journal: Journal) -> bool:
        key = (journal.kind, journal.source)
        if key in self._journals:
            return False
        self._journals[key] = journal
        return True
