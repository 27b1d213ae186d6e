"""Journals: immutable double entries that sum to zero. Debits are positive, credits negative, in minor
units.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID


class JournalKind(StrEnum):
    """Why money moved. With its source a kind names a journal: the same movement is never posted twice."""

    CAPTURE = "capture"
    SALE = "sale"
    REFUND = "refund"


@dataclass(frozen=True, slots=True)
class Entry:
    """One side of a journal."""

    account: str
    minor: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Journal:
    """One movement. `source` identifies what caused it (a gateway transaction, an order, a refund).

    Raises `ValueError` when the entries do not sum to zero.
    """

    kind: JournalKind
    source: str
    order_id: UUID
    currency: str
    at: datetime
    entries: tuple[Entry, ...]

    def __post_init__(self) -> None:
        if not self.entries or sum(entry.minor for entry in self.entries) != 0:
            raise ValueError("the entries of a journal sum to zero")


def receivable(gateway: str) -> str:
    """The account of what a gateway owes us."""
    return f"receivable:{gateway}"


PAID_OUT = "clearing:paid-out-by-hand"
"""Accounting settles it against the account that the money really came from."""
DEPOSITS = "liability:customer-deposits"
SALES = "revenue:tickets"
FEES = "revenue:booking-fees"
VAT = "liability:vat"


def captured(
    *, source: str, order_id: UUID, gateway: str, minor: int, currency: str, at: datetime
) -> Journal:
    """Money taken: the gateway owes us, we owe the buyer a ticket or the money."""
    entries = (Entry(receivable(gateway), minor), Entry(DEPOSITS, -minor))
    return Journal(
        kind=JournalKind.CAPTURE, source=source, order_id=order_id, currency=currency, at=at, entries=entries
    )


def refunded(
    *, source: str, order_id: UUID, gateway: str, minor: int, currency: str, at: datetime
) -> Journal:
    """Money given back: what we owed the buyer is gone, and so is as much of what the gateway owes us."""
    entries = (Entry(DEPOSITS, minor), Entry(receivable(gateway), -minor))
    return Journal(
        kind=JournalKind.REFUND, source=source, order_id=order_id, currency=currency, at=at, entries=entries
    )


def paid_out(*, source: str, order_id: UUID, minor: int, currency: str, at: datetime) -> Journal:
    """Money given back by a person, past the gateway: what we owed the buyer is gone, the gateway owes on.

    It has the kind and source of the refund that it replaces, so that only one of the two is ever posted.
    """
    entries = (Entry(DEPOSITS, minor), Entry(PAID_OUT, -minor))
    return Journal(
        kind=JournalKind.REFUND, source=source, order_id=order_id, currency=currency, at=at, entries=entries
    )


def sold(
    *, order_id: UUID, tickets_minor: int, fees_minor: int, vat_minor: int, currency: str, at: datetime
) -> Journal:
    """The tickets are issued: the deposit becomes revenue and VAT. Ticket and fee amounts are net of VAT."""
    total = tickets_minor + fees_minor + vat_minor
    sides = (Entry(SALES, -tickets_minor), Entry(FEES, -fees_minor), Entry(VAT, -vat_minor))
    entries = (Entry(DEPOSITS, total), *(entry for entry in sides if entry.minor))
    return Journal(
        kind=JournalKind.SALE,
        source=str(order_id),
        order_id=order_id,
        currency=currency,
        at=at,
        entries=entries,
    )
