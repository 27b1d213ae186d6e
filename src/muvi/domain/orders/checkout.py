"""The checkout: turns an order into a booking, or makes sure that nothing of it is left. Pure decisions only.

One row per order. `decide` looks at the facts and names the one next step; the application carries it out,
commits what it learned and asks again. Killing the program between any two lines is harmless, since every
step is repeatable or is answered by asking.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from muvi.domain.orders.order import Operation, OperationKind, OrderStatus

BOOKING_GRACE_S = 120
"""How long after its expiry a box office order may still turn up as a booking."""
PATIENCE_S = 1800
"""How long an unknown outcome is asked for before a person is called."""
SELDOM_S = 300
"""How often is asked once a person was called."""
LATE_CHECK_S = 90
"""How long an expiring order waits for the state of its open payment: a call budget may cost a minute."""

UNKNOWN_OUTCOME = "unknown-outcome"
"""The reason of a checkout whose completion was sent, and of which nobody could say what became of it."""
NOT_PAID = "not-paid"
"""The reason of one whose time ended without money that fits."""
MONEY_WAITS_S = 2
"""Money that arrives during an operation of the buyer is looked at again this soon."""


class CheckoutState(StrEnum):
    """Where the process stands. OPEN waits for the buyer; IDLE is settled but still answers late money.

    MANUAL has called a person and goes on asking, seldom: an outage that ends heals it.
    """

    OPEN = "open"
    COMPLETING = "completing"
    RESOLVING = "resolving"
    RECLAIMING = "reclaiming"
    RELEASING = "releasing"
    IDLE = "idle"
    MANUAL = "manual"


class Step(StrEnum):
    """The next thing to do. FOLLOW, COMPLETE, ASK_BOOKING, REORDER and CANCEL speak to the box office."""

    WAIT = "wait"
    FOLLOW = "follow"
    DROP_OPERATION = "drop-operation"
    ASK_PAYMENT = "ask-payment"
    KEEP = "keep"
    RETURN_MONEY = "return-money"
    COMPLETE = "complete"
    ASK_BOOKING = "ask-booking"
    ABANDON_BOX_ORDER = "abandon-box-order"
    CLAIM_AGAIN = "claim-again"
    REORDER = "reorder"
    LET_GO = "let-go"
    CANCEL = "cancel"
    CLOSE = "close"
    CALL_PERSON = "call-person"


@dataclass(slots=True, eq=False, kw_only=True)
class Checkout:
    """The process row. `next_at` empty: nothing to do until woken. `since` is when the present state
    began, `reason` why the process is not simply on its way to a booking; empty while it is.
    """

    order_id: UUID
    state: CheckoutState
    since: datetime
    next_at: datetime | None
    attempts: int = 0
    target: OrderStatus = OrderStatus.EXPIRED
    reason: str = ""
    kept_attempt_id: UUID | None = None
    kept_transaction: str = ""
    lease_until: datetime | None = None
    version: int = 0

    def enter(self, state: CheckoutState, now: datetime) -> None:
        """Go to a state, due at once."""
        self.state, self.since, self.attempts, self.next_at = state, now, 0, now

    def rest_until(self, until: datetime, *, operation: Operation | None) -> None:
        """Sleep after an operation of the buyer, unless something has become due before its deadline."""
        waited_for = operation.deadline if operation else until
        early = self.next_at is not None and self.next_at < waited_for
        self.next_at = min(self.next_at, until) if early and self.next_at is not None else until

    def again(self, now: datetime, *, base_s: float = 1.0, cap_s: float = 60.0) -> None:
        """Come back to the same state later: 1, 2, 4 … seconds, at most `cap_s`; MANUAL every five
        minutes.
        """
        self.attempts += 1
        delay = min(cap_s, base_s * 2 ** min(self.attempts - 1, 10))
        if self.state is CheckoutState.MANUAL:
            delay = SELDOM_S
        self.next_at = now + timedelta(seconds=delay)


@dataclass(frozen=True, slots=True, kw_only=True)
class CaptureFact:
    """Money that a gateway holds for this order. `settled`: kept, or its refund is on the way."""

    attempt_id: UUID
    transaction: str
    amount_minor: int
    currency: str
    settled: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckoutFacts:
    """What a decision is made of, read while the order's row is locked."""

    status: OrderStatus
    expires_at: datetime
    total_minor: int
    currency: str
    claims_held: bool
    operation: OperationKind | None = None
    operation_deadline: datetime | None = None
    box_order_expires_at: datetime | None = None
    captures: tuple[CaptureFact, ...] = field(default=())
    attempt_open: bool = False
    attempt_checked_at: datetime | None = None
    attempt_undecided: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """A step, and for WAIT until when (None: until woken), for money which capture."""

    step: Step
    until: datetime | None = None
    capture: CaptureFact | None = None


