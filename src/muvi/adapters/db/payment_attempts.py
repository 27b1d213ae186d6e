"""Payment attempts and the gateways' transactions in PostgreSQL."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    Boolean,
    RowMapping,
    Select,
    and_,
    bindparam,
    case,
    func,
    literal_column,
    select,
    update,
)
from sqlalchemy.dialects.postgresql import aggregate_order_by, insert
from sqlalchemy.ext.asyncio import AsyncConnection
from typing_extensions import override

from muvi.adapters.db.causes import CAUSE, REQUEST_ID, cause_facts, cause_row, caused
from muvi.adapters.db.direct import later
from muvi.adapters.db.front_ends import COLUMNS, front_columns, front_of
from muvi.adapters.db.leases import claimed, claiming
from muvi.adapters.db.rows import stale
from muvi.adapters.db.tables.payments import gateway_transactions, payment_attempts
from muvi.domain.payments.attempt import PaymentAttempt
from muvi.domain.payments.attempt_status import PAID, AttemptStatus
from muvi.domain.payments.capture import Capture
from muvi.domain.payments.report import ReportedTransaction, TransactionKind, Verdict
from muvi.domain.shared.money import Money
from muvi.domain.shared.text import Language
from muvi.ports.payments.attempts import AttemptChanged, PaymentAttempts

CHANNEL = "muvi_payments"
_TAKING = (TransactionKind.DEBIT.value, TransactionKind.CAPTURE.value)
_A = payment_attempts.c
_T = gateway_transactions.c
_CLAIM = claiming("payment_attempts", key="id", due="next_check_at")


IS_CAPTURE = and_(_T.verdict == Verdict.CAPTURED.value, _T.kind.in_(_TAKING), _T.amount_minor.is_not(None))
"""Of the transactions those that took money."""
_EVERY = func.jsonb_agg(
    aggregate_order_by(literal_column("to_jsonb(gateway_transactions)"), _T.captured_at, _T.transaction_id)
)
_CAPTURED = (
    select(func.coalesce(_EVERY, literal_column("'[]'::jsonb")))
    .select_from(gateway_transactions)
    .where(_T.attempt_id == _A.id, IS_CAPTURE)
    .correlate(payment_attempts)
    .scalar_subquery()
    .label("captures")
)
_BEFORE = payment_attempts.alias("before")
_SEEN = select(_BEFORE.c.version).where(_BEFORE.c.id == _A.id).scalar_subquery().label("seen_version")
_READ = select(payment_attempts, _CAPTURED)
_LOCKED = _READ.add_columns(_SEEN).with_for_update(of=payment_attempts)
_ADD = payment_attempts.insert()
_GET = _READ.where(_A.id == bindparam("key"))
_LOCK = _LOCKED.where(_A.id == bindparam("key"))
_OF_ORDER = _READ.where(_A.order_id == bindparam("key")).order_by(_A.id)
_LOCK_OF_ORDER = _LOCKED.where(_A.order_id == bindparam("key")).order_by(_A.id)
_FRESH: dict[str, Any] = {
    column.name: bindparam(f"new_{column.name}", type_=column.type)
    for column in payment_attempts.columns
    if column.name not in CAUSE
}
_SAVE = (
    update(payment_attempts)
    .where(_A.id == bindparam("key"), _A.version == bindparam("seen"))
    .values(
        **_FRESH, **caused(_A, REQUEST_ID)
    )  # the trace stays that of the request which opened the payment
    .returning(case((bindparam("news", type_=Boolean), func.pg_notify(CHANNEL, ""))))
)
_PUT = insert(gateway_transactions)
_WAS_CAPTURED = _T.verdict == Verdict.CAPTURED.value
_RECORD = _PUT.on_conflict_do_update(
    index_elements=["gateway", "transaction_id"],
    set_={
        "verdict": case((_WAS_CAPTURED, _T.verdict), else_=_PUT.excluded.verdict),
        "code": case((_WAS_CAPTURED, _T.code), else_=_PUT.excluded.code),
        "amount_minor": func.coalesce(_T.amount_minor, _PUT.excluded.amount_minor),
        "currency": func.coalesce(_T.currency, _PUT.excluded.currency),
        "captured_at": func.coalesce(_T.captured_at, _PUT.excluded.captured_at),
        "last_seen_at": _PUT.excluded.last_seen_at,
    },
    where=_T.attempt_id == _PUT.excluded.attempt_id,
).returning(_T.transaction_id)
_SUMS = ("entity", "captured_at", "reserved_minor", "refunded_minor")
_PUT_CAPTURE = _PUT.on_conflict_do_update(
    index_elements=["gateway", "transaction_id"],
    set_={name: _PUT.excluded[name] for name in _SUMS},
    where=_T.attempt_id == _PUT.excluded.attempt_id,
)


class SqlPaymentAttempts(PaymentAttempts):
    """The attempts of one transaction. `save` rings the doorbell of the worker when a check is wanted now."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    @override
    async def add(self, attempt: PaymentAttempt) -> None:
        await later(self._connection, _ADD, _row(attempt) | cause_row())

    @override
    async def get(self, attempt_id: UUID, *, for_update: bool = False) -> PaymentAttempt | None:
        rows = await self._rows(attempt_id, _LOCK if for_update else None, _GET)
        return attempt_of(rows[0]) if rows else None

    @override
    async def by_checkout(self, gateway: str, checkout_id: str) -> UUID | None:
        if not checkout_id:
            return None
        query = select(_A.id).where(_A.gateway == gateway, _A.checkout_id == checkout_id)
        found: UUID | None = (await self._connection.execute(query)).scalar()
        return found

    @override
    async def of_order(self, order_id: UUID, *, for_update: bool = False) -> tuple[PaymentAttempt, ...]:
        rows = await self._rows(order_id, _LOCK_OF_ORDER if for_update else None, _OF_ORDER)
        return tuple(map(attempt_of, rows))

    @override
    async def save(self, attempt: PaymentAttempt) -> None:
        facts = {f"new_{name}": value for name, value in _row(attempt).items()}
        facts |= {"key": attempt.id, "seen": attempt.version, "new_version": attempt.version + 1}
        facts["news"] = attempt.news
        facts["caused_request_id"] = cause_facts()["caused_request_id"]
        await later(self._connection, _SAVE, facts, unless=AttemptChanged)
        attempt.version += 1
        attempt.news = False
        await self._save_captures(attempt)

    @override
    async def record(
        self, attempt: PaymentAttempt, transactions: Sequence[ReportedTransaction], at: datetime
    ) -> tuple[ReportedTransaction, ...]:
        rows = [_transaction_row(attempt, found, at) for found in transactions if found.id]
        kept = set()
        for row in sorted(rows, key=lambda row: str(row["transaction_id"])):
            kept.add((await self._connection.execute(_RECORD, row)).scalar())
        return tuple(found for found in transactions if found.id in kept)

    @override
    async def claim_due(self, now: datetime, *, limit: int, lease_s: float) -> tuple[UUID, ...]:
        return await claimed(self._connection, _CLAIM, now, limit=limit, lease_s=lease_s)

    @override
    async def keep_lease(self, attempt_id: UUID, until: datetime) -> None:
        held = update(payment_attempts).where(_A.id == attempt_id, _A.lease_until.is_not(None))
        await self._connection.execute(held.values(lease_until=until))

    async def _rows(self, key: UUID, lock: Select[Any] | None, read: Select[Any]) -> Sequence[RowMapping]:
        """Attempts with their captures. Where a lock was waited for, the attempt is the newest, but its
        captures are those of the snapshot with which the statement began: they are read again.
        """
        query = read if lock is None else lock
        rows: Sequence[RowMapping] = (await self._connection.execute(query, {"key": key})).mappings().all()
        if lock is not None and any(map(stale, rows)):
            rows = (await self._connection.execute(read, {"key": key})).mappings().all()
        return rows

    async def _save_captures(self, attempt: PaymentAttempt) -> None:
        for capture in attempt.captured:
            await later(self._connection, _PUT_CAPTURE, _capture_row(attempt, capture))


