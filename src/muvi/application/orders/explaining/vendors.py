"""What the box office and the gateways say of an order at this moment. Only questions, no effect."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass, replace

from muvi.domain.payments.attempt import PaymentAttempt
from muvi.domain.payments.refund import Refund, RefundStatus
from muvi.domain.shared.ids import to_wire
from muvi.domain.shared.money import Money
from muvi.ports.errors import PortError
from muvi.ports.orders.dossier import Dossier
from muvi.ports.payments.gateway import PaymentGateway, PaymentGateways, PaymentToCheck, RefundRequest
from muvi.ports.seating.box_office import BoxOffice, OrderRef


@dataclass(frozen=True, slots=True, kw_only=True)
class VendorWord:
    """Who was asked about what, and the answer."""

    vendor: str
    about: str
    said: str


async def ask_vendors(
    dossier: Dossier, gateways: PaymentGateways, box_office: BoxOffice
) -> tuple[VendorWord, ...]:
    """Ask about each payment, each refund that is out, and each order at the box office. A vendor that does
    not answer says so here. The gateways' call budgets are respected.
    """
    words = [word async for word in _of_gateways(dossier, gateways)]
    return (*words, *[word async for word in _of_box_office(dossier, box_office)])


async def _of_gateways(dossier: Dossier, gateways: PaymentGateways) -> AsyncIterator[VendorWord]:
    for attempt in dossier.attempts:
        gateway = gateways.of(attempt.gateway)
        if gateway is not None and attempt.checkout_id:
            said = await _payment(gateway, attempt)
            yield VendorWord(vendor=attempt.gateway, about=f"payment {to_wire(attempt.id)}", said=said)
    attempts = {attempt.id: attempt for attempt in dossier.attempts}
    for refund in dossier.refunds:
        gateway = gateways.of(refund.gateway)
        if gateway is not None and refund.sent_at is not None and refund.status is not RefundStatus.DONE:
            said = await _refund(gateway, refund, attempts[refund.attempt_id])
            yield VendorWord(vendor=refund.gateway, about=f"refund {to_wire(refund.id)}", said=said)


async def _payment(gateway: PaymentGateway, attempt: PaymentAttempt) -> str:
    # `paid` asks for the list of transactions: a checkout's status is given only once. Nothing is spared.
    question = replace(PaymentToCheck.of(attempt), paid=True, denied=(), declined_ids=(), news=True)
    try:
        report = await gateway.check(question)
    except PortError as error:
        return _silent(error)
    listed = [
        f"{one.kind.value} {one.id} {one.verdict.value} {one.amount or ''}".rstrip()
        for one in report.transactions
    ]
    wait = f", ask again in {report.retry_after_s:.0f} s" if report.retry_after_s else ""
    return f"{report.verdict.value} {report.code}".rstrip() + wait + "".join(f"; {one}" for one in listed)


async def _refund(gateway: PaymentGateway, refund: Refund, attempt: PaymentAttempt) -> str:
    if refund.sent_at is None:
        raise ValueError("only a refund that was sent is asked about")
    question = RefundRequest.of(refund, others_minor=refund.others_minor(attempt))
    try:
        report = await gateway.check_refund(question)
    except PortError as error:
        return _silent(error)
    return f"{report.verdict.value} {report.code}".rstrip()


async def _of_box_office(dossier: Dossier, box_office: BoxOffice) -> AsyncIterator[VendorWord]:
    for record in dossier.order.box_office_orders:
        ref = OrderRef(record.ref, record.cinema, record.platform)
        said = await _box_order(box_office, ref, dossier.order.currency)
        yield VendorWord(vendor="box office", about=f"order {record.ref}", said=said)


async def _box_order(box_office: BoxOffice, ref: OrderRef, currency: str) -> str:
    try:
        booking = await box_office.find_booking(ref)
        if booking is not None:
            return f"booked as {booking.id}"
        order = await box_office.read_order(ref)
    except PortError as error:
        return _silent(error)
    if order is None:
        return "no booking, and no open order any more"
    seats = len(order.seats)
    total = Money(order.total_minor, currency)
    return f"no booking; open until {order.expires_at:%H:%M:%SZ}, {seats} seats, {total}"


def _silent(error: PortError) -> str:
    return f"no answer ({type(error).__name__}: {error})"
