"""Everything about one order, read from PostgreSQL as of one moment."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import fields
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, JSON, Row, Text, Uuid, bindparam, cast, func, select, text, type_coerce, union
from sqlalchemy.dialects.postgresql import aggregate_order_by
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine
from typing_extensions import override

from muvi.adapters.db.checkouts import checkout_of
from muvi.adapters.db.errors import translating
from muvi.adapters.db.order_views import view_of
from muvi.adapters.db.orders import SqlOrders
from muvi.adapters.db.payment_attempts import SqlPaymentAttempts
from muvi.adapters.db.refunds import SqlRefunds
from muvi.adapters.db.tables.identity import users
from muvi.adapters.db.tables.ledger import ledger_entries, ledger_journals
from muvi.adapters.db.tables.messaging import outbox
from muvi.adapters.db.tables.notifications import notifications
from muvi.adapters.db.tables.orders import box_office_orders, checkouts, orders
from muvi.adapters.db.tables.payments import gateway_transactions, payment_attempts, refunds, webhook_events
from muvi.adapters.db.tables.seating import seat_claim_events, seat_claims
from muvi.adapters.db.tables.tickets import tickets
from muvi.domain.ledger.journal import Entry, Journal, JournalKind
from muvi.domain.payments.report import ReportedTransaction, TransactionKind, Verdict
from muvi.domain.shared.ids import from_wire, to_wire
from muvi.domain.shared.money import Money
from muvi.ports.orders.dossier import (
    MOST_FOUND,
    ClaimChange,
    ClaimNow,
    Dossier,
    Dossiers,
    KeptMessage,
    KeptNotice,
    KeptWebhook,
    SeenTransaction,
)

_ONE_MOMENT = text("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
_ID, _CLUE = bindparam("id", type_=Uuid), bindparam("clue", type_=Text)
_PHONE = bindparam("phone", type_=Text)
_EITHER = func.any(bindparam("either", type_=ARRAY(Text)))
_ATTEMPT, _TRANSACTION = payment_attempts.c, gateway_transactions.c
_MEANT = union(
    select(orders.c.id.label("order_id")).where(orders.c.id == _ID),
    select(_ATTEMPT.order_id).where(_ATTEMPT.id == _ID),
    select(refunds.c.order_id).where(refunds.c.id == _ID),
    select(orders.c.id).where(orders.c.booking_id == _EITHER, orders.c.booking_id != ""),
    select(orders.c.id).where(orders.c.booking_number == _CLUE, orders.c.booking_number != ""),
    select(orders.c.id).join(users, users.c.id == orders.c.owner_id).where(users.c.phone == _PHONE),
    select(checkouts.c.order_id).where(checkouts.c.request_id == _CLUE),
    select(_ATTEMPT.order_id).where(_ATTEMPT.request_id == _CLUE),
    select(tickets.c.order_id).where(tickets.c.code == _EITHER),
    select(box_office_orders.c.order_id).where(box_office_orders.c.ref == _EITHER),
    select(_ATTEMPT.order_id).where(_ATTEMPT.checkout_id == _CLUE, _ATTEMPT.checkout_id != ""),
    select(_ATTEMPT.order_id)
    .join(gateway_transactions, _TRANSACTION.attempt_id == _ATTEMPT.id)
    .where(_TRANSACTION.transaction_id == _CLUE),
).subquery("meant")
_FIND = select(_MEANT.c.order_id).order_by(_MEANT.c.order_id.desc()).limit(MOST_FOUND)
_KEY = bindparam("key", type_=Uuid)
_OURS = select(_ATTEMPT.id).where(_ATTEMPT.order_id == _KEY)
_CHECKOUT = select(checkouts).where(checkouts.c.order_id == _KEY)
_SEEN = (
    select(gateway_transactions)
    .where(_TRANSACTION.attempt_id.in_(_OURS))
    .order_by(_TRANSACTION.first_seen_at, _TRANSACTION.transaction_id)
)
_CLAIMS = (
    select(seat_claims.c.seat_key, seat_claims.c.state, seat_claims.c.expires_at)
    .where(seat_claims.c.order_id == _KEY)
    .order_by(seat_claims.c.seat_key)
)
_EVENT = seat_claim_events.c
_SHOW_OF = select(orders.c.showtime_id).where(orders.c.id == _KEY).scalar_subquery()
_CHANGES = (
    select(_EVENT.at, _EVENT.seat_key, _EVENT.state)
    .where(_EVENT.showtime_id == _SHOW_OF, _EVENT.order_id == _KEY)
    .order_by(_EVENT.id)
)
_WEBHOOK_NAMES = tuple(field.name for field in fields(KeptWebhook))
_WEBHOOKS = (
    select(*(webhook_events.c[name] for name in _WEBHOOK_NAMES))
    .where(webhook_events.c.attempt_id.in_(_OURS))
    .order_by(webhook_events.c.received_at, webhook_events.c.id)
)
_MESSAGE_NAMES = tuple(field.name for field in fields(KeptMessage))
_MESSAGES = (
    select(*(outbox.c[name] for name in _MESSAGE_NAMES))
    .where(outbox.c.payload["order_id"].astext == bindparam("wire", type_=Text))
    .order_by(outbox.c.occurred_at, outbox.c.id)
)
_NOTICE_NAMES = tuple(field.name for field in fields(KeptNotice))
_NOTICES = (
    select(*(notifications.c[name] for name in _NOTICE_NAMES))
    .where(notifications.c.subject_id == _KEY)
    .order_by(notifications.c.created_at, notifications.c.kind)
)
_PAIR = func.json_build_array(ledger_entries.c.account, ledger_entries.c.minor)
_ENTRIES = type_coerce(func.json_agg(aggregate_order_by(_PAIR, ledger_entries.c.id)), JSON)
_JOURNALS = (
    select(ledger_journals, _ENTRIES.label("entries"))
    .join(ledger_entries, ledger_entries.c.journal_id == ledger_journals.c.id)
    .where(ledger_journals.c.order_id == cast(_KEY, Uuid))
    .group_by(ledger_journals.c.id)
    .order_by(ledger_journals.c.id)
)


class SqlDossiers(Dossiers):
    """Reads on the primary's pool."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    @override
    async def find(self, clue: str, *, phone: str = "") -> tuple[UUID, ...]:
        either = sorted({clue, clue.upper(), clue.lower()})
        facts = {"id": _id(clue), "clue": clue, "either": either, "phone": phone}
        async with translating(), self._engine.connect() as connection:
            return tuple((await connection.execute(_FIND, facts)).scalars())

    @override
    async def of(self, order_id: UUID) -> Dossier | None:
        async with translating(), self._engine.begin() as connection:
            await connection.execute(_ONE_MOMENT)
            order = await SqlOrders(connection).get(order_id)
            view = await view_of(connection, order_id)
            checkout = (await connection.execute(_CHECKOUT, {"key": order_id})).mappings().first()
            if order is None or view is None or checkout is None:
                return None
            return Dossier(
                order=order,
                show=view.show,
                tickets=view.tickets,
                timeline=view.timeline,
                checkout=checkout_of(checkout),
                attempts=await SqlPaymentAttempts(connection).of_order(order_id),
                refunds=await SqlRefunds(connection).of_order(order_id),
                **await _rest(connection, order_id),
            )


