"""What the database refuses, whoever asks."""

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncEngine
from tests.builders_payments import NOW, PRICE, a_refund, a_report, a_transaction, an_open_attempt
from tests.contract.worlds import sql_world

from muvi.domain.payments.attempt_status import TRANSITIONS, AttemptStatus
from muvi.domain.payments.report import Verdict


@pytest.fixture
async def paid(clean_database: AsyncEngine) -> AsyncEngine:
    """A database with one paid attempt and one refund of it."""
    begin = sql_world(clean_database).begin
    async with begin() as tx:
        attempt = an_open_attempt()
        await tx.attempts.add(attempt)
        report = a_report(Verdict.CAPTURED, a_transaction())
        await tx.attempts.record(attempt, report.transactions, NOW)
        attempt.apply(report, NOW, signals_seen=0)
        refund = a_refund(attempt)
        await tx.refunds.add(refund)
        await tx.attempts.save(attempt)
    return clean_database


async def refused(engine: AsyncEngine, statement: str) -> str:
    """The constraint that a statement meets."""
    with pytest.raises(DBAPIError) as error:
        async with engine.begin() as connection:
            await connection.execute(text(statement))
    return str(error.value.driver_exception.constraint_name)


async def test_more_than_was_taken_is_never_reserved(paid: AsyncEngine) -> None:
    over = f"UPDATE gateway_transactions SET reserved_minor = {PRICE.minor + 1}"  # noqa: S608
    assert await refused(paid, over) == "ck_gateway_transactions_refunds"
    assert await refused(paid, "UPDATE gateway_transactions SET refunded_minor = -1") in (
        "ck_gateway_transactions_refunds",
        "ck_gateway_transactions_captured",
    )


async def test_captured_money_is_never_rewritten(paid: AsyncEngine) -> None:
    for change in ("verdict = 'declined'", "amount_minor = 1000000"):
        statement = f"UPDATE gateway_transactions SET {change}"  # noqa: S608
        assert await refused(paid, statement) == "ck_gateway_transactions_captured"


async def test_without_the_guard_it_would_be(paid: AsyncEngine) -> None:
    """The twin."""
    async with paid.begin() as connection:
        await connection.execute(text("ALTER TABLE gateway_transactions DISABLE TRIGGER captured_stays"))
        await connection.execute(text("UPDATE gateway_transactions SET verdict = 'declined'"))
        await connection.execute(text("ALTER TABLE gateway_transactions ENABLE TRIGGER captured_stays"))


async def test_the_database_knows_the_same_transitions_as_the_domain(paid: AsyncEngine) -> None:
    for before in AttemptStatus:
        for after in AttemptStatus:
            legal = after is before or after in TRANSITIONS[before]
            if before is AttemptStatus.INITIATED and after is AttemptStatus.CAPTURED:
                continue  # through PENDING within one phase, see `PaymentAttempt.apply`
            async with paid.connect() as connection:
                await connection.execute(text("ALTER TABLE payment_attempts DISABLE TRIGGER legal_status"))
                await connection.execute(text("UPDATE payment_attempts SET status = :s"), {"s": before})
                await connection.execute(text("ALTER TABLE payment_attempts ENABLE TRIGGER legal_status"))
                change = connection.execute(text("UPDATE payment_attempts SET status = :s"), {"s": after})
                if legal:
                    await change
                else:
                    with pytest.raises(DBAPIError, match="does not go from"):
                        await change
                await connection.rollback()


async def test_a_done_refund_stays_done(paid: AsyncEngine) -> None:
    async with paid.begin() as connection:
        await connection.execute(text("UPDATE refunds SET status = 'SENT'"))
        await connection.execute(text("UPDATE refunds SET status = 'DONE'"))
    assert await refused(paid, "UPDATE refunds SET status = 'SENT'") == "ck_refunds_transition"


async def test_a_refund_names_a_payment_that_exists(paid: AsyncEngine) -> None:
    assert await refused(paid, "UPDATE refunds SET payment_id = 'elsewhere'") == "fk_refunds_payment_id"


async def test_one_transaction_of_a_gateway_is_one_row(paid: AsyncEngine) -> None:
    copy = "INSERT INTO gateway_transactions SELECT * FROM gateway_transactions"
    assert await refused(paid, copy) == "pk_gateway_transactions"
