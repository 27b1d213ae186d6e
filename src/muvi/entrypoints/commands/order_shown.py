"""An explained order on a screen, and as JSON."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from zoneinfo import ZoneInfo

import click

from muvi.application.orders.explaining.explain_order import Explanation
from muvi.application.orders.explaining.happenings import Fact, Happening
from muvi.application.orders.explaining.next_steps import NextStep
from muvi.domain.orders.box_office_order import BoxOfficeOrderRecord
from muvi.domain.payments.attempt import PaymentAttempt
from muvi.domain.payments.report import ReportedTransaction
from muvi.domain.shared.ids import to_wire
from muvi.domain.shared.money import Money
from muvi.ports.orders.dossier import Dossier

LABEL, SOURCE = 11, 10
Rows = Iterator[str]


def shown(found: Explanation) -> str:
    """Lines for a person, the conclusion first."""
    zone = ZoneInfo(found.dossier.show.zone)
    lines = [
        *_summary(found, zone),
        *_titled("What happened", (_happening(one, zone) for one in found.happenings)),
        *_titled("Payments now", _payments(found, zone)),
        *_titled("Box office now", _box_office(found, zone)),
        *_titled("Claims now", _claims(found, zone)),
        *_titled("What happens next", _next(found, zone)),
        *_titled("What the vendors say now", (f"{w.vendor}, {w.about}: {w.said}" for w in found.words)),
    ]
    return "\n".join(lines) + "\n"


def as_wire(found: Explanation) -> dict[str, object]:
    """The same for machines: ids as on the wire, times in UTC, the total in minor units."""
    dossier, order = found.dossier, found.dossier.order
    return {
        "at": _utc(found.now),
        "conclusion": {"text": found.conclusion.text, "needsPerson": found.conclusion.person},
        "order": {
            "id": to_wire(order.id),
            "status": order.status.value,
            "totalMinor": order.total_minor,
            "currency": order.currency,
            "bookingReference": order.booking_id or None,
            "platform": order.platform.value,
            "cinema": dossier.show.cinema.en,
            "film": dossier.show.film.en,
            "startsAt": _utc(dossier.show.starts_at),
            "expiresAt": _utc(order.expires_at),
            "seats": [line.seat.label for line in order.lines if line.seat is not None],
            "tickets": [ticket.code for ticket in dossier.tickets],
            "buyer": {"name": order.buyer.name, "email": order.buyer.email, "phone": order.buyer.phone},
        },
        "checkout": {"state": dossier.checkout.state.value, "reason": dossier.checkout.reason},
        "happenings": [
            {"at": _utc(one.at), "source": one.source, "what": one.what, "facts": dict(one.facts)}
            for one in found.happenings
        ],
        "attempts": [_attempt(one, dossier) for one in dossier.attempts],
        "boxOfficeOrders": [_box_order(one) for one in order.box_office_orders],
        "claims": [{"seat": one.seat, "state": one.state} for one in dossier.claims],
        "next": [
            {"who": one.who, "what": one.what, "at": _utc(one.at), "attempt": one.attempt}
            for one in found.next_steps
        ],
        "vendors": [{"vendor": one.vendor, "about": one.about, "said": one.said} for one in found.words],
    }


def _summary(found: Explanation, zone: ZoneInfo) -> Rows:
    dossier, order = found.dossier, found.dossier.order
    colour = "yellow" if found.conclusion.person else "green"
    yield click.style(found.conclusion.text, fg=colour, bold=True)
    yield ""
    total = Money(order.total_minor, order.currency)
    seats = ", ".join(line.seat.label for line in order.lines if line.seat is not None)
    show = f"{dossier.show.film.en}, {dossier.show.cinema.en}, {dossier.show.screen.en}"
    buyer = ", ".join(word for word in (order.buyer.name, order.buyer.phone, order.buyer.email) if word)
    rows = {
        "Order": f"{to_wire(order.id)}  {order.status.value}, checkout {dossier.checkout.state.value}",
        "Placed": f"{_both(order.created_at, zone)}, from {order.platform.value}",
        "Show": f"{show}, {_both(dossier.show.starts_at, zone)}",
        "Seats": f"{seats or 'none'}, {total}",
        "Booking": order.booking_id,
        "Buyer": buyer,
    }
    for label, value in rows.items():
        if value:
            yield f"{label.ljust(LABEL)}{value}"


def _titled(title: str, lines: Iterator[str]) -> Rows:
    found = list(lines)
    if found:
        yield f"\n{click.style(title, bold=True)}"
        yield from (f"  {line}" for line in found)


def _happening(one: Happening, zone: ZoneInfo) -> str:
    line = f"{_both(one.at, zone)}  {one.source.ljust(SOURCE)}  {one.what}  {_facts(one.facts)}"
    return line.rstrip()


def _facts(facts: Mapping[str, Fact]) -> str:
    return "  ".join(f"{name}={value}" for name, value in facts.items() if value != "")


def _payments(found: Explanation, zone: ZoneInfo) -> Rows:
    for one in found.dossier.attempts:
        yield f"{to_wire(one.id)}  {one.gateway} {one.status.value}  {_money(one)}"
        checked = f"{_both(one.checked_at, zone)}: {_verdict(one)}" if one.checked_at else "never"
        watched = f"until {_both(one.watch_until, zone)}" if one.next_check_at else "no more"
        yield f"  checkout {one.checkout_id or 'none'}, asked {checked}, watched {watched}"
        for seen in _seen(one, found.dossier):
            amount = seen.amount or ""
            yield f"  {seen.kind.value} {seen.id}  {seen.verdict.value} {seen.code}  {amount}".rstrip()


def _money(attempt: PaymentAttempt) -> str:
    currency = attempt.amount.currency
    words = [f"{attempt.amount} asked for"]
    if attempt.captured:
        words.append(f"{Money(attempt.captured_minor, currency)} taken")
    if attempt.refunded_minor:
        words.append(f"{Money(attempt.refunded_minor, currency)} gone back")
    return ", ".join(words)


def _verdict(attempt: PaymentAttempt) -> str:
    return (
        f"{attempt.last_verdict.value if attempt.last_verdict else 'no verdict'} {attempt.last_code}".rstrip()
    )


def _seen(attempt: PaymentAttempt, dossier: Dossier) -> Iterator[ReportedTransaction]:
    return (one.transaction for one in dossier.transactions if one.attempt_id == attempt.id)


def _attempt(one: PaymentAttempt, dossier: Dossier) -> dict[str, object]:
    return {
        "id": to_wire(one.id),
        "gateway": one.gateway,
        "status": one.status.value,
        "checkout": one.checkout_id or None,
        "currency": one.amount.currency,
        "amountMinor": one.amount.minor,
        "capturedMinor": one.captured_minor,
        "refundedMinor": one.refunded_minor,
        "lastVerdict": one.last_verdict.value if one.last_verdict else None,
        "lastCode": one.last_code or None,
        "checkedAt": _utc(one.checked_at) if one.checked_at else None,
        "nextCheckAt": _utc(one.next_check_at) if one.next_check_at else None,
        "watchUntil": _utc(one.watch_until),
        "transactions": [
            {
                "id": seen.id,
                "kind": seen.kind.value,
                "verdict": seen.verdict.value,
                "code": seen.code,
                "amountMinor": seen.amount.minor if seen.amount else None,
            }
            for seen in _seen(one, dossier)
        ],
    }


def _box_order(one: BoxOfficeOrderRecord) -> dict[str, object]:
    return {
        "ref": one.ref,
        "active": one.active,
        "cinema": one.cinema,
        "showtime": one.showtime,
        "expiresAt": _utc(one.expires_at),
        "totalMinor": one.total_minor,
    }


def _box_office(found: Explanation, zone: ZoneInfo) -> Rows:
    for one in found.dossier.order.box_office_orders:
        state = f"active, expires {_both(one.expires_at, zone)}" if one.active else "no longer active"
        yield f"{one.ref}  cinema {one.cinema}, {state}"


def _claims(found: Explanation, zone: ZoneInfo) -> Rows:
    for claim in found.dossier.claims:
        until = f" until {_both(claim.expires_at, zone)}" if claim.expires_at else ""
        yield f"{claim.seat}  {claim.state}{until}"


def _next(found: Explanation, zone: ZoneInfo) -> Rows:
    for step in found.next_steps:
        yield f"{_both(step.at, zone)}  {_when(step, found.now)}: {step.what}, attempt {step.attempt}"
    if not found.next_steps:
        yield "Nothing, unless something new is heard."


def _when(step: NextStep, now: datetime) -> str:
    if step.leased_until is not None:
        return "a worker is at it now"
    seconds = (step.at - now).total_seconds()
    return f"in {seconds:.0f} s" if seconds >= 0 else f"overdue for {-seconds:.0f} s"


def _both(moment: datetime, zone: ZoneInfo) -> str:
    return f"{moment.astimezone(zone):%Y-%m-%d %H:%M:%S} ({moment:%H:%M:%SZ})"


def _utc(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%S.%fZ")
