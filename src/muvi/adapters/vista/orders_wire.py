"""Orders, payments and bookings as Vista writes them: V2 in camel case, V1 in Pascal case."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime

import msgspec

from muvi.adapters.vista.client import Coded
from muvi.domain.seating.seat_plan import SeatKey, seat_key, seat_position
from muvi.ports.seating.box_office import (
    Booking,
    BoxOfficeOrder,
    BoxOfficeTicket,
    Buyer,
    OrderRef,
    PaidBy,
    TicketChoice,
)

_MICROSECONDS = 6


class _Seat(msgspec.Struct, rename="camel"):
    area_number: int
    row_index: int
    column_index: int


class _Details(msgspec.Struct, rename="camel"):
    ticket_type_code: str
    final_price_in_cents: int
    tax_in_cents: int = 0
    description: str | None = None


class _Ticket(msgspec.Struct, rename="camel"):
    ticket_details: _Details | None = None
    seats: list[_Seat] | None = None


class _Session(msgspec.Struct, rename="camel"):
    id: int | str
    tickets: list[_Ticket] | None = None


class _Order(msgspec.Struct, rename="camel"):
    cinema_id: str
    user_session_id: str
    order_total_value_in_cents: int
    expiry_date_utc: str
    tax_value_in_cents: int = 0
    booking_fee_total_value_in_cents: int = 0
    booking_fee_tax_value_in_cents: int = 0
    sessions: list[_Session] | None = None


class OrderAnswer(msgspec.Struct, rename="camel"):
    """The envelope of create, read and set-tickets."""

    order: _Order


class PaymentAnswer(Coded, rename="pascal"):
    """Answer of `order/payment`. A `BackgroundJobUrl` in it changes nothing: the ids are final by then."""

    vista_booking_id: str | None = None
    vista_booking_number: str | int | None = None
    vista_trans_number: str | int | None = None


class _Summary(msgspec.Struct, rename="pascal"):
    vista_booking_id: str | None = None
    vista_booking_number: str | int | None = None


class BookingStatusAnswer(Coded, rename="pascal"):
    """Answer of `order/query-booking-status`."""

    order_summary: _Summary | None = None


class _Booking(msgspec.Struct, rename="pascal"):
    booking_id: str | None = None
    booking_number: str | int | None = None
    vista_transaction_id: str | int | None = None


class BookingAnswer(Coded, rename="pascal"):
    """Answer of `RESTBooking.svc/booking`."""

    booking: _Booking | None = None


def utc(text: str) -> datetime:
    """Read a `*Utc` time: seven fractional digits and a Z, of which Python takes six.

    Raises `ValueError`.
    """
    whole, _, fraction = text.removesuffix("Z").partition(".")
    return datetime.fromisoformat(f"{whole}.{(fraction or '0')[:_MICROSECONDS]:0<6}+00:00")


def to_order(wire: _Order, ref: OrderRef, our_time: Callable[[datetime], datetime]) -> BoxOfficeOrder:
    """Read an order; its times through `our_time`. Raises `ValueError` for a time that is none."""
    return BoxOfficeOrder(
        ref=ref,
        expires_at=our_time(utc(wire.expiry_date_utc)),
        total_minor=wire.order_total_value_in_cents,
        tax_minor=wire.tax_value_in_cents,
        booking_fee_minor=wire.booking_fee_total_value_in_cents,
        booking_fee_tax_minor=wire.booking_fee_tax_value_in_cents,
        tickets=tuple(_to_ticket(t) for session in wire.sessions or () for t in session.tickets or ()),
    )


def seats_of_session(wire: _Order, session: str) -> frozenset[SeatKey]:
    """The seats an order holds in one session; the same id may be a number here and a text there."""
    return frozenset(
        key
        for known in wire.sessions or ()
        if str(known.id) == session
        for ticket in known.tickets or ()
        for key in _keys(ticket)
    )


def _to_ticket(wire: _Ticket) -> BoxOfficeTicket:
    details = wire.ticket_details
    return BoxOfficeTicket(
        ticket_type_id=details.ticket_type_code if details else "",
        name=(details.description if details else None) or "",
        seats=_keys(wire),
        price_minor=details.final_price_in_cents if details else 0,
        tax_minor=details.tax_in_cents if details else 0,
    )


def _keys(wire: _Ticket) -> tuple[SeatKey, ...]:
    return tuple(seat_key(s.area_number, s.row_index, s.column_index) for s in wire.seats or ())


def set_tickets_body(tickets: Iterable[TicketChoice]) -> dict[str, object]:
    """The whole choice. Without auto-allocation Vista must seat exactly what is asked or refuse.

    Raises `ValueError` for a seat key that is none.
    """
    return {
        "tickets": [_ticket_body(choice) for choice in tickets],
        "useSeatAutoAllocation": False,
    }


def _ticket_body(choice: TicketChoice) -> dict[str, object]:
    details: dict[str, object] = {"ticketTypeCode": choice.ticket_type_id}
    if choice.price_minor is not None:
        details["priceInCents"] = choice.price_minor
    places = [seat_position(key) for key in choice.seats]
    seats = [{"areaNumber": area, "rowIndex": row, "columnIndex": column} for area, row, column in places]
    return {"ticketDetails": details, "seats": seats}


def payment_body(
    ref: OrderRef, tenders: tuple[PaidBy, ...], buyer: Buyer, category: str
) -> dict[str, object]:
    """Money that was taken elsewhere: PerformPayment false only records it. Split payments go as a list."""
    paid = [
        {
            "PaymentValueCents": tender.amount_minor,
            "CardNumber": tender.card_masked,
            "CardType": tender.card_brand,
            "PaymentTenderCategory": category,
            "BankReference": tender.reference,
            "BankTransactionNumber": tender.reference,
            "UseAsBookingRef": False,
        }
        for tender in tenders
    ]
    info = {"PaymentInfo": paid[0]} if len(paid) == 1 else {"PaymentInfoCollection": paid}
    return {
        "UserSessionId": ref.id,
        "PerformPayment": False,
        "BookingMode": 0,
        "CustomerName": buyer.name,
        "CustomerEmail": buyer.email,
        "CustomerPhone": buyer.phone,
        **info,
    }


def to_booking(
    booking_id: str | None, number: str | float | None, transaction: str | float | None = None
) -> Booking | None:
    """A booking, when there is an id; numbers come as texts or as integers."""
    if not booking_id:
        return None
    return Booking(id=booking_id, number=_digits(number), transaction=_digits(transaction))


def _digits(value: str | float | None) -> str:
    return "" if value is None else str(value)