def _capture_row(attempt: PaymentAttempt, capture: Capture) -> dict[str, Any]:
    """The sums of a capture; the row itself where nobody recorded it yet."""
    return {
        "gateway": attempt.gateway,
        "transaction_id": capture.transaction_id,
        "attempt_id": attempt.id,
        "entity": capture.entity,
        "kind": TransactionKind.DEBIT.value,
        "verdict": Verdict.CAPTURED.value,
        "code": capture.code,
        "amount_minor": capture.amount.minor,
        "currency": capture.amount.currency,
        "reference": "",
        "refunds": "",
        "brand": capture.brand,
        "card_masked": capture.card_masked,
        "first_seen_at": capture.captured_at,
        "last_seen_at": capture.captured_at,
        "captured_at": capture.captured_at,
        "reserved_minor": capture.reserved_minor,
        "refunded_minor": capture.refunded_minor,
    }


def _transaction_row(attempt: PaymentAttempt, found: ReportedTransaction, at: datetime) -> dict[str, Any]:
    return {
        "gateway": attempt.gateway,
        "transaction_id": found.id,
        "attempt_id": attempt.id,
        "entity": found.entity or attempt.entity,
        "kind": found.kind.value,
        "verdict": found.verdict.value,
        "code": found.code,
        "amount_minor": found.amount.minor if found.amount else None,
        "currency": found.amount.currency if found.amount else None,
        "reference": found.reference,
        "refunds": found.refunds,
        "brand": found.brand,
        "card_masked": found.card_masked,
        "first_seen_at": at,
        "last_seen_at": at,
        "captured_at": at if found.verdict is Verdict.CAPTURED else None,
    }


