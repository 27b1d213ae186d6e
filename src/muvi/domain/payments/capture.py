"""Money that a gateway took, and how much of it went back."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from muvi.domain.payments.report import ReportedTransaction
from muvi.domain.shared.errors import Conflict
from muvi.domain.shared.money import Money


class RefundExceedsCapture(Conflict):
    """More would go back than was taken, refunds under way included."""

    code = "refund-exceeds-capture"
    title = "The refund exceeds the amount paid"
    title_ar = "مبلغ الاسترداد يتجاوز المبلغ المدفوع"


@dataclass(frozen=True, slots=True, kw_only=True)
class Capture:
    """One transaction that took money. A refund must use its `entity`.

    `reserved_minor` counts every refund asked for, done or not; `refunded_minor` those known to be done.
    """

    transaction_id: str
    entity: str
    amount: Money
    captured_at: datetime
    code: str = ""
    brand: str = ""
    card_masked: str = ""
    reserved_minor: int = 0
    refunded_minor: int = 0

    @classmethod
    def of(cls, found: ReportedTransaction, amount: Money, entity: str, now: datetime) -> Capture:
        """Read a reported transaction; `entity` when the report names none."""
        return cls(
            transaction_id=found.id,
            entity=found.entity or entity,
            amount=amount,
            captured_at=now,
            code=found.code,
            brand=found.brand,
            card_masked=found.card_masked,
        )

    @property
    def refundable(self) -> Money:
        """What no refund has claimed yet."""
        return Money(self.amount.minor - self.reserved_minor, self.amount.currency)

    def reserve(self, amount: Money) -> Capture:
        """Set an amount aside; raises `RefundExceedsCapture`."""
        if amount.minor <= 0 or amount.currency != self.amount.currency or amount > self.refundable:
            raise RefundExceedsCapture(
                transaction_id=self.transaction_id, refundable_minor=self.refundable.minor
            )
        return replace(self, reserved_minor=self.reserved_minor + amount.minor)

    def give_back(self, amount: Money) -> Capture:
        """Record that a reserved amount went back; raises `RefundExceedsCapture`."""
        refunded = self.refunded_minor + amount.minor
        if refunded > self.reserved_minor:
            raise RefundExceedsCapture(transaction_id=self.transaction_id, refundable_minor=0)
        return replace(self, refunded_minor=refunded)


def captured_ids(captures: Iterable[Capture]) -> set[str]:
    """The transactions that took money."""
    return {capture.transaction_id for capture in captures}


def goes_back(captures: tuple[Capture, ...]) -> bool:
    """Whether money was taken, and refunds have claimed all of it."""
    return bool(captures) and not any(capture.refundable.minor > 0 for capture in captures)


def reserved(
    captures: tuple[Capture, ...], transaction_id: str, amount: Money
) -> tuple[tuple[Capture, ...], Capture]:
    """The captures with money of one of them set aside, and that one as it was before. Raises
    `RefundExceedsCapture` when it is not there.
    """
    for index, capture in enumerate(captures):
        if capture.transaction_id == transaction_id:
            return (*captures[:index], capture.reserve(amount), *captures[index + 1 :]), capture
    raise RefundExceedsCapture("no such capture", transaction_id=transaction_id)


def given_back(captures: Iterable[Capture], transaction_id: str, amount: Money) -> tuple[Capture, ...]:
    """The captures when reserved money of one of them went back."""
    return tuple(
        capture.give_back(amount) if capture.transaction_id == transaction_id else capture
        for capture in captures
    )
