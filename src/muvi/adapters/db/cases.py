"""An order, its attempts and its checkout, locked and read in one trip.

A statement sees the snapshot it began with, so locks that are waited for must be had before what they guard
is read: one statement cannot do both. The function `lock_order_case` runs several, each with a snapshot of
its own (PostgreSQL manual, "Function Volatility Categories"), and answers once.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import bindparam, func, select
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.asyncio import AsyncConnection
from typing_extensions import override

from muvi.adapters.db.checkouts import checkout_of
from muvi.adapters.db.orders import SqlOrders
from muvi.adapters.db.payment_attempts import attempt_of
from muvi.adapters.db.tables.orders import checkouts, orders
from muvi.adapters.db.tables.payments import payment_attempts
from muvi.domain.seating.seat_plan import SeatKey
from muvi.ports.orders.cases import LockedCase, OrderCases

_LOCK = select(func.lock_order_case(bindparam("key", type_=sa.Uuid), type_=JSONB))
_READERS: Mapping[type, Callable[[str], object]] = {UUID: UUID, datetime: datetime.fromisoformat}


class SqlOrderCases(OrderCases):
    """The cases of one transaction; its orders remember what was read here."""

    def __init__(self, connection: AsyncConnection, read: SqlOrders) -> None:
        self._connection = connection
        self._orders = read

    @override
    async def lock(self, order_id: UUID) -> LockedCase | None:
        found = (await self._connection.execute(_LOCK, {"key": order_id})).scalar()
        if found is None:
            return None
        if found["checkout"] is None:
            raise LookupError(f"order {order_id} has no checkout")
        return LockedCase(
            order=self._orders.met(_ORDER(found["order"]) | {name: found[name] for name in _CHILDREN}),
            attempts=tuple(attempt_of(_ATTEMPT(row)) for row in found["attempts"]),
            checkout=checkout_of(_CHECKOUT(found["checkout"])),
            held=frozenset(map(SeatKey, found["held"])),
        )


_CHILDREN = ("lines", "records")


def _typed(table: sa.Table) -> Callable[[dict[str, Any]], dict[str, Any]]:
    """A row of the table out of JSON: ids and times are texts there."""
    readers = {
        column.name: _READERS[column.type.python_type]
        for column in table.columns
        if column.type.python_type in _READERS
    }

    def read(row: dict[str, Any]) -> dict[str, Any]:
        for name, reader in readers.items():
            if row[name] is not None:
                row[name] = reader(row[name])
        return row

    return read


_ORDER, _ATTEMPT, _CHECKOUT = _typed(orders), _typed(payment_attempts), _typed(checkouts)
