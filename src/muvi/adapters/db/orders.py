"""Orders in PostgreSQL, whole: the row, its lines, its box office orders, its timeline."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    Insert,
    Select,
    Update,
    bindparam,
    delete,
    select,
    true,
    update,
)
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection
from typing_extensions import override

from muvi.adapters.db.direct import later
from muvi.adapters.db.order_rows import line_of, line_row, order_of, order_row, record_of, record_row, rows_of
from muvi.adapters.db.recordset import recordset
from muvi.adapters.db.rows import stale
from muvi.adapters.db.tables.orders import box_office_orders, order_lines, order_timeline, orders
from muvi.domain.orders.box_office_order import BoxOfficeOrderRecord
from muvi.domain.orders.line import OrderLine
from muvi.domain.orders.order import Order
from muvi.ports.orders.orders import OrderHasChanged, Orders

_LINES = rows_of(order_lines, order_lines.c.position).label("lines")
_RECORDS = rows_of(box_office_orders, box_office_orders.c.id).label("records")
_GET = select(orders, _LINES, _RECORDS).where(orders.c.id == bindparam("key"))
_BEFORE = orders.alias("before")
_LOCK = _GET.add_columns(
    select(_BEFORE.c.version).where(_BEFORE.c.id == orders.c.id).scalar_subquery().label("seen_version")
).with_for_update(of=orders)
_FRESH: dict[str, Any] = {
    column.name: bindparam(f"new_{column.name}", type_=column.type) for column in orders.columns
}
PROLONG = (
    update(orders)
    .where(orders.c.id == bindparam("key"), orders.c.operation_id == bindparam("operation"))
    .values(operation_deadline=bindparam("until"))
)
_DROP_LINES = delete(order_lines).where(order_lines.c.order_id == bindparam("key"))


def _withrows_of(written: Insert | Update) -> Select[Any]:
    """The order with its new records, lines and entries, in one statement; its id when it was written."""
    done = written.returning(orders.c.id).cte("done")
    record_columns = [each for each in box_office_orders.columns if each.name != "order_id"]
    records = recordset("records", *record_columns)
    put = insert(box_office_orders).from_select(
        ["order_id", *(each.name for each in record_columns)],
        select(done.c.id, *(records.c[each.name] for each in record_columns)).join_from(
            done, records, true()
        ),
    )
    put = put.on_conflict_do_update(
        index_elements=["id"],
        set_={name: put.excluded[name] for name in ("expires_at", "total_minor", "active")},
    )
    entries = recordset("entries", *_ENTRY)
    noted = order_timeline.insert().from_select(
        ["order_id", *(each.name for each in _ENTRY)],
        select(done.c.id, *(entries.c[each.name] for each in _ENTRY)).join_from(done, entries, true()),
    )
    line_columns = [each for each in order_lines.columns if each.name != "order_id"]
    lines = recordset("lines", *line_columns)
    lined = order_lines.insert().from_select(
        ["order_id", *(each.name for each in line_columns)],
        select(done.c.id, *(lines.c[each.name] for each in line_columns)).join_from(done, lines, true()),
    )
    return select(done.c.id).add_cte(put.cte("put"), lined.cte("lined"), noted.cte("noted"))


_ENTRY = (order_timeline.c.at, order_timeline.c.code, order_timeline.c.facts)
_ADD = _withrows_of(insert(orders).values(_FRESH))
_WRITE = (
    update(orders)
    .where(orders.c.id == bindparam("key"), orders.c.version == bindparam("seen"))
    .values(_FRESH)
)
_SAVE = _withrows_of(_WRITE)
_SAVE_ROW = _WRITE.returning(orders.c.id)
_NEW = recordset("entries", *_ENTRY)
_ADD_ENTRIES = order_timeline.insert().from_select(
    ["order_id", *(each.name for each in _ENTRY)],
    select(bindparam("key", type_=orders.c.id.type), *(_NEW.c[each.name] for each in _ENTRY)),
)


@dataclass(frozen=True, slots=True)
class Seen:
    """An order as it stands in the table, so that only what changed is written."""

    version: int
    row: dict[str, Any]
    lines: tuple[OrderLine, ...] = ()
    records: tuple[BoxOfficeOrderRecord, ...] = ()

    @classmethod
    def of(cls, order: Order) -> Seen:
        """An order just read or written."""
        return cls(order.version, order_row(order), order.lines, order.box_office_orders)


class SqlOrders(Orders):
    """The orders of one transaction. Children are written only when they changed since they were read."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection
        self._read: dict[UUID, Seen] = {}

    @override
    async def add(self, order: Order) -> None:
        row = order_row(order)
        await later(self._connection, _ADD, _fresh(row, order.version) | _news(order, (), ()))
        self._remember(order)

    @override
    async def get(self, order_id: UUID, *, for_update: bool = False) -> Order | None:
        query = _LOCK if for_update else _GET
        row = (await self._connection.execute(query, {"key": order_id})).mappings().first()
        if row is not None and for_update and stale(row):
            row = (await self._connection.execute(_GET, {"key": order_id})).mappings().first()
        return None if row is None else self.met(row)

    def met(self, row: Mapping[Any, Any]) -> Order:
        """An order from its row with its children, whoever read it; remembered as it stands there."""
        lines = tuple(line_of(line) for line in row["lines"])
        order = order_of(row, lines, tuple(record_of(record) for record in row["records"]))
        self._read[order.id] = Seen.of(order)
        return order

    @override
    async def save(self, order: Order) -> None:
        seen, row = self._read.get(order.id), order_row(order)
        known, lines = (seen.records, seen.lines) if seen else ((), None)
        if seen == Seen(order.version, row, order.lines, order.box_office_orders):
            await self._note(order)
        else:
            facts = {"key": order.id, "seen": order.version, **_fresh(row, order.version + 1)}
            news = _news(order, known, lines)
            if lines not in (order.lines, ()):
                await self._connection.execute(_DROP_LINES, {"key": order.id})
            if any(news.values()):
                await later(self._connection, _SAVE, facts | news, unless=OrderHasChanged)
            else:
                await later(self._connection, _SAVE_ROW, facts, unless=OrderHasChanged)
            order.version += 1
        self._remember(order)

    @override
    async def prolong(self, order_id: UUID, operation_id: UUID, until: datetime) -> bool:
        facts = {"key": order_id, "operation": operation_id, "until": until}
        return (await self._connection.execute(PROLONG, facts)).rowcount == 1

    async def _note(self, order: Order) -> None:
        """The row stays as it is: only its history goes on."""
        if order.timeline:
            await later(self._connection, _ADD_ENTRIES, {"key": order.id, "entries": _entries(order)})

    def _remember(self, order: Order) -> None:
        order.timeline.clear()
        self._read[order.id] = Seen.of(order)


def _fresh(row: Mapping[str, object], version: int) -> dict[str, object]:
    return {f"new_{name}": value for name, value in row.items()} | {"new_version": version}


def _news(
    order: Order, known: tuple[BoxOfficeOrderRecord, ...], lines: tuple[OrderLine, ...] | None
) -> dict[str, object]:
    """Records and lines that changed and entries that are new, as JSON. `lines` are those that the table has,
    None when they were not read. At most one record may be active at a time.
    """
    changed = [record for record in order.box_office_orders if record not in known]
    changed.sort(key=lambda one: one.active)
    return {
        "records": [record_row(record) for record in changed],
        "lines": [] if order.lines == lines else [line_row(order.id, line) for line in order.lines],
        "entries": _entries(order),
    }


def _entries(order: Order) -> list[dict[str, object]]:
    return [{"at": entry.at, "code": entry.code, "facts": dict(entry.facts)} for entry in order.timeline]
