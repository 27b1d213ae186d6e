"""How an order stands, in a sentence or two that can be told to whoever asks."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from muvi.domain.orders.checkout import CheckoutState
from muvi.domain.orders.order import OperationKind, Order, OrderStatus
from muvi.domain.payments.attempt import PaymentAttempt
from muvi.domain.payments.attempt_status import AttemptStatus
from muvi.domain.payments.capture import Capture
from muvi.domain.payments.doubt import in_doubt
from muvi.domain.payments.refund import Refund, RefundStatus
from muvi.domain.payments.report import Verdict
from muvi.domain.shared.ids import to_wire
from muvi.ports.orders.dossier import Dossier

Tell = Callable[[datetime | None], str]
"""A moment in words."""
PERSON = "muvi attention list shows it, with what to do"


@dataclass(frozen=True, slots=True, kw_only=True)
class Conclusion:
    """Sentences in English. `person`: it will not end by itself. Moments are in the
    cinema's time, with UTC beside it."""

    sentences: tuple[str, ...]
    person: bool

    @property
    def text(self) -> str:
        """All of it."""
        return " ".join(self.sentences)


def conclude(dossier: Dossier, now: datetime) -> Conclusion:
    """What everything that is kept comes to."""
    manual = dossier.checkout.state is CheckoutState.MANUAL
    doubted = any(in_doubt(attempt, now) for attempt in dossier.attempts)
    owed = any(one.status is RefundStatus.MANUAL or one.is_overdue(now) for one in dossier.refunds)
    unposted = any(notice.state == "failed" for notice in dossier.notices)
    unposted = unposted or any(message.dead_at for message in dossier.messages)
    at = _clock(dossier.show.zone)
    sentences = [_standing(dossier, now, at), *_refunds(dossier, now, at), *_doubts(dossier, now)]
    if dossier.order.status in (OrderStatus.CONFIRMED, OrderStatus.COMPLETED):
        sentences.append(_letter(dossier, at))
    return Conclusion(
        sentences=tuple(sentence for sentence in sentences if sentence),
        person=manual or doubted or owed or unposted,
    )


def _standing(dossier: Dossier, now: datetime, at: Tell) -> str:
    order = dossier.order
    match order.status:
        case OrderStatus.CONFIRMED | OrderStatus.COMPLETED:
            seats = ", ".join(line.seat.label for line in order.lines if line.seat is not None)
            return f"Paid and booked as {order.booking_id}: {seats}."
        case OrderStatus.EXPIRED | OrderStatus.CANCELLED:
            return _ended(dossier)
        case OrderStatus.PENDING:
            return _pending(dossier, now, at)


def _ended(dossier: Dossier) -> str:
    order = dossier.order
    how = "Expired" if order.status is OrderStatus.EXPIRED else "Cancelled"
    money = [*_captures(dossier)]
    if not money:
        return f"{how} ({order.closed_reason or 'no reason kept'}): no money was taken, no seat is held."
    if dossier.checkout.state is not CheckoutState.IDLE:
        return f"{how}, then {_taken(*money[0])}: {_underway(dossier)}."
    return f"{how}, and {_taken(*money[0])}: there is no booking."


def _pending(dossier: Dossier, now: datetime, at: Tell) -> str:
    order, money = dossier.order, [*_captures(dossier)]
    if money:
        return f"{_taken(*money[0]).capitalize()}: {_underway(dossier)}."
    if order.operation is not None:
        what = "seats are being chosen" if order.operation.kind is OperationKind.SEATS else "payment begins"
        lapsed = order.operation.deadline <= now
        return f"Not paid; {what}{', but whoever did it is gone: a worker follows it' if lapsed else ''}."
    if not order.lines:
        return f"Nothing is chosen yet; {_until(order, now, at)}."
    if not dossier.attempts:
        return f"Seats are held, payment has not begun; {_until(order, now, at)}."
    return f"Seats are held, {_paying(dossier.attempts[-1], at)}; {_until(order, now, at)}."


