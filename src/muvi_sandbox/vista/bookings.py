"""Completed orders: what was bought, what of it was refunded, and how it is found again."""

from collections.abc import Iterator
from datetime import datetime
from random import Random
from typing import Any

import msgspec

from muvi_sandbox.chain.schedule import Session
from muvi_sandbox.vista.orders import Line, Order
from muvi_sandbox.vista.wire import after, from_utc, utc, with_offset
from muvi_sandbox.vista.world import World

_REFERENCE_SIGNS = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"


class Tender(msgspec.Struct, rename="camel"):
    """Money that was recorded as taken elsewhere."""

    amount_cents: int
    card_type: str = ""
    card_number: str = ""
    category: str = ""
    reference: str = ""


class Guest(msgspec.Struct, rename="camel"):
    """Who booked."""

    name: str = ""
    email: str = ""
    phone: str = ""


class BookedTicket(msgspec.Struct, rename="camel"):
    """One seat of a booking. The seats of a package share a group and go back together only."""

    sequence: int
    group: int
    code: str
    description: str
    description_alt: str
    package: str
    price_cents: int
    session_id: str
    film: str
    film_alt: str
    starts: str
    seat: str
    row: str
    label: str
    refunded: bool = False


class Booking(msgspec.Struct, rename="camel"):
    """What `booking-completed` records, in full, so that a restart can read it back."""

    usid: str
    cinema_id: str
    platform: str
    booking_id: str
    booking_number: int
    trans_number: int
    total_cents: int
    fee_cents: int
    completed_at: str
    guest: Guest
    tenders: list[Tender]
    tickets: list[BookedTicket]

    @property
    def open_tickets(self) -> list[BookedTicket]:
        """Tickets that were not refunded."""
        return [ticket for ticket in self.tickets if not ticket.refunded]

    @property
    def current_value(self) -> int:
        """What is left of the value; once every ticket is refunded the fee is lost too."""
        still = self.open_tickets
        return sum(ticket.price_cents for ticket in still) + self.fee_cents if still else 0


class Bookings:
    """Every booking of the site."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._by_usid: dict[str, Booking] = {}
        self._by_id: dict[str, Booking] = {}
        self._by_number: dict[tuple[str, str], Booking] = {}
        self._last_number: dict[str, int] = {}

    def make(self, order: Order, guest: Guest, tenders: list[Tender]) -> Booking:
        """Turn an order into a booking, with numbers per cinema and a reference for guests."""
        number = self._last_number.get(order.cinema_id, 4000) + 1
        booking = Booking(
            usid=order.usid,
            cinema_id=order.cinema_id,
            platform=order.platform,
            booking_id=self._free_reference(order.usid),
            booking_number=number,
            trans_number=number + 500,
            total_cents=order.total,
            fee_cents=order.fee,
            completed_at=utc(self._world.now()),
            guest=guest,
            tenders=tenders,
            tickets=list(self._tickets(order)),
        )
        self.add(booking)
        self._world.record(
            "booking-completed", **msgspec.to_builtins(booking), sessions=seats_by_session(booking.tickets)
        )
        return booking

    def add(self, booking: Booking) -> None:
        """Keep a booking."""
        self._by_usid[booking.usid] = booking
        self._by_id[booking.booking_id] = booking
        self._by_number[booking.cinema_id, str(booking.booking_number)] = booking
        last = self._last_number.get(booking.cinema_id, 0)
        self._last_number[booking.cinema_id] = max(last, booking.booking_number)

    def of_order(self, usid: str) -> Booking | None:
        """Return the booking of an order."""
        return self._by_usid.get(usid)

    def by_reference(self, booking_id: str) -> Booking | None:
        """Return the booking with the guest's reference."""
        return self._by_id.get(booking_id)

    def by_number(self, cinema_id: str, number: str | int) -> Booking | None:
        """Return the booking with a cinema's own number."""
        return self._by_number.get((cinema_id, str(number)))

    def is_visible(self, booking: Booking) -> bool:
        """Whether queries find it already."""
        wait = self._world.knobs.booking_visible_after_s
        return wait <= 0 or self._world.now() >= after(completion(booking), wait)

    def visible(self) -> Iterator[Booking]:
        """Every booking that queries find."""
        return (booking for booking in self._by_usid.values() if self.is_visible(booking))

    def refund(self, booking: Booking, tickets: list[BookedTicket], amount: int, reason: str) -> None:
        """Take tickets back: their seats are free at once."""
        for ticket in tickets:
            ticket.refunded = True
        self.release(booking, tickets)
        self._world.record(
            "booking-refunded",
            usid=booking.usid,
            cinemaId=booking.cinema_id,
            bookingId=booking.booking_id,
            amountCents=amount,
            reason=reason,
            sequences=[ticket.sequence for ticket in tickets],
            sessions=seats_by_session(tickets),
        )

    def release(self, booking: Booking, tickets: list[BookedTicket]) -> None:
        """Free the seats of some tickets."""
        for session, indexes in self.places(booking, tickets):
            self._world.halls.of(session).release(indexes, booking.usid)

    def places(self, booking: Booking, tickets: list[BookedTicket]) -> Iterator[tuple[Session, list[int]]]:
        """Yield session and seat indexes of tickets, for shows that still exist."""
        for session_id, names in seats_by_session(tickets).items():
            session = self._world.chain.sessions.get((booking.cinema_id, int(session_id)))
            if session is not None:
                yield session, [seat.index for seat in session.layout.named(names)]

    def _tickets(self, order: Order) -> Iterator[BookedTicket]:
        sequence = group = 0
        for number, lines in order.lines.items():
            session = self._world.chain.sessions[order.cinema_id, number]
            for line in lines:
                group += 1
                for ticket in _seats_of(session, line):
                    sequence += 1
                    yield msgspec.structs.replace(ticket, sequence=sequence, group=group)

    def _free_reference(self, usid: str) -> str:
        """Return a W and six signs, like the references of public samples."""
        draw = Random(usid)  # noqa: S311 - a reference, not a secret
        while True:
            reference = "W" + "".join(draw.choices(_REFERENCE_SIGNS, k=6))
            if reference not in self._by_id:
                return reference


