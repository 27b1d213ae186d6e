"""The steps of a checkout that change only our own rows."""

from __future__ import annotations

from datetime import datetime, timedelta

from muvi.application.orders.checkout_facts import Case
from muvi.application.orders.transaction import PurchaseTx
from muvi.domain.ledger.journal import captured, sold
from muvi.domain.orders.checkout import NOT_PAID, UNKNOWN_OUTCOME, CaptureFact, CheckoutState, Decision, Step
from muvi.domain.orders.line import LineKind
from muvi.domain.orders.order import OrderStatus
from muvi.domain.payments.attempt_status import AttemptStatus
from muvi.domain.payments.refund import Refund
from muvi.domain.payments.watch import OPENING_LOST
from muvi.domain.seating.seat_plan import SeatKey
from muvi.domain.shared.ids import to_wire
from muvi.domain.shared.money import Money
from muvi.domain.tickets.ticket import Ticket
from muvi.ports.clock import Ids
from muvi.ports.messaging.outbox import Event
from muvi.ports.seating.box_office import Booking

CLAIM_AGAIN_S = 900


async def take_step(tx: PurchaseTx, case: Case, decision: Decision, now: datetime, ids: Ids) -> None:
    """Carry out one local step; the caller saves order and checkout."""
    checkout = case.checkout
    match decision.step:
        case Step.DROP_OPERATION:
            await _drop_operation(tx, case, now)
        case Step.ASK_PAYMENT:
            await _ask_payment(tx, case, decision, now)
        case Step.KEEP:
            await _keep(tx, case, decision.capture, now)
        case Step.RETURN_MONEY:
            await return_money(tx, case, decision.capture, now, ids)
        case Step.CLAIM_AGAIN:
            await _claim_again(tx, case, now, ids)
        case Step.LET_GO:
            checkout.enter(CheckoutState.RELEASING, now)
            checkout.target, checkout.reason = OrderStatus.EXPIRED, NOT_PAID
        case Step.CLOSE:
            await _close(tx, case, now)
        case _:
            _call_person(case, now)


async def _drop_operation(tx: PurchaseTx, case: Case, now: datetime) -> None:
    """Pay: the process that was about to open a checkout is gone, and one that nobody knows of is never paid;
    one that was about to charge a card, or did, has named it before, and it is asked about like any other.
    Seats: the box office stayed away until its order had ended by itself, so only the former choice is kept.
    """
    order = case.order
    order.finish()
    order.note("operation-lapsed", now)
    chosen = [SeatKey(key) for key in order.seats]
    if not case.held.issubset(chosen):
        await tx.claims.release(order.showtime_id, order_id=order.id, now=now, keep=chosen)
        case.held = case.held.intersection(chosen)
    for attempt in case.attempts:
        if attempt.status is AttemptStatus.INITIATED:
            attempt.not_opened(now, OPENING_LOST)
            await tx.attempts.save(attempt)


def _call_person(case: Case, now: datetime) -> None:
    case.checkout.enter(CheckoutState.MANUAL, now)
    case.checkout.reason = UNKNOWN_OUTCOME
    case.order.note("manual-attention", now, state=case.checkout.reason)


async def _ask_payment(tx: PurchaseTx, case: Case, decision: Decision, now: datetime) -> None:
    for attempt in case.attempts:
        if attempt.is_open and attempt.checkout_id:
            attempt.signal(now)
            await tx.attempts.save(attempt)
    case.checkout.next_at = decision.until


async def _keep(tx: PurchaseTx, case: Case, capture: CaptureFact | None, now: datetime) -> None:
    order, checkout = case.order, case.checkout
    if capture is None:
        raise ValueError("there is no money to keep")
    checkout.kept_attempt_id, checkout.kept_transaction = capture.attempt_id, capture.transaction
    checkout.reason = ""
    await _post_capture(tx, case, capture, now)
    # Read with the case, but not locked: a lapsed claim may have become somebody else's since.
    case.held = frozenset(await tx.claims.pin(order.showtime_id, order_id=order.id, now=now))
    ready = case.claims_held and order.box_office_order is not None
    checkout.enter(CheckoutState.COMPLETING if ready else CheckoutState.RECLAIMING, now)
    order.note(
        "payment-captured", now, attempt=to_wire(capture.attempt_id), amount_minor=capture.amount_minor
    )