_LISTS = ("payment_ids", "declined_ids", "denied_by")
_MAPPED = frozenset({"status", "amount_minor", "currency", "language", "last_verdict", *_LISTS, *COLUMNS})
_PLAIN = tuple(column.name for column in payment_attempts.columns if column.name not in (*_MAPPED, *CAUSE))


def _row(attempt: PaymentAttempt) -> dict[str, Any]:
    row = {name: getattr(attempt, name) for name in _PLAIN}
    return row | {
        "status": attempt.status.value,
        "amount_minor": attempt.amount.minor,
        "currency": attempt.amount.currency,
        **front_columns(attempt.front),
        **{name: list(getattr(attempt, name)) for name in _LISTS},
        "language": attempt.language.value,
        "last_verdict": attempt.last_verdict.value if attempt.last_verdict else None,
    }


def attempt_of(row: Mapping[Any, Any]) -> PaymentAttempt:
    """An attempt from its row, its captures included."""
    status = AttemptStatus(row["status"])
    return PaymentAttempt(
        **{name: row[name] for name in _PLAIN},
        status=status,
        amount=Money(row["amount_minor"], row["currency"]),
        front=front_of(row),
        payment_ids=tuple(row["payment_ids"]),
        declined_ids=tuple(row["declined_ids"]),
        denied_by=tuple(row["denied_by"]),
        language=Language(row["language"]),
        last_verdict=Verdict(row["last_verdict"]) if row["last_verdict"] else None,
        captured=tuple(map(_capture, row["captures"])) if status in PAID else (),
    )


def _capture(row: Mapping[str, Any]) -> Capture:
    return Capture(
        transaction_id=row["transaction_id"],
        entity=row["entity"],
        amount=Money(row["amount_minor"], row["currency"]),
        captured_at=datetime.fromisoformat(row["captured_at"]),
        code=row["code"],
        brand=row["brand"],
        card_masked=row["card_masked"],
        reserved_minor=row["reserved_minor"],
        refunded_minor=row["refunded_minor"],
    )
