"""The API whose claims take every seat that is asked for, whoever has it: the twin that must oversell."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import AbstractAsyncContextManager, asynccontextmanager

from dishka import Provider, Scope, provide
from litestar.types import ASGIApp
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine
from typing_extensions import override

from muvi.adapters.db.seat_claims import SqlSeatClaims
from muvi.adapters.db.unit_of_work import SqlTransaction, SqlUnitOfWork
from muvi.entrypoints.api import main
from muvi.entrypoints.web import create as create_web


class OpenTransaction(SqlTransaction):
    """Claims without their condition."""

    @property
    @override
    def claims(self) -> SqlSeatClaims:
        return SqlSeatClaims(self._connection, free_for_me="true")


class OpenUnitOfWork(SqlUnitOfWork):
    """Transactions without the guard."""

    @override
    def __call__(self) -> AbstractAsyncContextManager[SqlTransaction]:
        return self._open()

    @asynccontextmanager
    async def _open(self) -> AsyncGenerator[SqlTransaction]:
        async with self._engine.begin() as connection:
            await connection.execute(text("SET LOCAL lock_timeout = '10s'"))
            yield OpenTransaction(connection)


class Unguarded(Provider):
    """The guard off."""

    scope = Scope.APP

    @provide(override=True)
    def unit_of_work(self, engine: AsyncEngine) -> SqlUnitOfWork:
        return OpenUnitOfWork(engine)


def create() -> ASGIApp:
    return create_web(Unguarded())


if __name__ == "__main__":
    main("tests.faults.unguarded_api:create")
