"""What the workers will do about an order next, and when."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from muvi.application.orders.checkout_facts import Case
from muvi.domain.orders.checkout import Checkout, CheckoutState, Step, decide
from muvi.domain.payments.refund import RefundStep
from muvi.domain.seating.seat_plan import SeatKey
from muvi.domain.shared.ids import to_wire
from muvi.ports.orders.dossier import Dossier

HOLDING = frozenset({"HELD", "PAYING", "SOLD"})
CHECKOUT: dict[Step, str] = {
    Step.WAIT: "look whether anything has changed",
    Step.FOLLOW: "find out at the box office what became of the buyer's choice of seats",
    Step.DROP_OPERATION: "drop the buyer's operation that was never ended",
    Step.ASK_PAYMENT: "have the open payment checked before the order ends",
    Step.KEEP: "take the money for this order",
    Step.RETURN_MONEY: "ask for a refund",
    Step.COMPLETE: "complete the order at the box office",
    Step.ASK_BOOKING: "ask the box office whether there is a booking",
    Step.ABANDON_BOX_ORDER: "give up the box office's order, which is gone",
    Step.CLAIM_AGAIN: "claim the seats again",
    Step.REORDER: "order the same seats again at the box office",
    Step.LET_GO: "let the seats go: the time is over",
    Step.CANCEL: "cancel the order at the box office",
    Step.CLOSE: "close the order",
    Step.CALL_PERSON: "call a person: nobody could say for half an hour whether there is a booking",
}
REFUND = {
    RefundStep.SEND: "send the refund to the gateway",
    RefundStep.ASK: "ask the gateway what became of the refund",
    RefundStep.HAND_OVER: "hand the refund to a person",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class NextStep:
    """Something a worker will do at a moment; a moment that is over means as soon as one is free.

    `attempt` counts the tries of the same thing, this one included. `leased_until`: a worker is at it.
    """

    who: str
    what: str
    at: datetime
    attempt: int
    leased_until: datetime | None = None


def next_steps(dossier: Dossier, now: datetime) -> tuple[NextStep, ...]:
    """The soonest first; empty when nothing is left to do unless something new is heard."""
    found = (*_checkout(dossier, now), *_payments(dossier, now), *_refunds(dossier, now), *_messages(dossier))
    return tuple(sorted(found, key=lambda one: one.at))


def case_of(dossier: Dossier) -> Case:
    """What a checkout decides on, read without locks."""
    held = frozenset(SeatKey(claim.seat) for claim in dossier.claims if claim.state in HOLDING)
    return Case(order=dossier.order, attempts=dossier.attempts, checkout=dossier.checkout, held=held)


def _checkout(dossier: Dossier, now: datetime) -> Iterator[NextStep]:
    checkout = dossier.checkout
    if checkout.next_at is None:
        return
    decision = decide(checkout, case_of(dossier).facts, max(now, checkout.next_at))
    yield NextStep(
        who="checkout",
        what=CHECKOUT[decision.step],
        at=checkout.next_at,
        attempt=_tries(checkout),
        leased_until=_lease(checkout.lease_until, now),
    )


def _tries(checkout: Checkout) -> int:
    return 1 if checkout.state is CheckoutState.OPEN else checkout.attempts + 1


def _payments(dossier: Dossier, now: datetime) -> Iterator[NextStep]:
    for attempt in dossier.attempts:
        if attempt.next_check_at is not None:
            what = f"ask {attempt.gateway} about payment {to_wire(attempt.id)}"
            if not attempt.checkout_id:
                what = f"give up payment {to_wire(attempt.id)}, whose opening was never recorded"
            yield NextStep(
                who="payment",
                what=what,
                at=attempt.next_check_at,
                attempt=attempt.polls + 1,
                leased_until=_lease(attempt.lease_until, now),
            )


def _refunds(dossier: Dossier, now: datetime) -> Iterator[NextStep]:
    for refund in dossier.refunds:
        if refund.next_at is None:
            continue
        step = refund.next_step(max(now, refund.next_at))
        if step is not RefundStep.NOTHING:
            tries = refund.asks if step is RefundStep.ASK else refund.sends
            yield NextStep(
                who="refund",
                what=f"{REFUND[step]} ({to_wire(refund.id)}, {refund.amount})",
                at=refund.next_at,
                attempt=tries + 1,
                leased_until=_lease(refund.lease_until, now),
            )


def _messages(dossier: Dossier) -> Iterator[NextStep]:
    for message in dossier.messages:
        if message.done_at is None and message.dead_at is None:
            yield NextStep(
                who="message",
                what=f"act on {message.type}",
                at=message.available_at,
                attempt=message.attempts + 1,
            )


def _lease(until: datetime | None, now: datetime) -> datetime | None:
    return until if until is not None and until > now else None