def _seats_of(session: Session, line: Line) -> Iterator[BookedTicket]:
    kind = line.ticket_type
    if kind is None:
        return
    share, rest = divmod(line.price, len(line.seats))
    for place, seat in enumerate(line.seats):
        yield BookedTicket(
            sequence=0,
            group=0,
            code=kind.part or kind.code,
            description=kind.title.en,
            description_alt=kind.title.ar,
            package=kind.title.en if kind.part else "",
            price_cents=share + (rest if place == 0 else 0),
            session_id=str(session.number),
            film=session.film.catalogue_title,
            film_alt=session.film.title.ar,
            starts=with_offset(session.starts),
            seat=str(seat.position),
            row=seat.row,
            label=seat.label,
        )


def seats_by_session(tickets: list[BookedTicket]) -> dict[str, list[str]]:
    """Return seats as area-row-column under their session."""
    seats: dict[str, list[str]] = {}
    for ticket in tickets:
        seats.setdefault(ticket.session_id, []).append(ticket.seat)
    return seats


def completion(booking: Booking) -> datetime:
    """Return when a booking was made."""
    return from_utc(booking.completed_at)


def booking_body(booking: Booking) -> dict[str, Any]:
    """Return a booking as RESTBooking shows it."""
    first, _, last = booking.guest.name.partition(" ")
    still = booking.open_tickets
    return {
        "BookingId": booking.booking_id,
        "BookingNumber": booking.booking_number,
        "VistaTransactionId": booking.trans_number,
        "BookingDateUtc": booking.completed_at,
        "MemberId": "",
        "CinemaId": booking.cinema_id,
        "UserSessionId": booking.usid,
        "TotalValueCents": booking.total_cents,
        "TotalBookingFeeValueCents": booking.fee_cents,
        "CurrentValueInCents": booking.current_value,
        "CurrentBookingFeeValueInCents": booking.fee_cents if still else 0,
        "FirstName": first,
        "LastName": last,
        "Email": booking.guest.email,
        "Phone": booking.guest.phone,
        "ClientId": "",
        "MaskedBookingCardNumber": booking.tenders[0].card_number if booking.tenders else "",
        "CancelledStatus": "0" if still else "1",
        "IsPaid": True,
        "Payments": [
            {
                "PaymentId": f"{booking.trans_number}-{number}",
                "BankReference": tender.reference,
                "OrderPaymentAmount": tender.amount_cents,
            }
            for number, tender in enumerate(booking.tenders, 1)
        ],
        "Tickets": [_ticket_body(ticket) for ticket in booking.tickets],
        "Concessions": [],
    }


def _ticket_body(ticket: BookedTicket) -> dict[str, Any]:
    return {
        "TicketTypeCode": ticket.code,
        "TicketSequenceNumber": ticket.sequence,
        "RefundGroupNumber": ticket.group,
        "RefundedStatus": "1" if ticket.refunded else "0",
        "CollectedStatus": "0",
        "SessionId": int(ticket.session_id),
        "SessionDateTimeOffset": ticket.starts,
        "PriceInCents": ticket.price_cents,
        "Description": ticket.description,
        "DescriptionAlt": ticket.description_alt,
        "PackageDescription": ticket.package,
        "PackageGroupNumber": ticket.group,
        "MovieName": ticket.film,
        "MovieNameAlt": ticket.film_alt,
        "SeatRowId": ticket.row,
        "SeatNumber": ticket.label,
    }
