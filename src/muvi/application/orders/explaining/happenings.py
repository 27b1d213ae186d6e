"""One order's history, told by everything that kept a part of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from itertools import groupby

from muvi.domain.payments.attempt import PaymentAttempt
from muvi.domain.payments.refund import Refund
from muvi.domain.shared.ids import made_at, to_wire
from muvi.domain.shared.money import Money
from muvi.ports.orders.dossier import Dossier, KeptMessage

Fact = str | int


@dataclass(frozen=True, slots=True, kw_only=True)
class Happening:
    """Something at a moment. `source`: order, box office, payment, gateway, webhook, refund, seats, ledger,
    message or letter; `what` is a stable word, `facts` are ids, codes and amounts.
    """

    at: datetime
    source: str
    what: str
    facts: Mapping[str, Fact] = field(default_factory=dict)


def happenings(dossier: Dossier) -> tuple[Happening, ...]:
    """All of it, oldest first; what has the same moment stays in the order of its source."""
    told = (
        *_order(dossier),
        *_box_office(dossier),
        *_payments(dossier),
        *_refunds(dossier),
        *_seats(dossier),
        *_ledger(dossier),
        *_messages(dossier),
    )
    return tuple(sorted(told, key=lambda one: one.at))


def _order(dossier: Dossier) -> Iterator[Happening]:
    for entry in dossier.timeline:
        yield Happening(at=entry.at, source="order", what=entry.code, facts=entry.facts)


def _box_office(dossier: Dossier) -> Iterator[Happening]:
    for record in dossier.order.box_office_orders:
        facts: dict[str, Fact] = {"ref": record.ref, "cinema": record.cinema, "showtime": record.showtime}
        yield Happening(at=made_at(record.id), source="box office", what="order-opened", facts=facts)
    if dossier.order.confirmed_at is not None:
        facts = {"booking": dossier.order.booking_id, "number": dossier.order.booking_number}
        yield Happening(at=dossier.order.confirmed_at, source="box office", what="booked", facts=facts)


def _payments(dossier: Dossier) -> Iterator[Happening]:
    for attempt in dossier.attempts:
        yield Happening(at=attempt.opened_at, source="payment", what="opened", facts=_attempt(attempt))
    for seen in dossier.transactions:
        found = seen.transaction
        facts: dict[str, Fact] = {"transaction": found.id, "verdict": found.verdict.value, "code": found.code}
        if found.amount is not None:
            facts["amount"] = str(found.amount)
        card = f"{found.brand} {found.card_masked}".strip()
        yield Happening(
            at=seen.seen_at,
            source="gateway",
            what=found.kind.value,
            facts=facts | ({"card": card} if card else {}),
        )
    for event in dossier.webhooks:
        named = {"transaction": event.payment_id} if event.payment_id else {}
        yield Happening(at=event.received_at, source="webhook", what=event.kind.lower(), facts=named)


def _attempt(attempt: PaymentAttempt) -> dict[str, Fact]:
    return {
        "payment": to_wire(attempt.id),
        "gateway": attempt.gateway,
        "checkout": attempt.checkout_id,
        "amount": str(attempt.amount),
    }


def _refunds(dossier: Dossier) -> Iterator[Happening]:
    for refund in dossier.refunds:
        facts: dict[str, Fact] = {"refund": to_wire(refund.id), "amount": str(refund.amount)}
        for what, at in _moments(refund):
            yield Happening(at=at, source="refund", what=what, facts=facts | {"reason": refund.reason})


def _moments(refund: Refund) -> Iterator[tuple[str, datetime]]:
    yield "requested", refund.requested_at
    if refund.sent_at is not None:
        yield "sent", refund.sent_at
    if refund.done_at is not None:
        yield "done", refund.done_at


def _seats(dossier: Dossier) -> Iterator[Happening]:
    for (at, state), changes in groupby(dossier.claim_changes, key=lambda one: (one.at, one.state)):
        seats = ", ".join(change.seat for change in changes)
        yield Happening(at=at, source="seats", what=state.lower(), facts={"seats": seats})


def _ledger(dossier: Dossier) -> Iterator[Happening]:
    for journal in dossier.journals:
        facts = {entry.account: str(Money(entry.minor, journal.currency)) for entry in journal.entries}
        yield Happening(at=journal.at, source="ledger", what=journal.kind.value, facts=facts)


def _messages(dossier: Dossier) -> Iterator[Happening]:
    for message in dossier.messages:
        yield Happening(at=message.occurred_at, source="message", what="put", facts={"type": message.type})
        if message.done_at is not None:
            yield Happening(at=message.done_at, source="message", what="done", facts={"type": message.type})
        if message.dead_at is not None:
            yield Happening(at=message.dead_at, source="message", what="dead", facts=_dead(message))
    for notice in dossier.notices:
        if notice.finished_at is not None:
            facts: dict[str, Fact] = {"channel": notice.channel, "kind": notice.kind}
            yield Happening(
                at=notice.finished_at,
                source="letter",
                what=notice.state,
                facts=facts | ({"reason": notice.reason} if notice.reason else {}),
            )


def _dead(message: KeptMessage) -> dict[str, Fact]:
    return {"type": message.type, "attempts": message.attempts, "error": message.last_error}
