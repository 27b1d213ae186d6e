"""Work that waits: for a worker, or for a person."""

from __future__ import annotations

from collections.abc import AsyncIterator

from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import create_async_engine

from muvi.adapters.db.attention import SqlAttentionViews
from muvi.adapters.db.errors import told
from muvi.entrypoints.doctor.database import AWAY
from muvi.entrypoints.doctor.findings import Finding, check, failure, ok, warning
from muvi.entrypoints.doctor.patient import CALL_S, CONNECT_S, Patient
from muvi.ports.errors import PortError

SECTION = "work"
LATE_S = 120
LISTS = {
    "checkouts": "SELECT count(*), min(next_at) FROM checkouts WHERE next_at < $1",
    "payments": "SELECT count(*), min(next_check_at) FROM payment_attempts WHERE next_check_at < $1",
    "refunds": "SELECT count(*), min(next_at) FROM refunds WHERE next_at < $1",
    "outbox": "SELECT count(*), min(available_at) FROM outbox"
    " WHERE done_at IS NULL AND dead_at IS NULL AND available_at < $1",
}
START = "start a worker (python -m muvi.entrypoints.worker), or look at its log"
_DEAD = "SELECT count(*) FROM outbox WHERE dead_at IS NOT NULL"
_STRANGE = "SELECT count(*) FROM webhook_events WHERE quarantined"


@check(SECTION, "lists")
async def lists(patient: Patient) -> AsyncIterator[Finding]:
    """What was due minutes ago and still is: workers are down, or behind."""
    now = patient.clock.now()
    try:
        async with patient.database() as connection:
            for name, query in LISTS.items():
                late, since = await connection.fetchrow(query, now)
                waited_s = (now - since).total_seconds() if since else 0.0
                if waited_s > LATE_S:
                    yield failure(name, f"{late} overdue, the oldest for {waited_s:.0f} s", START)
                else:
                    yield ok(name, f"{late} due, none for long")
            if dead := await connection.fetchval(_DEAD):
                yield warning("dead messages", f"{dead}", "muvi outbox list; docs/runbooks/messages.md")
            if strange := await connection.fetchval(_STRANGE):
                said = f"{strange} proven webhooks name nothing of ours"
                yield warning("webhooks", said, "docs/runbooks/purchase-in-trouble.md, the manual queue")
    except AWAY as error:
        yield warning("lists", f"cannot be counted: {type(error).__name__}", "see PostgreSQL")


@check(SECTION, "attention")
async def attention(patient: Patient) -> AsyncIterator[Finding]:
    """What waits for a person."""
    engine = create_async_engine(
        patient.settings.database_url, connect_args={"timeout": CONNECT_S, "command_timeout": CALL_S}
    )
    try:
        counted = await SqlAttentionViews(engine).count(now=patient.clock.now())
    except (*AWAY, PortError) as error:
        yield warning("attention", f"cannot be counted: {type(error).__name__}", "see PostgreSQL")
        return
    except DBAPIError as error:
        yield warning("attention", f"cannot be counted: {told(error)}", "see PostgreSQL")
        return
    finally:
        await engine.dispose()
    for kind, number in counted.items():
        said = f"{number} wait for a person"
        yield warning(f"{kind}s", said, "muvi attention list") if number else ok(f"{kind}s", said)


CHECKS = (lists, attention)