def _paying(last: PaymentAttempt, at: Tell) -> str:
    if last.status is AttemptStatus.FAILED and last.last_verdict in (None, Verdict.UNPAID):
        return f"no card was charged at {last.gateway} ({last.last_code}), the buyer may pay again"
    if last.status is AttemptStatus.FAILED:
        return f"the last card was declined at {last.gateway} ({last.last_code}), the buyer may pay again"
    if last.status is AttemptStatus.EXPIRED:
        return f"nobody paid at {last.gateway}"
    if last.is_open and not last.checkout_id:
        return f"a checkout is being opened at {last.gateway}"
    if unclear := _unclear(last, at):
        return f"{unclear}; it is asked again at {at(last.next_check_at)}"
    return f"the buyer is at the payment page of {last.gateway}, which takes cards until {at(last.pay_by)}"


def _unclear(last: PaymentAttempt, at: Tell) -> str:
    """What is heard of a payment whose outcome is not known; empty while nothing is."""
    if last.last_verdict in (Verdict.UNKNOWN, Verdict.PENDING):
        told = f"asked at {at(last.checked_at)}, {last.gateway} could not say"
    elif last.payment_ids and last.last_verdict in (None, Verdict.UNPAID):
        told = f"{last.gateway} told of {last.payment_ids[-1]} and has not yet said what became of it"
    else:
        return ""
    return f"the buyer may have paid: {told}{f' ({last.last_code})' if last.last_code else ''}"


def _until(order: Order, now: datetime, at: Tell) -> str:
    if order.expires_at <= now:
        return f"its time was over at {at(order.expires_at)}, and it is being let go"
    return f"without payment it is let go at {at(order.expires_at)}"


def _underway(dossier: Dossier) -> str:
    match dossier.checkout.state:
        case CheckoutState.COMPLETING | CheckoutState.OPEN:
            return "the booking is being made"
        case CheckoutState.RESOLVING:
            return "the box office is being asked whether it is booked"
        case CheckoutState.RECLAIMING:
            return "the seats are being ordered again"
        case CheckoutState.RELEASING:
            return "the seats are given back"
        case CheckoutState.MANUAL:
            return f"nobody could say whether it is booked, a person has to look ({PERSON})"
        case CheckoutState.IDLE:
            return "a worker is about to look at it"


def _refunds(dossier: Dossier, now: datetime, at: Tell) -> Iterator[str]:
    for refund in dossier.refunds:
        late = (
            f", not taken for hours ({refund.last_code or '-'}; {PERSON})" if refund.is_overdue(now) else ""
        )
        what = f"{refund.amount} of {refund.gateway} {refund.payment_id} ({refund.reason})"
        yield f"{what}: {_back(refund, at)}{late}."


def _back(refund: Refund, at: Tell) -> str:
    match refund.status:
        case RefundStatus.DONE:
            return f"went back at {at(refund.done_at)}"
        case RefundStatus.MANUAL:
            return f"the refund needs a person ({refund.last_code}; {PERSON})"
        case RefundStatus.REQUESTED:
            return f"refund is under way, to be sent at {at(refund.next_at)}"
        case RefundStatus.SENT:
            return f"refund is under way, sent at {at(refund.sent_at)}, asked about at {at(refund.next_at)}"


def _doubts(dossier: Dossier, now: datetime) -> Iterator[str]:
    for attempt in dossier.attempts:
        if in_doubt(attempt, now):
            yield f"{attempt.gateway} cannot tell whether payment {to_wire(attempt.id)} was made ({PERSON})."


def _letter(dossier: Dossier, at: Tell) -> str:
    if any(message.dead_at for message in dossier.messages):
        return "The letter was given up: muvi outbox list."
    letter = next((notice for notice in dossier.notices if notice.channel == "email"), None)
    if letter is None:
        return "The letter is still to be sent."
    match letter.state:
        case "sent":
            return f"Letter sent at {at(letter.finished_at)}."
        case "skipped":
            return f"No letter: {letter.reason}."
        case "failed":
            return f"The letter failed: {letter.reason}."
        case _:
            return "The letter is being sent."


def _captures(dossier: Dossier) -> Iterator[tuple[PaymentAttempt, Capture]]:
    for attempt in dossier.attempts:
        for capture in attempt.captured:
            yield attempt, capture


def _taken(attempt: PaymentAttempt, capture: Capture) -> str:
    return f"money was taken at {attempt.gateway} ({capture.amount}, {capture.transaction_id})"


def _clock(zone: str) -> Tell:
    place = ZoneInfo(zone)

    def told(moment: datetime | None) -> str:
        if moment is None:
            return "an unknown time"
        return f"{moment.astimezone(place):%Y-%m-%d %H:%M:%S} ({moment.astimezone(UTC):%H:%M:%SZ})"

    return told