async def return_money(
    tx: PurchaseTx, case: Case, capture: CaptureFact | None, now: datetime, ids: Ids
) -> None:
    """Refund a capture whole; the refund is sent by its own work list. A late re-claim ends with it."""
    order, checkout = case.order, case.checkout
    if capture is None:
        raise ValueError("there is no money to give back")
    attempt = case.attempt_of(capture)
    reason = _reason(case, capture)
    refund = Refund.requested(
        attempt,
        id=ids.new(),
        payment_id=capture.transaction,
        amount=Money(capture.amount_minor, capture.currency),
        reason=reason,
        now=now,
    )
    await tx.refunds.add(refund)
    await tx.attempts.save(attempt)
    await _post_capture(tx, case, capture, now)
    order.note(
        "refund-requested", now, refund=to_wire(refund.id), reason=reason, amount_minor=capture.amount_minor
    )
    if capture.transaction == checkout.kept_transaction:
        checkout.enter(CheckoutState.RELEASING, now)
        checkout.target, checkout.reason = OrderStatus.EXPIRED, reason
    else:
        checkout.next_at = now


def _reason(case: Case, capture: CaptureFact) -> str:
    if capture.transaction == case.checkout.kept_transaction:
        return "seats-not-available"
    if capture.amount_minor != case.order.total_minor or capture.currency != case.order.currency:
        return "amount-differs"
    if case.order.status is OrderStatus.CANCELLED:
        return "order-cancelled"
    return "paid-twice"


async def _post_capture(tx: PurchaseTx, case: Case, capture: CaptureFact, now: datetime) -> None:
    gateway = case.attempt_of(capture).gateway
    await tx.ledger.post(
        captured(
            source=f"{gateway}:{capture.transaction}",
            order_id=case.order.id,
            gateway=gateway,
            minor=capture.amount_minor,
            currency=capture.currency,
            at=now,
        )
    )


async def _claim_again(tx: PurchaseTx, case: Case, now: datetime, ids: Ids) -> None:
    """Late money wants its seats back; when one of them is taken the money goes back whole."""
    order = case.order
    until = now + timedelta(seconds=CLAIM_AGAIN_S)
    seats = [SeatKey(key) for key in order.seats]
    lost = await tx.claims.claim(order.showtime_id, seats, order_id=order.id, until=until, now=now)
    if lost or not seats:
        await tx.claims.release(order.showtime_id, order_id=order.id, now=now)
        case.held = frozenset()
        await return_money(tx, case, case.kept, now, ids)
        return
    await tx.claims.pin(order.showtime_id, order_id=order.id, now=now)
    case.held = frozenset(seats)
    case.checkout.enter(CheckoutState.RECLAIMING, now)
    order.note("seats-claimed-again", now, seats=len(seats))


async def _close(tx: PurchaseTx, case: Case, now: datetime) -> None:
    order, checkout = case.order, case.checkout
    freed = await tx.claims.release(order.showtime_id, order_id=order.id, now=now)
    case.held = frozenset()
    if order.status is OrderStatus.PENDING:
        order.become(checkout.target, now, checkout.reason)
    if freed:
        order.note("seats-released", now, seats=len(freed))
    checkout.enter(CheckoutState.IDLE, now)


async def confirm(
    tx: PurchaseTx, case: Case, booking: Booking, tickets: tuple[Ticket, ...], now: datetime, ids: Ids
) -> None:
    """The pivot: the booking is known. Everything after it only retries."""
    order, checkout = case.order, case.checkout
    seats = [SeatKey(key) for key in order.seats]
    if await tx.claims.sell(order.showtime_id, seats, order_id=order.id, now=now) != len(seats):
        raise LookupError(f"order {order.id} is booked but does not hold its seats")
    order.booking_id, order.booking_number = booking.id, booking.number
    order.become(OrderStatus.CONFIRMED, now)
    order.detach()
    fees = [line for line in order.lines if line.kind is LineKind.BOOKING_FEE]
    fees_net = sum(line.total_minor - line.vat_minor for line in fees)
    await tx.ledger.post(
        sold(
            order_id=order.id,
            tickets_minor=order.total_minor - order.vat_minor - fees_net,
            fees_minor=fees_net,
            vat_minor=order.vat_minor,
            currency=order.currency,
            at=now,
        )
    )
    await tx.tickets.add(tickets)
    payload = {"order_id": to_wire(order.id)}
    await tx.outbox.put(Event(id=ids.new(), type="order_confirmed.v1", payload=payload, occurred_at=now))
    checkout.reason = ""
    checkout.enter(CheckoutState.IDLE, now)
