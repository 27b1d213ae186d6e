"""Read what a checkout decides on, inside the phase that holds the locks."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from muvi.application.orders.transaction import PurchaseTx
from muvi.domain.orders.checkout import CaptureFact, Checkout, CheckoutFacts
from muvi.domain.orders.order import Order
from muvi.domain.payments.attempt import PaymentAttempt
from muvi.domain.payments.report import Verdict
from muvi.domain.seating.seat_plan import SeatKey

UNDECIDED = frozenset({None, Verdict.PENDING, Verdict.UNKNOWN})


@dataclass(slots=True, kw_only=True)
class Case:
    """An order with everything that a step may change, locked. `held` are the seats it holds."""

    order: Order
    attempts: tuple[PaymentAttempt, ...]
    checkout: Checkout
    held: frozenset[SeatKey]

    def attempt_of(self, capture: CaptureFact) -> PaymentAttempt:
        """The attempt that a capture belongs to."""
        return next(attempt for attempt in self.attempts if attempt.id == capture.attempt_id)

    @property
    def kept(self) -> CaptureFact | None:
        """The capture that pays the order, if one was chosen."""
        wanted = self.checkout.kept_transaction
        return next((c for c in self.facts.captures if wanted and c.transaction == wanted), None)

    @property
    def claims_held(self) -> bool:
        """Whether the order holds every seat that it is for."""
        return bool(self.order.seats) and self.has_claimed(self.order.seats)

    def has_claimed(self, seats: Iterable[str]) -> bool:
        """Whether the order holds all of these seats."""
        return self.held.issuperset(map(SeatKey, seats))

    @property
    def facts(self) -> CheckoutFacts:
        """What a decision is made of, at this point of the phase."""
        order = self.order
        waiting = [attempt for attempt in self.attempts if attempt.is_open and attempt.checkout_id]
        checked = [attempt.checked_at for attempt in waiting]
        record, operation = order.box_office_order, order.operation
        return CheckoutFacts(
            status=order.status,
            expires_at=order.expires_at,
            total_minor=order.total_minor,
            currency=order.currency,
            claims_held=self.claims_held,
            operation=operation.kind if operation else None,
            operation_deadline=operation.deadline if operation else None,
            box_order_expires_at=record.expires_at if record else None,
            captures=_captures(self.attempts, self.checkout),
            attempt_open=bool(waiting),
            attempt_checked_at=_oldest(checked),
            attempt_undecided=any(attempt.last_verdict in UNDECIDED for attempt in waiting),
        )


async def lock_case(tx: PurchaseTx, order_id: UUID) -> Case | None:
    """The case of an order, all of it locked; None when there is no such order."""
    found = await tx.cases.lock(order_id)
    if found is None:
        return None
    return Case(order=found.order, attempts=found.attempts, checkout=found.checkout, held=found.held)


def _oldest(checked: list[datetime | None]) -> datetime | None:
    """When the attempt looked at longest ago was looked at; None when one never was."""
    known = [moment for moment in checked if moment is not None]
    return min(known) if known and len(known) == len(checked) else None


def _captures(attempts: tuple[PaymentAttempt, ...], checkout: Checkout) -> tuple[CaptureFact, ...]:
    return tuple(
        CaptureFact(
            attempt_id=attempt.id,
            transaction=capture.transaction_id,
            amount_minor=capture.amount.minor,
            currency=capture.amount.currency,
            settled=capture.reserved_minor > 0 or capture.transaction_id == checkout.kept_transaction,
        )
        for attempt in attempts
        for capture in attempt.captured
    )
