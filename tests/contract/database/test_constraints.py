"""Every constraint has a name, and what the database refuses leaves the adapter as an error of the core."""

import re

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine
from tests.builders_orders import NOW, an_order
from tests.contract.purchase_stores import SqlStore

from muvi.adapters.db.constraints import MEANINGS, meaning_of
from muvi.adapters.db.errors import translating
from muvi.domain.orders.errors import IllegalTransition
from muvi.domain.shared.errors import AlreadyThere, DomainError, InvariantBroken, ReferenceLost

NAMES = """
    SELECT conrelid::regclass::text AS held_by, conname AS name, contype::text AS kind FROM pg_constraint
    WHERE connamespace = 'public'::regnamespace AND contype IN ('p', 'u', 'f', 'c')
      AND conrelid::regclass::text <> 'alembic_version'
    UNION ALL
    SELECT indrelid::regclass::text, indexrelid::regclass::text, 'u' FROM pg_index
    JOIN pg_class ON pg_class.oid = indrelid AND relnamespace = 'public'::regnamespace
    WHERE indisunique AND indrelid::regclass::text <> 'alembic_version'
      AND indexrelid NOT IN (SELECT conindid FROM pg_constraint)
"""
DEFECTS = frozenset(
    """
    ck_auth_sessions_generation ck_auth_sessions_kind ck_auth_sessions_revoked
    ck_gateway_transactions_captured ck_idempotency_keys_answer ck_idempotency_keys_status
    ck_ledger_entries_balance ck_ledger_entries_minor ck_notifications_finished ck_notifications_state
    ck_order_lines_amounts ck_orders_operation ck_orders_status ck_orders_total ck_orders_vat
    ck_otp_challenges_challenge ck_otp_challenges_failures ck_otp_challenges_state
    ck_otp_challenges_tries ck_outbox_end ck_payment_attempts_amount ck_payment_attempts_status
    ck_payment_attempts_transition ck_refunds_amount ck_refunds_status ck_refunds_transition
    ck_seat_claims_held_expires ck_seat_claims_state ck_showtimes_price_from_minor
    ck_showtimes_seats_available ck_sms_sender_choices_alone uq_banners_key uq_box_office_orders_ref
    uq_cancellation_reasons_key uq_cinemas_box_office_id uq_cinemas_unique_name uq_cities_source_key
    uq_experiences_box_office_id uq_experiences_unique_name uq_films_box_office_id uq_films_unique_name
    uq_genres_box_office_id uq_ledger_journals_kind_source uq_order_lines_order_id_position
    uq_payment_attempts_checkout uq_people_box_office_id uq_ratings_code uq_screens_cinema_id_number
    uq_showtimes_box_office_id uq_tickets_code uq_tickets_line_id uq_users_phone
    uq_webhook_events_gateway_digest
    """.split()  # noqa: SIM905  (a list of fifty names is easier to read so)
)
"""Nobody meets these by what they ask for: statements write over them, or the domain has checked before."""
RAISED = r"CONSTRAINT = '([a-z_]+)'"
PREFIX = {"p": "pk", "u": "uq", "f": "fk", "c": "ck"}


async def rows(engine: AsyncEngine, sql: str) -> list[tuple[str, ...]]:
    async with engine.connect() as connection:
        return [tuple(row) for row in await connection.execute(text(sql))]


async def raised(engine: AsyncEngine) -> set[str]:
    """The names that triggers give to what they refuse."""
    sources = await rows(engine, "SELECT prosrc FROM pg_proc WHERE pronamespace = 'public'::regnamespace")
    return {name for (source,) in sources for name in re.findall(RAISED, source)}


async def test_every_constraint_is_named_after_its_kind_and_table(clean_database: AsyncEngine) -> None:
    found = await rows(clean_database, NAMES)
    assert len(found) > 100
    odd = [
        name for table, name, kind in found if not re.match(rf"{PREFIX[kind]}_{table}(_[a-z0-9_]+)?$", name)
    ]
    assert odd == []


async def test_every_constraint_stands_for_an_error_of_the_core(clean_database: AsyncEngine) -> None:
    names = {name for _, name, _ in await rows(clean_database, NAMES)} | await raised(clean_database)
    assert set(MEANINGS) <= names, "a meaning is kept for a constraint that is gone"
    decided = {name for name in names if name[:2] in {"uq", "ck"}}
    assert decided == {*MEANINGS} | DEFECTS, "say what a constraint means, or that only a defect meets it"
    assert {meaning_of(name) for name in DEFECTS} == {AlreadyThere, InvariantBroken}
    assert {meaning_of(name) for name in names - decided} == {AlreadyThere, ReferenceLost}


@pytest.mark.parametrize(
    ("statement", "meant"),
    [
        ("INSERT INTO orders SELECT * FROM orders", AlreadyThere),
        ("UPDATE order_timeline SET order_id = gen_random_uuid()", ReferenceLost),
        ("DELETE FROM cinemas", ReferenceLost),
        ("UPDATE orders SET total_minor = -1, vat_minor = -1", InvariantBroken),
        ("UPDATE orders SET platform = NULL", InvariantBroken),
        ("UPDATE orders SET status = 'COMPLETED'", IllegalTransition),
    ],
)  # fmt: skip
async def test_a_refusal_of_the_database_is_an_error_of_the_core(
    sql_store: SqlStore, statement: str, meant: type[DomainError]
) -> None:
    async with sql_store.begin() as tx:
        order = an_order()
        order.note("order-placed", NOW)
        await tx.orders.add(order)
    with pytest.raises(DomainError) as refusal:
        async with translating(), sql_store.engine.begin() as connection:
            await connection.execute(text(statement))
    assert type(refusal.value) is meant


async def test_rows_that_are_never_changed_say_so_too(clean_database: AsyncEngine) -> None:
    assert meaning_of("") is InvariantBroken  # what a trigger raises without a name
    source = await rows(clean_database, "SELECT prosrc FROM pg_proc WHERE proname = 'refuse_change'")
    assert "check_violation" in source[0][0]
