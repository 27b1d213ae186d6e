"""RESTBooking.svc: look up, search, cancel, refund; and the V2 refund."""

from collections.abc import Iterable
from typing import Any

import msgspec

from muvi_sandbox.reply import Reply
from muvi_sandbox.vista.bookings import BookedTicket, Booking, Bookings, booking_body
from muvi_sandbox.vista.clients import Client
from muvi_sandbox.vista.routing import V2, Call, Route
from muvi_sandbox.vista.wire import UNEXPECTED, Failed, Refused, ok, v1_body, v2_body
from muvi_sandbox.vista.world import World

CANNOT_CANCEL = 1
NOT_FOUND, PAID = 47, 48  # extended codes of booking/cancel


class BookingKey(msgspec.Struct, rename="pascal"):
    """Names a booking by any of its keys; numbers may come as text."""

    cinema_id: str = ""
    booking_id: str | None = None
    booking_number: str | int | None = None
    vista_trans_number: str | int | None = None
    user_session_id: str | None = None
    email: str | None = None
    phone: str | None = None

    def fits(self, booking: Booking) -> bool:
        """Whether every key that is given is this booking's."""
        pairs = (
            (self.cinema_id, booking.cinema_id),
            (self.booking_id, booking.booking_id),
            (self.booking_number, booking.booking_number),
            (self.vista_trans_number, booking.trans_number),
            (self.user_session_id, booking.usid),
            (self.email, booking.guest.email),
            (self.phone, booking.guest.phone),
        )
        return all(not wanted or str(wanted) == str(real) for wanted, real in pairs)

    @property
    def is_empty(self) -> bool:
        """Whether no key but the cinema is given."""
        keys = (self.booking_id, self.booking_number, self.vista_trans_number, self.user_session_id)
        return not any((*keys, self.email, self.phone))


class RefundV1(msgspec.Struct, rename="pascal"):
    """Body of `booking/refund`; without groups the whole booking goes back."""

    cinema_id: str
    booking_number: str | int
    refund_amount: int = 0
    refund_group_numbers: list[int] | None = None
    refund_reason: str | None = None


class Repaid(msgspec.Struct, rename="camel"):
    """Money that was given back elsewhere."""

    amount_in_cents: int


class RefundV2(msgspec.Struct, rename="camel"):
    """Body of the V2 refund; without sequences the whole booking goes back."""

    external_payment_details: list[Repaid] = []
    refund_reason: str | None = None
    sequences_to_refund: list[int] | None = None