async def _rest(connection: AsyncConnection, order_id: UUID) -> dict[str, Any]:
    async def rows(query: Any, **facts: object) -> list[Row[Any]]:  # noqa: ANN401  a statement of any shape
        return list((await connection.execute(query, facts)).all())

    changes, claims = await rows(_CHANGES, key=order_id), await rows(_CLAIMS, key=order_id)
    return {
        "transactions": tuple(_seen(row) for row in await rows(_SEEN, key=order_id)),
        "claims": tuple(
            ClaimNow(seat=row.seat_key, state=row.state, expires_at=row.expires_at) for row in claims
        ),
        "claim_changes": tuple(ClaimChange(at=row.at, seat=row.seat_key, state=row.state) for row in changes),
        "webhooks": tuple(
            KeptWebhook(**dict(zip(_WEBHOOK_NAMES, row, strict=True)))
            for row in await rows(_WEBHOOKS, key=order_id)
        ),
        "messages": tuple(
            KeptMessage(**dict(zip(_MESSAGE_NAMES, row, strict=True)))
            for row in await rows(_MESSAGES, wire=to_wire(order_id))
        ),
        "notices": tuple(
            KeptNotice(**dict(zip(_NOTICE_NAMES, row, strict=True)))
            for row in await rows(_NOTICES, key=order_id)
        ),
        "journals": tuple(_journal(row) for row in await rows(_JOURNALS, key=order_id)),
    }


def _seen(row: Row[Any]) -> SeenTransaction:
    amount = None if row.amount_minor is None else Money(row.amount_minor, row.currency)
    return SeenTransaction(
        attempt_id=row.attempt_id,
        seen_at=row.first_seen_at,
        transaction=ReportedTransaction(
            id=row.transaction_id,
            kind=TransactionKind(row.kind),
            verdict=Verdict(row.verdict),
            code=row.code,
            entity=row.entity,
            amount=amount,
            reference=row.reference,
            refunds=row.refunds,
            brand=row.brand,
            card_masked=row.card_masked,
        ),
    )


def _journal(row: Row[Any]) -> Journal:
    return Journal(
        kind=JournalKind(row.kind),
        source=row.source,
        order_id=row.order_id,
        currency=row.currency,
        at=row.at,
        entries=tuple(Entry(account, minor) for account, minor in row.entries),
    )


def _id(clue: str) -> UUID | None:
    """An id as it is outside, or as it is in the tables."""
    for read in (from_wire, UUID):
        with suppress(ValueError):
            return read(clue)
    return None
