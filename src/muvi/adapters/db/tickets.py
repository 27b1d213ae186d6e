"""Issued tickets in PostgreSQL."""

from __future__ import annotations

from dataclasses import asdict

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection
from typing_extensions import override

from muvi.adapters.db.direct import later
from muvi.adapters.db.recordset import recordset
from muvi.adapters.db.tables.tickets import tickets as table
from muvi.domain.tickets.ticket import Ticket
from muvi.ports.tickets.issued import IssuedTickets

_NAMES = table.columns.keys()
_NEW = recordset("issued", *table.columns)
_ADD = (
    insert(table)
    .from_select(_NAMES, select(*(_NEW.c[name] for name in _NAMES)))
    .on_conflict_do_nothing(index_elements=["line_id"])
)


class SqlIssuedTickets(IssuedTickets):
    """Tickets of one transaction."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    @override
    async def add(self, tickets: tuple[Ticket, ...]) -> None:
        if tickets:
            await later(self._connection, _ADD, {"issued": [asdict(ticket) for ticket in tickets]})