def decide(checkout: Checkout, facts: CheckoutFacts, now: datetime) -> Decision:
    """The one next step."""
    match checkout.state:
        case CheckoutState.OPEN:
            decision = _while_open(facts, now)
        case CheckoutState.COMPLETING:
            decision = Decision(step=Step.COMPLETE if facts.box_order_expires_at else Step.CLAIM_AGAIN)
        case CheckoutState.RESOLVING:
            decision = _while_resolving(checkout, now)
        case CheckoutState.RECLAIMING:
            decision = _while_reclaiming(checkout, facts, now)
        case CheckoutState.RELEASING:
            decision = Decision(step=Step.CANCEL if facts.box_order_expires_at else Step.CLOSE)
        case CheckoutState.IDLE:
            decision = _after_the_end(checkout, facts)
        case CheckoutState.MANUAL:
            decision = Decision(step=Step.ASK_BOOKING if facts.box_order_expires_at else Step.WAIT)
    return decision


def without_booking(*, alive: bool, box_order_expires_at: datetime | None, now: datetime) -> Step:
    """What follows when no booking is known of an order whose completion was sent."""
    if alive:
        return Step.COMPLETE
    if box_order_expires_at is None or _surely_ended(box_order_expires_at, now):
        return Step.ABANDON_BOX_ORDER
    return Step.WAIT


def _while_open(facts: CheckoutFacts, now: datetime) -> Decision:
    if facts.operation is not None:
        return _operation(facts, now)
    for capture in facts.captures:
        if not capture.settled:
            fits = capture.amount_minor == facts.total_minor and capture.currency == facts.currency
            return Decision(step=Step.KEEP if fits else Step.RETURN_MONEY, capture=capture)
    if now < facts.expires_at:
        return Decision(step=Step.WAIT, until=facts.expires_at)
    return _expiry(facts, now)


def _operation(facts: CheckoutFacts, now: datetime) -> Decision:
    if facts.operation_deadline is not None and now < facts.operation_deadline:
        money = any(not capture.settled for capture in facts.captures)
        soon = now + timedelta(seconds=MONEY_WAITS_S)
        until = min(soon, facts.operation_deadline) if money else facts.operation_deadline
        return Decision(step=Step.WAIT, until=until)
    if facts.operation is OperationKind.SEATS and not _surely_ended(facts.box_order_expires_at, now):
        return Decision(step=Step.FOLLOW)
    return Decision(step=Step.DROP_OPERATION)


def _surely_ended(box_order_expires_at: datetime | None, now: datetime) -> bool:
    """Whether the box office has let go by itself. Nothing is booked: no completion was ever sent."""
    return box_order_expires_at is not None and now >= box_order_expires_at + timedelta(
        seconds=BOOKING_GRACE_S
    )


def _expiry(facts: CheckoutFacts, now: datetime) -> Decision:
    """Expiry with an open attempt: one look at the payment, then wait or let go."""
    last_moment = facts.box_order_expires_at or facts.expires_at
    if not facts.attempt_open or now >= last_moment + timedelta(seconds=LATE_CHECK_S):
        return Decision(step=Step.LET_GO)
    checked = facts.attempt_checked_at is not None and facts.attempt_checked_at >= facts.expires_at
    if not checked:
        return Decision(step=Step.ASK_PAYMENT, until=min(now + timedelta(seconds=20), _latest(last_moment)))
    if facts.attempt_undecided and now < last_moment:
        return Decision(step=Step.WAIT, until=last_moment)
    return Decision(step=Step.LET_GO)


def _latest(last_moment: datetime) -> datetime:
    return last_moment + timedelta(seconds=LATE_CHECK_S)


def _while_resolving(checkout: Checkout, now: datetime) -> Decision:
    if now >= checkout.since + timedelta(seconds=PATIENCE_S):
        return Decision(step=Step.CALL_PERSON)
    return Decision(step=Step.ASK_BOOKING)


def _while_reclaiming(checkout: Checkout, facts: CheckoutFacts, now: datetime) -> Decision:
    if not facts.claims_held:
        return Decision(step=Step.CLAIM_AGAIN)
    if now >= checkout.since + timedelta(seconds=PATIENCE_S):
        return Decision(step=Step.RETURN_MONEY, capture=_kept(checkout, facts))
    return Decision(step=Step.REORDER)


def _kept(checkout: Checkout, facts: CheckoutFacts) -> CaptureFact | None:
    return next((c for c in facts.captures if c.transaction == checkout.kept_transaction), None)


def _after_the_end(checkout: Checkout, facts: CheckoutFacts) -> Decision:
    for capture in facts.captures:
        if capture.settled:
            continue
        late = facts.status is OrderStatus.EXPIRED and checkout.kept_attempt_id is None
        fits = capture.amount_minor == facts.total_minor and capture.currency == facts.currency
        return Decision(step=Step.KEEP if late and fits else Step.RETURN_MONEY, capture=capture)
    return Decision(step=Step.WAIT)
