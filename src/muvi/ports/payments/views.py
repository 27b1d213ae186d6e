"""What a buyer's browser is shown of a payment: nothing that only its owner may know."""

from __future__ import annotations

from abc import abstractmethod
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from uuid import UUID

from muvi.domain.payments.attempt_status import AttemptStatus
from muvi.domain.shared.money import Money
from muvi.domain.shared.text import Language


@dataclass(frozen=True, slots=True, kw_only=True)
class PaymentPageView:
    """One attempt as its page shows it. Whoever knows the id, 80 random bits of it, may see this."""

    attempt_id: UUID
    order_id: UUID
    gateway: str
    status: AttemptStatus
    amount: Money
    pay_by: datetime
    script_url: str
    integrity: str
    brands: tuple[str, ...]
    success_url: str
    failed_url: str
    language: Language


class PaymentViews(Protocol):
    """Reads without a transaction. Raises `Unavailable`."""

    @abstractmethod
    async def of(self, attempt_id: UUID) -> PaymentPageView | None:
        """The page of an attempt."""
        raise NotImplementedError
