"""The box office of a cinema, as the purchase needs it."""

from __future__ import annotations

from abc import abstractmethod
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from muvi.domain.seating.seat_plan import SeatKey, SeatPlan, TicketType
from muvi.domain.shared.actor import Platform
from muvi.ports.errors import Refused


class SeatsUnavailable(Refused):
    """The box office has given at least one of the seats to somebody else; it does not say which."""


class ShowtimeNotSold(Refused):
    """The box office does not know the showtime or does not sell it on this platform."""


@dataclass(frozen=True, slots=True)
class ShowtimeRef:
    """A showtime in the box office's own ids (opaque texts, leading zeros kept)."""

    cinema: str
    showtime: str


@dataclass(frozen=True, slots=True)
class OrderRef:
    """An order at the box office. Every call about it uses the token of the platform that opened it."""

    id: str
    cinema: str
    platform: Platform


@dataclass(frozen=True, slots=True, kw_only=True)
class TicketChoice:
    """One ticket and the seats it takes."""

    ticket_type_id: str
    seats: tuple[SeatKey, ...]
    price_minor: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class BoxOfficeTicket:
    """One ticket as the box office prices it; `tax_minor` is contained in `price_minor`."""

    ticket_type_id: str
    name: str
    seats: tuple[SeatKey, ...]
    price_minor: int
    tax_minor: int


@dataclass(frozen=True, slots=True, kw_only=True)
class BoxOfficeOrder:
    """The order as the box office holds it.

    `total_minor` is what is charged, booking fee included. `expires_at` is in our clock: the adapter
    corrects the skew measured from the HTTP Date header.
    """

    ref: OrderRef
    expires_at: datetime
    total_minor: int
    tax_minor: int
    booking_fee_minor: int
    booking_fee_tax_minor: int
    tickets: tuple[BoxOfficeTicket, ...]

    @property
    def seats(self) -> frozenset[SeatKey]:
        """Every seat of the order."""
        return frozenset(seat for ticket in self.tickets for seat in ticket.seats)


@dataclass(frozen=True, slots=True, kw_only=True)
class PaidBy:
    """One tender that pays the order: money that we took elsewhere and the box office records."""

    amount_minor: int
    reference: str
    card_masked: str = ""
    card_brand: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Buyer:
    """Who the booking is for. Any text may be empty, and none prints itself."""

    name: str = field(default="", repr=False)
    email: str = field(default="", repr=False)
    phone: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Booking:
    """A completed order: `id` is the short guest reference, `number` counts per cinema."""

    id: str
    number: str
    transaction: str = ""


class BoxOffice(Protocol):
    """Talks to the system that owns the seats of a cinema.

    Every call may raise `Unavailable` (no effect, may be repeated), those that change something also
    `OutcomeUnknown` (ask `read_order` or `find_booking` before anything else) and `Refused` (understood,
    said no).
    """

    @abstractmethod
    async def seat_plan(self, showtime: ShowtimeRef, platform: Platform) -> SeatPlan:
        """The plan right now, uncached. Raises `ShowtimeNotSold`."""
        raise NotImplementedError

    @abstractmethod
    async def ticket_types(self, showtime: ShowtimeRef, platform: Platform) -> tuple[TicketType, ...]:
        """Every ticket sold to the public, in the box office's order. Raises `ShowtimeNotSold`."""
        raise NotImplementedError

    @abstractmethod
    async def open_order(self, cinema: str, platform: Platform) -> BoxOfficeOrder:
        """Open an empty order. Repeating after a lost reply is harmless: the lost one is empty and
        expires.
        """
        raise NotImplementedError

    @abstractmethod
    async def read_order(self, ref: OrderRef) -> BoxOfficeOrder | None:
        """The order as it stands, or None when there is none any more (expired, cancelled or completed)."""
        raise NotImplementedError

    @abstractmethod
    async def set_tickets(
        self, ref: OrderRef, showtime: ShowtimeRef, tickets: tuple[TicketChoice, ...]
    ) -> BoxOfficeOrder:
        """Replace the whole choice, all or nothing. Raises `SeatsUnavailable` when a seat is gone."""
        raise NotImplementedError

    @abstractmethod
    async def extend(self, ref: OrderRef) -> None:
        """Ask for a later expiry. Raises `Refused` where the chain does not allow it; re-read the order
        after.
        """
        raise NotImplementedError

    @abstractmethod
    async def begin_payment(self, ref: OrderRef) -> None:
        """Mark the order as being paid elsewhere, which lengthens its life by an amount the reply does not
        show.
        """
        raise NotImplementedError

    @abstractmethod
    async def complete(self, ref: OrderRef, tenders: tuple[PaidBy, ...], buyer: Buyer) -> Booking:
        """Record the payment and turn the order into a booking.

        Raises `OutcomeUnknown` for everything but a plain success: no answer of this call proves that there
        is no booking. Takes up to 120 s.
        """
        raise NotImplementedError

    @abstractmethod
    async def find_booking(self, ref: OrderRef) -> Booking | None:
        """The booking made of an order, asked in every way there is; None when none is known now."""
        raise NotImplementedError

    @abstractmethod
    async def cancel(self, ref: OrderRef) -> None:
        """Give the seats back. Succeeds for an order that is gone; does nothing to a completed booking."""
        raise NotImplementedError
