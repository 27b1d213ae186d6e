"""Statements that are built once go straight to the driver.

SQLAlchemy composes and compiles them; what it does around each execution (a greenlet, a context, a cursor, a
result) costs several times what the statement itself does, and a purchase is some hundred statements. So an
engine remembers the statements it meets again: from the second time on their text and the order of their
parameters are known. Whatever is out of the ordinary takes the ordinary way: statements built in place,
options, defaults made in Python, types whose results need converting.

Transactions, the pool, prepared statements and errors stay SQLAlchemy's: it cannot tell the difference.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from types import TracebackType
from typing import Any, TypeVar, cast

from sqlalchemy import Connection, CursorResult, Engine, Executable
from sqlalchemy.exc import DBAPIError, InvalidRequestError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine
from typing_extensions import override

from muvi.adapters.db.plans import Plan, Plans, Values
from muvi.adapters.db.rows import Row, Rows

T = TypeVar("T")
Later = tuple[Plan, Values, type[Exception] | None]


class DirectConnection(AsyncConnection):
    """A connection with a short way for statements that it knows, and one trip for writes that can wait."""

    __slots__ = ("_waiting",)

    def __init__(self, async_engine: AsyncEngine, sync_connection: Connection | None = None) -> None:
        super().__init__(async_engine, sync_connection)
        self._waiting: list[Later] = []

    async def later(
        self,
        statement: Executable,
        parameters: Mapping[str, object],
        *,
        unless: type[Exception] | None = None,
    ) -> None:
        """Write by the end of the transaction, and before the next statement that is executed.

        Raises `unless`, then or now, when the statement answers no row.
        """
        engine = cast("DirectEngine", self.engine)
        plan = None if engine.alone else engine.plans.of(statement, tuple(parameters), many=False)
        if plan is None:
            found = await self.execute(statement, parameters)
            if unless is not None and found.first() is None:
                raise unless
            return
        if any(plan.write.meets(known.write) for known, _, _ in self._waiting):
            await self.flush()
        self._waiting.append((plan, plan.values(parameters), unless))

    async def flush(self, *, last: bool = False) -> None:
        """Write what waits, all of it in one statement, which is a transaction of its own when it is the
        `last` of one that has said nothing yet and when nothing can come of it but an error.
        """
        if not self._waiting:
            return
        waiting, self._waiting = self._waiting, []
        alone = last and not self._has_begun() and not any(unless for _, _, unless in waiting)
        if len(waiting) == 1:
            [(plan, values, unless)] = waiting
            counts = [len((await self._run(plan.sql, [values], alone=alone)).all())] if unless else None
            if counts is None:
                await self._run(plan.sql, [values], alone=alone)
        else:
            sql = cast("DirectEngine", self.engine).plans.together(tuple(plan for plan, _, _ in waiting))
            every = tuple(value for _, values, _ in waiting for value in values)
            counts = (await self._run(sql, [every], alone=alone)).one()
        for (_, _, unless), count in zip(waiting, counts or (), strict=counts is not None):
            if unless is not None and not count:
                raise unless

    async def finish(self) -> None:
        """Write what waits and commit, without the greenlets of the ordinary way."""
        await self.flush(last=True)
        adapter = self._adapter()
        transaction = adapter._transaction  # noqa: SLF001  (as the dialect's own connection does it)
        if transaction is not None:
            await self._guarded("COMMIT", lambda: adapter._call_and_discard(transaction.commit))  # noqa: SLF001

    @override
    async def execute(
        self, statement: Executable, parameters: Any = None, *, execution_options: Any = None
    ) -> CursorResult[Any]:
        await self.flush()
        many = isinstance(parameters, list)
        engine = self.engine
        if execution_options is None and isinstance(engine, DirectEngine) and (not many or parameters):
            first = parameters[0] if many else parameters or {}
            plan = engine.plans.of(statement, tuple(first), many=many)
            if plan is not None:
                values = [plan.values(row) for row in (parameters if many else (first,))]
                return cast("CursorResult[Any]", await self._run(plan.sql, values, alone=engine.alone))
        keep = isinstance(engine, DirectEngine) and engine.alone and not self.in_transaction()
        result = await super().execute(statement, parameters, execution_options=execution_options)
        if keep:
            await self.commit()
        return result

    @override
    async def commit(self) -> None:
        await self.flush()
        await super().commit()

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

    def _adapter(self) -> Any:  # noqa: ANN401
        sync = self.sync_connection
        if sync is None:
            raise InvalidRequestError("the connection is not open")
        return sync.connection.dbapi_connection

    def _has_begun(self) -> bool:
        return self._adapter()._transaction is not None  # noqa: SLF001

    async def _run(self, sql: str, values: list[Values], *, alone: bool) -> Rows:
        adapter, sync = self._adapter(), cast("Connection", self.sync_connection)
        if not alone and not sync.in_transaction():
            sync.begin()
        stale_before = cast("Any", sync.dialect)._invalidate_schema_cache_asof  # noqa: SLF001

        async def run() -> Rows:
            async with adapter._execute_mutex:  # noqa: SLF001  (as the dialect's own cursor does it)
                if not alone and adapter._transaction is None:  # noqa: SLF001
                    await adapter._start_transaction()  # noqa: SLF001
                return await _executed(adapter, sql, values, stale_before)

        return await self._guarded(sql, run)

    async def _guarded(self, sql: str, run: Callable[[], Awaitable[T]]) -> T:
        adapter, dialect = self._adapter(), cast("Any", self.dialect)
        try:
            try:
                return await run()
            except Exception as error:  # the adapter tells the driver's errors from others
                if not isinstance(error, adapter.dbapi.Error):
                    adapter._handle_exception(error)  # noqa: SLF001
                raise
        except adapter.dbapi.Error as error:
            if isinstance(error, adapter.dbapi.InvalidCachedStatementError):
                dialect._invalidate_schema_cache()  # noqa: SLF001
            lost = dialect.is_disconnect(error, adapter, None)
            if lost:
                await self.invalidate(error)
            raise cast(
                "DBAPIError",
                DBAPIError.instance(
                    sql,
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


async def _executed(adapter: Any, sql: str, values: list[Values], stale_before: float) -> Rows:  # noqa: ANN401
    if len(values) > 1:
        await adapter.driver_connection.executemany(sql, values)
        return Rows((), "")
    prepared, _ = await adapter._prepare(sql, stale_before)  # noqa: SLF001
    return Rows(await prepared.fetch(*values[0]), prepared.get_statusmsg() or "")


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

    @override
    @asynccontextmanager
    async def begin(self) -> AsyncGenerator[AsyncConnection]:
        """A transaction: what waits is written, then all of it committed, at the end of the block. When that
        fails the connection is closed with its transaction open, which undoes it.
        """
        async with self.connect() as connection:
            transaction = cast("Connection", connection.sync_connection).begin()
            yield connection
            await cast("DirectConnection", connection).finish()
            transaction.commit()  # nothing is left to say to the server

    def single(self) -> DirectEngine:
        """The same pool and statements, without transactions of several statements."""
        return DirectEngine(self.sync_engine, self.plans, alone=True)


async def later(
    connection: AsyncConnection,
    statement: Executable,
    parameters: Mapping[str, object],
    *,
    unless: type[Exception] | None = None,
) -> None:
    """Write by the end of the transaction, together with what else waits; on an ordinary connection now.

    Raises `unless`, then or now, when the statement answers no row.
    """
    if isinstance(connection, DirectConnection):
        await connection.later(statement, parameters, unless=unless)
        return
    found = await connection.execute(statement, parameters)
    if unless is not None and found.first() is None:
        raise unless


DRIVER: Mapping[str, object] = {"record_class": Row}
"""What the driver is told for rows to have their columns as attributes."""


def direct(engine: AsyncEngine) -> DirectEngine:
    """The same engine with the short way. Its connections are to be made with `DRIVER`."""
    return DirectEngine(engine.sync_engine)
