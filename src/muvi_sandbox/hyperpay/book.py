"""Checkouts and transactions of the gateway, and their record in the truth."""

import secrets
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from muvi_sandbox.clock import Clock
from muvi_sandbox.hyperpay import codes
from muvi_sandbox.truth import Truth

SYSTEM = "hyperpay"
_LEFT_OPEN = timedelta(minutes=40)  # what a restart found pending is settled then
_MOVED = {"DB": "debit", "PA": "authorisation", "CP": "capture", "RF": "refund", "RV": "reversal"}


@dataclass(slots=True, kw_only=True)
class Transaction:
    """One row of the gateway. `code` is the truth; `told_code`, when set, is what the status says instead."""

    id: str
    entity: str
    kind: str
    brand: str
    amount_minor: int
    currency: str
    reference: str
    code: str
    at: datetime
    checkout_id: str = ""
    referenced_id: str = ""
    card: dict[str, str] | None = None
    told_code: str = ""
    fetched: bool = False
    return_address: str = ""
    settles_at: datetime | None = None
    settles_code: str = ""

    @property
    def moved(self) -> bool:
        """Whether it did what its kind says."""
        return codes.moved(self.code)

    @property
    def pending(self) -> bool:
        """Whether its end is open."""
        return codes.pending(self.code)


@dataclass(slots=True, kw_only=True)
class Checkout:
    """A session that a shopper may pay; transactions of kind 3D are beside, not in, `tries`."""

    id: str
    entity: str
    kind: str
    amount_minor: int
    currency: str
    reference: str
    at: datetime
    result_address: str = ""
    custom: dict[str, str] = field(default_factory=dict)
    customer: dict[str, str] = field(default_factory=dict)
    tries: list[Transaction] = field(default_factory=list)

    @property
    def paid(self) -> bool:
        """Whether money was taken or reserved through it: from then on nobody can pay it."""
        return any(tried.moved for tried in self.tries)


class Book:
    """All state of the gateway. It is also in the truth, from which it is read again at a start."""

    def __init__(self, truth: Truth, clock: Clock) -> None:
        self._truth = truth
        self.clock = clock
        self.checkouts: dict[str, Checkout] = {}
        self.transactions: dict[str, Transaction] = {}
        self._by_reference: defaultdict[str, list[Transaction]] = defaultdict(list)
        self._linked: defaultdict[str, list[Transaction]] = defaultdict(list)
        for fact in truth.events(SYSTEM):
            self._replay(fact)

    def open(self, **facts: Any) -> Checkout:  # noqa: ANN401 - fields of Checkout
        """Create a checkout under an id of the platform's form."""
        node = f"sandbox-vm-tx{secrets.randbelow(2) + 1:02}"
        checkout = Checkout(id=f"{secrets.token_hex(16).upper()}.{node}", at=self.clock.now(), **facts)
        self.checkouts[checkout.id] = checkout
        self._truth.record(
            SYSTEM,
            "checkout",
            checkoutId=checkout.id,
            entityId=checkout.entity,
            paymentType=checkout.kind,
            amount_minor=checkout.amount_minor,
            currency=checkout.currency,
            merchantTransactionId=checkout.reference,
            customer=checkout.customer,
        )
        return checkout

    def add(self, **facts: Any) -> Transaction:  # noqa: ANN401 - fields of Transaction
        """Write a new transaction."""
        transaction = Transaction(id=f"8ac7a4a1{secrets.token_hex(12)}", at=self.clock.now(), **facts)
        self._file(transaction)
        self._record(transaction)
        return transaction

    def settle(self, transaction: Transaction, code: str) -> None:
        """Give a pending transaction its end."""
        transaction.code = code
        transaction.at = self.clock.now()
        transaction.settles_at = None
        transaction.fetched = False
        self._record(transaction)

    def ripen(self, transaction: Transaction) -> bool:
        """Settle a pending transaction whose time has come; tell whether that happened."""
        due = transaction.settles_at
        if due is None or not transaction.pending or self.clock.now() < due:
            return False
        self.settle(transaction, transaction.settles_code)
        return True

    def age(self, transaction: Transaction) -> timedelta:
        """Return how long ago a transaction last changed."""
        return self.clock.now() - transaction.at

    def report(self, entity: str, reference: str) -> list[Transaction]:
        """Return the rows of a reference under one entity and what refers to them, newest first."""
        found = [row for row in self._by_reference.get(reference, []) if row.entity == entity]
        linked = [row for origin in found for row in self._linked.get(origin.id, [])]
        rows = {row.id: row for row in (*found, *linked)}
        return sorted(rows.values(), key=lambda row: (row.at, row.kind != "3D"), reverse=True)

    def referring(self, origin: Transaction, kind: str) -> int:
        """Return how much of an original was captured, refunded or reversed, pending rows included."""
        rows = self._linked.get(origin.id, [])
        return sum(row.amount_minor for row in rows if row.kind == kind and (row.moved or row.pending))

    def _file(self, transaction: Transaction) -> None:
        self.transactions[transaction.id] = transaction
        if transaction.reference:
            self._by_reference[transaction.reference].append(transaction)
        if transaction.referenced_id:
            self._linked[transaction.referenced_id].append(transaction)
        checkout = self.checkouts.get(transaction.checkout_id)
        if checkout is not None and transaction.kind != "3D":
            checkout.tries.append(transaction)

    def _record(self, transaction: Transaction) -> None:
        if transaction.kind == "3D":
            event = "authentication"
        elif transaction.moved:
            event = _MOVED[transaction.kind]
        else:
            event = "pending" if transaction.pending else "refused"
        self._truth.record(
            SYSTEM,
            event,
            id=transaction.id,
            checkoutId=transaction.checkout_id,
            merchantTransactionId=transaction.reference,
            entityId=transaction.entity,
            paymentType=transaction.kind,
            paymentBrand=transaction.brand,
            amount_minor=transaction.amount_minor,
            currency=transaction.currency,
            code=transaction.code,
            referencedId=transaction.referenced_id,
            card=transaction.card,
        )

    def _replay(self, fact: dict[str, Any]) -> None:
        at = datetime.fromisoformat(fact["at"])
        if fact["event"] == "checkout":
            self.checkouts[fact["checkoutId"]] = Checkout(
                id=fact["checkoutId"],
                entity=fact["entityId"],
                kind=fact["paymentType"],
                amount_minor=fact["amount_minor"],
                currency=fact["currency"],
                reference=fact["merchantTransactionId"],
                at=at,
                customer=fact.get("customer", {}),
            )
        elif known := self.transactions.get(fact.get("id", "")):
            known.code, known.at = fact["code"], at
        elif "paymentType" in fact:
            self._file(
                Transaction(
                    id=fact["id"],
                    entity=fact["entityId"],
                    kind=fact["paymentType"],
                    brand=fact["paymentBrand"],
                    amount_minor=fact["amount_minor"],
                    currency=fact["currency"],
                    reference=fact["merchantTransactionId"],
                    code=fact["code"],
                    at=at,
                    checkout_id=fact["checkoutId"],
                    referenced_id=fact["referencedId"],
                    card=fact["card"],
                    settles_at=at + _LEFT_OPEN,
                    settles_code=codes.SUCCESS if fact["referencedId"] else codes.TIMED_OUT_PENDING,
                )
            )
