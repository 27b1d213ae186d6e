"""Statements that are built once go straight to the driver.

SQLAlchemy composes and compiles them; what it does around each execution (a greenlet, a context, a cursor, a
result) costs several times what the statement itself does, and a purchase is some hundred statements. So an
engine remembers the statements it meets again: from the second time on their text and the order of their
parameters are known. Whatever is out of the ordinary takes the ordinary way: statements built in place,
options, defaults made in Python, types whose results need converting.

Transactions, the pool, prepared statements and errors stay SQLAlchemy's: it cannot tell the difference.
"""

from __future__ import annotations

import weakref
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import TracebackType
from typing import Any, cast

from sqlalchemy import ARRAY, Connection, CursorResult, Dialect, Engine, Executable
from sqlalchemy.exc import (
    DBAPIError,
    InvalidRequestError,
    SQLAlchemyError,
)
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.types import TypeEngine
from typing_extensions import override

from muvi.adapters.db.rows import Row, Rows

_MOST = 1000
Values = tuple[object, ...]


@dataclass(frozen=True, slots=True)
class Plan:
    """A statement as the driver takes it. `statement` is kept so that its id stays its own."""

    statement: Executable
    sql: str
    names: tuple[str, ...]
    fixed: Mapping[str, object]
    convert: Mapping[str, Callable[[object], object]]

    def values(self, given: Mapping[str, object]) -> Values:
        """Parameters in order. Raises `KeyError` for one that is missing."""
        fixed, convert = self.fixed, self.convert
        found = [given[name] if name in given else fixed[name] for name in self.names]
        if convert:
            for at, name in enumerate(self.names):
                if name in convert:
                    found[at] = convert[name](found[at])
        return tuple(found)


Key = tuple[int, tuple[str, ...], bool]


class Plans:
    """Plans of the statements of one engine. A statement gets one when it is met again."""

    def __init__(self, dialect: Dialect) -> None:
        self._dialect = dialect
        self._known: dict[Key, Plan | None] = {}
        self._met: dict[int, weakref.ref[Executable]] = {}
        self._kept: dict[int, Executable] = {}

    def __len__(self) -> int:
        return sum(plan is not None for plan in self._known.values())

    def of(self, statement: Executable, names: tuple[str, ...], *, many: bool) -> Plan | None:
        """None when the statement takes the ordinary way."""
        key = (id(statement), names, many)
        if key in self._known:
            return self._known[key]
        if not self._is_met_again(statement) or len(self._known) >= _MOST:
            return None
        plan = self._known[key] = self._made(statement, names, many=many)
        self._kept[id(statement)] = statement
        return plan

    def _is_met_again(self, statement: Executable) -> bool:
        at = id(statement)
        if at in self._kept:
            return True
        met = self._met.get(at)
        if met is not None and met() is statement:
            del self._met[at]
            return True
        self._met[at] = weakref.ref(statement, lambda _: self._met.pop(at, None))
        return False

    def _made(self, statement: Executable, names: tuple[str, ...], *, many: bool) -> Plan | None:
        try:
            compiled = cast("Any", statement).compile(
                dialect=self._dialect,
                column_keys=list(names),
                for_executemany=many,
            )
            return _plan(statement, compiled, names, self._dialect)
        except (SQLAlchemyError, TypeError, KeyError, AttributeError, NotImplementedError):
            return None


def _plan(statement: Executable, compiled: Any, given: tuple[str, ...], dialect: Dialect) -> Plan | None:  # noqa: ANN401
    if not isinstance(compiled, SQLCompiler) or compiled.insert_prefetch or compiled.update_prefetch:
        return None
    if any(_is_converted(column.type, dialect) for column in compiled._result_columns):  # noqa: SLF001  (as SQLAlchemy reads results)
        return None
    sql, names = str(compiled), tuple(compiled.positiontup or ())
    fixed, convert = dict(compiled.params), dict(compiled._bind_processors)  # noqa: SLF001
    if compiled.post_compile_params or compiled.literal_execute_params:  # lists that stand in the statement
        if any(bind.required for bind in (*compiled.post_compile_params, *compiled.literal_execute_params)):
            return None
        spread = compiled._process_parameters_for_postcompile(compiled.params)  # noqa: SLF001
        sql, names = spread.statement, tuple(spread.positiontup or ())
        fixed |= spread.additional_parameters
        convert |= spread.processors
    required = {name for bind, name in compiled.bind_names.items() if bind.required}
    if any(name not in given and (name in required or name not in fixed) for name in names):
        return None
    convert = {name: each for name, each in convert.items() if name in names}
    if not all(map(callable, convert.values())):
        return None
    return Plan(statement, sql, names, fixed, cast("Any", convert))


