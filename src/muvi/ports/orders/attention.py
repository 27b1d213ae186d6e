"""What waits for a person: purchases and payments whose outcome nobody tells, and money that no gateway gives
back.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol
from uuid import UUID

from muvi.domain.shared.money import Money


class WaitingKind(StrEnum):
    """CHECKOUT: kept money without a booking or its refund. REFUND: money owed to a buyer. PAYMENT: an
    attempt of which its gateway says neither that it was paid nor that it was not.
    """

    CHECKOUT = "checkout"
    REFUND = "refund"
    PAYMENT = "payment"


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """One thing that waits. `since`: when a person was called for a checkout, when a refund was asked for,
    when the watch of a payment ended.

    `amount` is the order's total, the refund's or the attempt's; `code` what was last said, may be empty.
    `still_sent`: a refund that no gateway has taken for hours and that is sent again and again.
    """

    kind: WaitingKind
    order_id: UUID
    refund_id: UUID | None = None
    attempt_id: UUID | None = None
    since: datetime
    amount: Money
    code: str
    still_sent: bool = False


class AttentionViews(Protocol):
    """Reads what waits, without any lock. Raises `Unavailable`."""

    @abstractmethod
    async def waiting(self, limit: int, *, now: datetime) -> tuple[Waiting, ...]:
        """The longest waiting first."""
        raise NotImplementedError

    @abstractmethod
    async def count(self, *, now: datetime) -> Mapping[WaitingKind, int]:
        """How many of each kind; a kind of which none waits is there with 0."""
        raise NotImplementedError
