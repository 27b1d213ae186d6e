"""The states of an attempt, the ways between them, and what learning a new one tells."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from muvi.domain.shared.money import Money


class AttemptStatus(StrEnum):
    """Where the money of an attempt is. A debit has no AUTHORIZED."""

    INITIATED = "INITIATED"
    PENDING = "PENDING"
    AUTHORIZED = "AUTHORIZED"
    CAPTURED = "CAPTURED"
    PARTIALLY_REFUNDED = "PARTIALLY_REFUNDED"
    REFUNDED = "REFUNDED"
    FAILED = "FAILED"
    EXPIRED = "EXPIRED"
    VOIDED = "VOIDED"


_S = AttemptStatus
TRANSITIONS: dict[AttemptStatus, frozenset[AttemptStatus]] = {
    _S.INITIATED: frozenset({_S.PENDING, _S.FAILED}),
    _S.PENDING: frozenset({_S.AUTHORIZED, _S.CAPTURED, _S.FAILED, _S.EXPIRED}),
    _S.AUTHORIZED: frozenset({_S.CAPTURED, _S.VOIDED}),
    _S.FAILED: frozenset({_S.CAPTURED}),  # a second card on the same checkout
    _S.EXPIRED: frozenset({_S.CAPTURED}),  # money later than any watch
    _S.CAPTURED: frozenset({_S.PARTIALLY_REFUNDED, _S.REFUNDED}),
    _S.PARTIALLY_REFUNDED: frozenset({_S.REFUNDED}),
    _S.REFUNDED: frozenset(),
    _S.VOIDED: frozenset(),
}
OPEN = frozenset({_S.INITIATED, _S.PENDING, _S.AUTHORIZED})
PAID = frozenset({_S.CAPTURED, _S.PARTIALLY_REFUNDED, _S.REFUNDED})


class AttemptEventKind(StrEnum):
    """What a report changed."""

    CAPTURED = "captured"
    AUTHORIZED = "authorized"
    FAILED = "failed"
    EXPIRED = "expired"


@dataclass(frozen=True, slots=True, kw_only=True)
class AttemptEvent:
    """A fact learned from the gateway; a capture carries its transaction and amount."""

    kind: AttemptEventKind
    attempt_id: UUID
    order_id: UUID
    at: datetime
    transaction_id: str = ""
    amount: Money | None = None

    @classmethod
    def of(
        cls,
        kind: AttemptEventKind,
        attempt_id: UUID,
        order_id: UUID,
        at: datetime,
        transaction_id: str = "",
        amount: Money | None = None,
    ) -> AttemptEvent:
        """By position, in the order of the fields."""
        return cls(
            kind=kind,
            attempt_id=attempt_id,
            order_id=order_id,
            at=at,
            transaction_id=transaction_id,
            amount=amount,
        )
