"""PostgreSQL: reachable, of a version that is supported, migrated, on time, with connections to spare."""

from __future__ import annotations

from collections.abc import AsyncIterator

import asyncpg

from muvi.adapters.db.revisions import known, newest
from muvi.entrypoints.doctor.findings import Finding, check, failure, ok, warning
from muvi.entrypoints.doctor.patient import Patient

SECTION = "PostgreSQL"
VERSIONS = range(15, 19)
SKEW_S, BAD_SKEW_S = 2.0, 30.0
LAG_S = 10.0
MOST_USED = 0.8
START = "start it, or set DATABASE_URL (or DB_WRITE_HOST …); docs/runbooks/database-restarted.md"
FEWER = "lower DB_POOL_MAX, or raise max_connections of the server"
NEWER = "install the program that the database was migrated for; an older one cannot take it back"
AWAY = (OSError, asyncpg.PostgresError, asyncpg.InterfaceError, TimeoutError)


@check(SECTION, "primary")
async def primary(patient: Patient) -> AsyncIterator[Finding]:
    """Reachable, which version, which schema, whose clock."""
    try:
        async with patient.database() as connection:
            major = connection.get_server_version().major
            yield _version(major)
            if await connection.fetchval("SELECT pg_is_in_recovery()"):
                yield failure("role", "it is a replica, and cannot be written to", "set DB_WRITE_HOST")
            yield await _schema(connection)
            yield await _clock(patient, connection)
            yield await _connections(connection)
    except asyncpg.TooManyConnectionsError as error:
        yield failure("connections", str(error), FEWER)
    except AWAY as error:
        yield failure("primary", f"not reachable: {_why(error)}", START)


def _version(major: int) -> Finding:
    if major in VERSIONS:
        return ok("primary", f"reachable, version {major}")
    wanted = f"use one of {VERSIONS[0]} to {VERSIONS[-1]}"
    return warning("primary", f"reachable, but version {major} was never tried", wanted)


async def _schema(connection: asyncpg.Connection) -> Finding:
    try:
        rows = await connection.fetch("SELECT version_num FROM alembic_version")
    except asyncpg.UndefinedTableError:
        return failure("schema", "there is none", "muvi migrate")
    applied, wanted = {row["version_num"] for row in rows}, newest()
    if applied == wanted:
        return ok("schema", f"at {', '.join(sorted(applied))}, the newest")
    said = f"at {', '.join(sorted(applied)) or 'nothing'}, the program wants {', '.join(sorted(wanted))}"
    if applied - known():
        return failure("schema", f"{said}: this program is older than the database", NEWER)
    return failure("schema", said, "muvi migrate, before the new processes start")


async def _clock(patient: Patient, connection: asyncpg.Connection) -> Finding:
    before = patient.clock.now()
    theirs = await connection.fetchval("SELECT clock_timestamp()")
    ours = before + (patient.clock.now() - before) / 2
    skew_s = abs((theirs - ours).total_seconds())
    said = f"{skew_s:.2f} s apart from this machine's"
    if skew_s <= SKEW_S:
        return ok("clock", said)
    remedy = "let both machines follow a time server (chrony, systemd-timesyncd)"
    return failure("clock", said, remedy) if skew_s > BAD_SKEW_S else warning("clock", said, remedy)


async def _connections(connection: asyncpg.Connection) -> Finding:
    used = await connection.fetchval(
        "SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'client backend'"
    )
    most = int(await connection.fetchval("SELECT current_setting('max_connections')"))
    said = f"{used} of {most} in use"
    if used <= most * MOST_USED:
        return ok("connections", said)
    return warning("connections", said, FEWER)


@check(SECTION, "replica")
async def replica(patient: Patient) -> AsyncIterator[Finding]:
    """How far the replica that answers browsing is behind, where there is one."""
    url = patient.settings.read_database_url
    if url == patient.settings.database_url:
        return
    try:
        async with patient.database(url) as connection:
            if not await connection.fetchval("SELECT pg_is_in_recovery()"):
                yield ok("replica", "DB_READ_HOST names a server that follows nobody")
                return
            lag = await connection.fetchval(
                "SELECT CASE WHEN pg_last_wal_receive_lsn() = pg_last_wal_replay_lsn() THEN 0"
                " ELSE extract(epoch FROM clock_timestamp() - pg_last_xact_replay_timestamp()) END"
            )
            lag_s = float(lag or 0)
            if lag_s > LAG_S:
                yield warning("replica", f"{lag_s:.0f} s behind", "look at its load, or unset DB_READ_HOST")
            else:
                yield ok("replica", f"{lag_s:.1f} s behind")
    except AWAY as error:
        yield failure("replica", f"not reachable: {_why(error)}", "start it, or unset DB_READ_HOST")


def _why(error: BaseException) -> str:
    return f"{type(error).__name__} {error}".strip()


CHECKS = (primary, replica)
