"""Whoever waited for an attempt's lock sees its captures as the one before left them."""

import asyncio

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine
from tests.builders_payments import NOW, a_report, a_transaction, an_open_attempt
from tests.contract.kit.locks import somebody_waits
from tests.contract.worlds import sql_world

from muvi.adapters.db import payment_attempts as sql_attempts
from muvi.domain.payments.attempt import PaymentAttempt
from muvi.domain.payments.report import Verdict

ID = an_open_attempt().id


async def read_behind(engine: AsyncEngine) -> PaymentAttempt:
    """One phase records a capture, another waits for its lock: what the second read."""
    world = sql_world(engine)
    async with world.begin() as tx:
        await tx.attempts.add(an_open_attempt())

    async def wait_and_read() -> PaymentAttempt:
        async with world.begin() as tx:
            found: PaymentAttempt = await tx.attempts.get(ID, for_update=True)
        return found

    report = a_report(Verdict.CAPTURED, a_transaction("t1"))
    async with asyncio.TaskGroup() as group, world.begin() as first:
        attempt = await first.attempts.get(ID, for_update=True)
        await first.attempts.record(attempt, report.transactions, NOW)
        attempt.apply(report, NOW, signals_seen=0)
        await first.attempts.save(attempt)
        waiting = group.create_task(wait_and_read())
        await somebody_waits(engine)
    return waiting.result()


async def test_who_waited_sees_the_captures_too(clean_database: AsyncEngine) -> None:
    assert [one.transaction_id for one in (await read_behind(clean_database)).captured] == ["t1"]


async def test_without_reading_again_the_capture_would_be_missed(
    clean_database: AsyncEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The twin: a statement that waits keeps the snapshot it began with."""
    monkeypatch.setattr(sql_attempts, "stale", lambda _row: False)
    found = await read_behind(clean_database)
    assert (found.is_paid, found.captured) == (True, ())
