"""Driver errors in the words of the core. Nothing of SQLAlchemy or asyncpg leaves this package."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from muvi.adapters.db.constraints import meaning_of
from muvi.domain.shared.errors import Conflict
from muvi.ports.errors import Unavailable

LOCK_TIMEOUT = "55P03"
INTEGRITY = "23"
"""The class of everything that a constraint refuses."""
OTHER_SCHEMA = frozenset({"42P01", "42703", "3F000"})
"""No such table, column or schema."""
RETRYABLE = frozenset({"40001", "40P01", "0A000"})
"""Serialization failure, deadlock, stale cached plan: the whole phase may run once more."""


class Busy(Conflict):
    """Somebody else holds the row just now."""

    code = "busy"
    title = "Somebody else is changing this right now"
    title_ar = "يجري تعديل هذا العنصر الآن"


def sqlstate_of(error: DBAPIError) -> str:
    """The five characters by which PostgreSQL classifies an error, empty when it did not come from the
    server.
    """
    return str(getattr(_driver_error(error), "sqlstate", None) or "")


def _driver_error(error: DBAPIError) -> BaseException | None:
    """What the driver raised; for a stale cached plan SQLAlchemy keeps it as a mere cause."""
    try:
        return error.driver_exception
    except ValueError:
        return error.orig.__cause__ if error.orig else None


def translated(error: DBAPIError) -> Exception:
    """The domain or port error that a driver error means; programming errors come back as they are."""
    state = sqlstate_of(error)
    if state == LOCK_TIMEOUT:
        return Busy()
    if state.startswith(INTEGRITY):
        constraint = str(getattr(_driver_error(error), "constraint_name", None) or "")
        return meaning_of(constraint)(f"{constraint or state} refuses")
    lost = error.connection_invalidated or isinstance(error, OperationalError | InterfaceError)
    if lost or state[:2] in {"08", "53", "57"} or state in RETRYABLE:
        return Unavailable("the database cannot serve this now", system="database", retry_after_s=1)
    return error


def told(error: DBAPIError) -> str:
    """A line for whoever runs the database; what was asked for and with which values stays unsaid."""
    if sqlstate_of(error) in OTHER_SCHEMA:
        return "The schema of the database is not that of this program: muvi migrate (muvi doctor tells both)"
    meant = translated(error)
    if meant is error:
        return f"the database says: {str(_driver_error(error) or type(error).__name__).partition(chr(10))[0]}"
    return str(meant)


@asynccontextmanager
async def translating() -> AsyncGenerator[None]:
    """Run a block so that only errors of the core leave it."""
    try:
        yield
    except DBAPIError as error:
        meant = translated(error)
        if meant is error:
            raise
        raise meant from error
    except (PoolTimeout, OSError) as error:
        raise Unavailable("the database cannot be reached", system="database", retry_after_s=2) from error