def _is_converted(kind: TypeEngine[Any], dialect: Dialect) -> bool:
    """Whether SQLAlchemy makes something else of the driver's values; a list stays a list."""
    if isinstance(kind, ARRAY):
        return kind.as_tuple or _is_converted(kind.item_type, dialect)
    return kind._cached_result_processor(dialect, None) is not None  # noqa: SLF001


class DirectConnection(AsyncConnection):
    """A connection with a short way for statements that it knows."""

    __slots__ = ()

    @override
    async def execute(
        self, statement: Executable, parameters: Any = None, *, execution_options: Any = None
    ) -> CursorResult[Any]:
        many = isinstance(parameters, list)
        engine = self.engine
        if execution_options is None and isinstance(engine, DirectEngine) and (not many or parameters):
            first = parameters[0] if many else parameters or {}
            plan = engine.plans.of(statement, tuple(first), many=many)
            if plan is not None:
                values = [plan.values(row) for row in (parameters if many else (first,))]
                return cast("CursorResult[Any]", await self._run(plan, values, alone=engine.alone))
        keep = isinstance(engine, DirectEngine) and engine.alone and not self.in_transaction()
        result = await super().execute(statement, parameters, execution_options=execution_options)
        if keep:
            await self.commit()
        return result

    @override
    async def __aexit__(
        self, type_: type[BaseException] | None, value: BaseException | None, traceback: TracebackType | None
    ) -> None:
        """With no transaction open nothing is said to the server: the connection goes back at once, without
        a task that would see it through.
        """
        sync = self.sync_connection
        if sync is None or sync.closed or sync.invalidated or _is_open(sync):
            await super().__aexit__(type_, value, traceback)
        else:
            sync.close()

    async def _run(self, plan: Plan, values: list[Values], *, alone: bool) -> Rows:
        sync = self.sync_connection
        if sync is None:
            raise InvalidRequestError("the connection is not open")
        if not alone and not sync.in_transaction():
            sync.begin()
        adapter: Any = sync.connection.dbapi_connection
        dialect: Any = sync.dialect
        try:
            async with adapter._execute_mutex:  # noqa: SLF001  (as the dialect's own cursor does it)
                if not alone and adapter._transaction is None:  # noqa: SLF001
                    await adapter._start_transaction()  # noqa: SLF001
                return await _executed(adapter, plan, values, dialect._invalidate_schema_cache_asof)  # noqa: SLF001
        except adapter.dbapi.Error as error:
            if isinstance(error, adapter.dbapi.InvalidCachedStatementError):
                dialect._invalidate_schema_cache()  # noqa: SLF001
            lost = dialect.is_disconnect(error, adapter, None)
            if lost:
                await self.invalidate(error)
            raise cast(
                "DBAPIError",
                DBAPIError.instance(
                    plan.sql,
                    None,
                    error,
                    adapter.dbapi.Error,
                    hide_parameters=True,
                    connection_invalidated=lost,
                    dialect=dialect,
                ),
            ) from error


def _is_open(sync: Connection) -> bool:
    adapter: Any = sync.connection.dbapi_connection
    return sync.in_transaction() or adapter._transaction is not None  # noqa: SLF001


async def _executed(adapter: Any, plan: Plan, values: list[Values], stale_before: float) -> Rows:  # noqa: ANN401
    try:
        if len(values) > 1:
            await adapter.driver_connection.executemany(plan.sql, values)
            return Rows((), "")
        prepared, _ = await adapter._prepare(plan.sql, stale_before)  # noqa: SLF001
        return Rows(await prepared.fetch(*values[0]), prepared.get_statusmsg() or "")
    except Exception as error:  # the adapter tells the driver's errors from others
        adapter._handle_exception(error)  # noqa: SLF001
        raise


class DirectEngine(AsyncEngine):
    """An engine whose connections know its statements. `alone`: each statement is its own transaction, which
    here takes none of what SQLAlchemy does to a connection to make it so.
    """

    __slots__ = ("alone", "plans")
    _connection_cls = DirectConnection

    def __init__(self, sync_engine: Engine, plans: Plans | None = None, *, alone: bool = False) -> None:
        super().__init__(sync_engine)
        self.plans = Plans(sync_engine.dialect) if plans is None else plans
        self.alone = alone

    @override
    def execution_options(self, **opt: Any) -> DirectEngine:
        return DirectEngine(self.sync_engine.execution_options(**opt), self.plans, alone=self.alone)

    def single(self) -> DirectEngine:
        """The same pool and statements, without transactions of several statements."""
        return DirectEngine(self.sync_engine, self.plans, alone=True)


DRIVER: Mapping[str, object] = {"record_class": Row}
"""What the driver is told for rows to have their columns as attributes."""


def direct(engine: AsyncEngine) -> DirectEngine:
    """The same engine with the short way. Its connections are to be made with `DRIVER`."""
    return DirectEngine(engine.sync_engine)