class BookingApi:
    """Everything after completion."""

    def __init__(self, world: World, bookings: Bookings) -> None:
        self._world = world
        self._bookings = bookings

    def routes(self) -> list[Route]:
        """Return the operations."""
        return [
            Route("POST", "restbooking.svc/booking", "booking", "ResultCode", self.read),
            Route("POST", "restbooking.svc/booking/search", "booking/search", "ResultCode", self.search),
            Route("POST", "restbooking.svc/booking/cancel", "booking/cancel", "Result", self.cancel),
            Route("POST", "restbooking.svc/booking/refund", "booking/refund", "ResultCode", self.refund),
            Route("POST", "cinemas/{}/bookings/{}/refund", "bookings/refund", V2, self.refund_v2),
        ]

    def read(self, call: Call) -> Reply:
        """Show a booking; one that is not found (the code is ours) has none."""
        key = v1_body(call.body, BookingKey)
        booking = self._find(key)
        if booking is None:
            body: dict[str, Any] = {"ResultCode": UNEXPECTED, "ErrorDescription": "Booking not found"}
            return ok({**body, "Booking": None})
        return ok({"ResultCode": 0, "ErrorDescription": None, "Booking": booking_body(booking)})

    def search(self, call: Call) -> Reply:
        """List the bookings that fit; a single one is shown whole."""
        key = v1_body(call.body, BookingKey)
        found = [booking for booking in self._bookings.visible() if not key.is_empty and key.fits(booking)]
        single = booking_body(found[0]) if len(found) == 1 else None
        results = [
            {"BookingId": b.booking_id, "BookingNumber": b.booking_number, "CinemaId": b.cinema_id}
            for b in found
        ]
        body = {"ResultCode": 0, "ErrorDescription": None}
        return ok({**body, "SingleBookingMatch": single, "BookingSearchResults": results})

    def cancel(self, call: Call) -> Reply:
        """Cancel an unpaid booking; all of ours are paid."""
        if self._find(v1_body(call.body, BookingKey)) is None:
            raise Failed(CANNOT_CANCEL, "Booking not found", NOT_FOUND)
        raise Failed(CANNOT_CANCEL, "Booking is paid, use refund", PAID)

    def refund(self, call: Call) -> Reply:
        """Take a booking or some of its groups back; the amount must be exactly what they are worth now."""
        self._require_right(call.client)
        wanted = v1_body(call.body, RefundV1)
        key = BookingKey(cinema_id=wanted.cinema_id, booking_number=wanted.booking_number)
        booking = self._find(key)
        if booking is None:
            raise Failed(UNEXPECTED, "Booking not found")
        groups = wanted.refund_group_numbers
        tickets = [ticket for ticket in booking.open_tickets if not groups or ticket.group in groups]
        worth = _worth(booking, tickets)
        if not tickets or wanted.refund_amount != worth:
            text = f"Requested refund amount ({wanted.refund_amount}) ≠ total ({worth})"
            raise Failed(UNEXPECTED, text)
        self._bookings.refund(booking, tickets, worth, wanted.refund_reason or "")
        return ok({"ResultCode": 0, "ErrorDescription": None, "ExplanationIfRefunded": None})

    def refund_v2(self, call: Call) -> Reply:
        """Take a booking or some of its sequences back, whole packages only; success is the status."""
        self._require_right(call.client)
        cinema_id, reference = call.args
        booking = self._bookings.by_reference(reference)
        if booking is None or booking.cinema_id != cinema_id or not self._bookings.is_visible(booking):
            raise Refused(404, "BookingNotFound", f"Booking {reference} could not be found")
        wanted = v2_body(call.body, RefundV2)
        sequences = wanted.sequences_to_refund
        tickets = [t for t in booking.open_tickets if sequences is None or t.sequence in sequences]
        groups = {ticket.group for ticket in tickets}
        if any(t.group in groups and t not in tickets for t in booking.open_tickets):
            raise Refused(400, "PackageIncomplete", "A package can be refunded as a whole only")
        worth = _worth(booking, tickets)
        if not tickets or sum(paid.amount_in_cents for paid in wanted.external_payment_details) != worth:
            raise Refused(400, "RefundAmountMismatch", f"The refunded amount must be {worth}")
        self._bookings.refund(booking, tickets, worth, wanted.refund_reason or "")
        return ok({})

    def _find(self, key: BookingKey) -> Booking | None:
        """Return the booking that the most telling key names, when every other key fits too."""
        if key.is_empty:
            return None
        candidates: Iterable[Booking | None] = self._bookings.visible()
        if key.user_session_id:
            candidates = [self._bookings.of_order(key.user_session_id)]
        elif key.booking_id:
            candidates = [self._bookings.by_reference(key.booking_id)]
        elif key.booking_number:
            candidates = [self._bookings.by_number(key.cinema_id, key.booking_number)]
        fitting = (b for b in candidates if b is not None and key.fits(b) and self._bookings.is_visible(b))
        return next(fitting, None)

    def _require_right(self, client: Client) -> None:
        if client.platform not in self._world.knobs.refund_platforms:
            raise Refused(403, "Forbidden", "This API token may not refund")


def _worth(booking: Booking, tickets: list[BookedTicket]) -> int:
    """Return what tickets are worth: the last ones take the booking fee with them."""
    if len(tickets) == len(booking.open_tickets):
        return booking.current_value
    return sum(ticket.price_cents for ticket in tickets)
