"""What the routes of the purchase refuse, by use case; for OpenAPI."""

from __future__ import annotations

from typing import Final

from muvi.adapters.http.public.cancel_wire import ReasonsDiffer
from muvi.adapters.http.public.pay_wire import PaymentMethodNotOffered
from muvi.adapters.http.wire import UnknownReference
from muvi.application.orders.cancel_order import UnknownReason
from muvi.application.orders.charge_token import TokenNotAccepted, TokenRefused
from muvi.application.orders.place_order import UnknownShowtime
from muvi.application.payments.choice import UnknownGateway
from muvi.domain.orders.errors import (
    BuyerDetailsInvalid,
    CancellationNotAllowed,
    NothingChosen,
    OrderBusy,
    OrderChanged,
    OrderExpired,
    OrderExpiring,
    OrderNotFound,
    OrderNotOpen,
    OtherShowtime,
    PaymentInProgress,
    ShowtimeClosed,
    TooManyAttempts,
)
from muvi.domain.payments.return_address import ReturnAddressNotAllowed
from muvi.domain.seating.selection import (
    SeatChosenTwice,
    SeatGroupIncomplete,
    SeatNotFound,
    SeatsRequired,
    SeatsTaken,
    TicketTypeNotAllowed,
    TicketTypeNotFound,
    TooManySeats,
    TooManyTickets,
    WrongSeatCount,
)
from muvi.domain.shared.errors import DomainError
from muvi.ports.orders.orders import OrderHasChanged

Refusals = tuple[type[DomainError], ...]

_ANY_CHANGE: Final[Refusals] = (OrderNotFound, OrderExpired, OrderNotOpen, OrderBusy, OrderHasChanged)
PLACE: Final[Refusals] = (UnknownReference, UnknownShowtime, ShowtimeClosed)
CHOOSE: Final[Refusals] = (
    *_ANY_CHANGE,
    PaymentInProgress,
    OrderChanged,
    ShowtimeClosed,
    SeatsTaken,
    UnknownReference,
    OtherShowtime,
    SeatNotFound,
    SeatChosenTwice,
    SeatGroupIncomplete,
    SeatsRequired,
    TicketTypeNotFound,
    TicketTypeNotAllowed,
    TooManySeats,
    TooManyTickets,
    WrongSeatCount,
)
PAY: Final[Refusals] = (
    *_ANY_CHANGE,
    BuyerDetailsInvalid,
    NothingChosen,
    OrderChanged,
    OrderExpiring,
    TooManyAttempts,
    PaymentMethodNotOffered,
    UnknownGateway,
    TokenNotAccepted,
    TokenRefused,
    ReturnAddressNotAllowed,
)
CANCEL: Final[Refusals] = (
    *_ANY_CHANGE,
    CancellationNotAllowed,
    ReasonsDiffer,
    UnknownReason,
    UnknownReference,
)
