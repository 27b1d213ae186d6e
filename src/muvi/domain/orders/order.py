"""The order: what somebody is buying at one showtime, until it is paid or over."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from muvi.domain.orders.box_office_order import BoxOfficeOrderRecord
from muvi.domain.orders.errors import (
    BuyerDetailsInvalid,
    IllegalTransition,
    OrderBusy,
    OrderExpired,
    OrderNotOpen,
)
from muvi.domain.orders.line import OrderLine
from muvi.domain.shared.actor import Platform
from muvi.domain.shared.text import Language


class OrderStatus(StrEnum):
    """PENDING until paid, expired or cancelled. EXPIRED may still be confirmed by late money."""

    PENDING = "PENDING"
    CONFIRMED = "CONFIRMED"
    COMPLETED = "COMPLETED"
    EXPIRED = "EXPIRED"
    CANCELLED = "CANCELLED"


TRANSITIONS: dict[OrderStatus, frozenset[OrderStatus]] = {
    OrderStatus.PENDING: frozenset({OrderStatus.CONFIRMED, OrderStatus.EXPIRED, OrderStatus.CANCELLED}),
    OrderStatus.EXPIRED: frozenset({OrderStatus.CONFIRMED}),
    OrderStatus.CONFIRMED: frozenset({OrderStatus.COMPLETED, OrderStatus.CANCELLED}),
    OrderStatus.COMPLETED: frozenset(),
    OrderStatus.CANCELLED: frozenset(),
}


class OperationKind(StrEnum):
    """What is in flight at a third party on behalf of the buyer."""

    SEATS = "seats"
    PAY = "pay"


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """The one foreign operation in flight, owned by who knows its id: a reply with another one changes
    nothing. It lapses at its deadline, which its owner moves on for as long as it lives.
    """

    id: UUID
    kind: OperationKind
    deadline: datetime


STAFF_FACTS = frozenset({"by", "note"})


@dataclass(frozen=True, slots=True, kw_only=True)
class TimelineEntry:
    """One line of the order's history; `code` is stable, `facts` are ids and amounts only, but for what
    staff did: then who, and their note.
    """

    at: datetime
    code: str
    facts: dict[str, str | int] = field(default_factory=dict)

    @property
    def facts_for_buyer(self) -> dict[str, str | int]:
        """Without what staff wrote for each other."""
        return {name: value for name, value in self.facts.items() if name not in STAFF_FACTS}


MOST_ATTEMPTS = 10
"""How many payments may be begun for one order: each is a checkout that is watched for 45 minutes."""
LONGEST_LIFE_S = 3600
"""Each payment may lengthen an order, so that the buyer can finish it, but not beyond this age."""
LONGEST_NAME = 100
LONGEST_EMAIL = 254
_EMAIL = re.compile(r"[^\s@<>,;:\"()\[\]\\]{1,64}@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+")


@dataclass(frozen=True, slots=True, kw_only=True)
class BuyerDetails:
    """Name and addresses for the booking and the confirmation; any may be empty. None prints itself.

    Raises `BuyerDetailsInvalid` for what could not be written to or would not fit a header or a form.
    """

    name: str = field(default="", repr=False)
    email: str = field(default="", repr=False)
    phone: str = field(default="", repr=False)

    def __post_init__(self) -> None:
        if not _fits_a_form(self.name):
            raise BuyerDetailsInvalid(field="firstName")
        if not _can_be_written_to(self.email):
            raise BuyerDetailsInvalid(field="email")

    @classmethod
    def of_profile(cls, *, name: str, email: str, phone: str) -> BuyerDetails:
        """What is known of a person. What no booking could carry is left out: it must not stop a purchase."""
        return cls(
            name=name if _fits_a_form(name) else "",
            email=email if _can_be_written_to(email) else "",
            phone=phone,
        )

    def over(self, known: BuyerDetails) -> BuyerDetails:
        """These details, and what was known before where they are silent."""
        return BuyerDetails(
            name=self.name or known.name, email=self.email or known.email, phone=self.phone or known.phone
        )


def _fits_a_form(name: str) -> bool:
    return len(name) <= LONGEST_NAME and name.isprintable()


def _can_be_written_to(email: str) -> bool:
    return not email or (len(email) <= LONGEST_EMAIL and _EMAIL.fullmatch(email) is not None)


@dataclass(slots=True, eq=False, kw_only=True)
class Order:
    """An order of one buyer for one showtime. Amounts in minor units of `currency`, times in UTC."""

    id: UUID
    owner_id: UUID
    showtime_id: UUID
    cinema_id: UUID
    platform: Platform
    currency: str
    language: Language
    created_at: datetime
    expires_at: datetime
    status: OrderStatus = OrderStatus.PENDING
    lines: tuple[OrderLine, ...] = ()
    box_office_orders: tuple[BoxOfficeOrderRecord, ...] = ()
    operation: Operation | None = None
    buyer: BuyerDetails = field(default_factory=BuyerDetails)
    booking_id: str = ""
    booking_number: str = ""
    confirmed_at: datetime | None = None
    closed_reason: str = ""
    version: int = 0
    timeline: list[TimelineEntry] = field(default_factory=list)

    @property
    def total_minor(self) -> int:
        """What the buyer pays: the sum of the lines, equal to the box office's total."""
        return sum(line.total_minor for line in self.lines)

    @property
    def vat_minor(self) -> int:
        """The VAT contained in the total: the sum of the lines' own tax."""
        return sum(line.vat_minor for line in self.lines)

    @property
    def seats(self) -> tuple[str, ...]:
        """Keys of the chosen seats, in the order of the lines."""
        return tuple(line.seat.key for line in self.lines if line.seat is not None)

    @property
    def box_office_order(self) -> BoxOfficeOrderRecord | None:
        """The active order at the box office, if there is one."""
        return next((record for record in self.box_office_orders if record.active), None)

    @property
    def latest_end(self) -> datetime:
        """To which moment paying may lengthen the order."""
        return max(self.expires_at, self.created_at + timedelta(seconds=LONGEST_LIFE_S))

    def note(self, code: str, now: datetime, **facts: str | int) -> None:
        """Append to the timeline."""
        self.timeline.append(TimelineEntry(at=now, code=code, facts=facts))

    def require_open(self, now: datetime) -> None:
        """Raise unless the buyer may change the order: `OrderExpired`, `OrderNotOpen`."""
        if self.status is OrderStatus.EXPIRED:
            raise OrderExpired
        if self.status is not OrderStatus.PENDING:
            raise OrderNotOpen(order_status=self.status)
        if now >= self.expires_at:
            raise OrderExpired

    def begin(self, operation: Operation) -> None:
        """Start a foreign operation. Raises `OrderBusy` while another is in flight, lapsed or not.

        A lapsed one is not simply replaced: its effect is unknown until the checkout has followed the box
        office.
        """
        if self.operation is not None:
            raise OrderBusy(retry_after_s=2)
        self.operation = operation

    def owns(self, operation_id: UUID) -> bool:
        """Whether a reply still belongs to the operation in flight."""
        return self.operation is not None and self.operation.id == operation_id

    def take_over(self, operation_id: UUID) -> None:
        """Own a lapsed operation from now on: whoever began it can neither prolong nor settle it any more.

        It stays lapsed, so that another may do the same should this owner die.
        """
        if self.operation is not None:
            self.operation = replace(self.operation, id=operation_id)

    def finish(self) -> None:
        """The operation in flight is settled."""
        self.operation = None

    def attach(self, record: BoxOfficeOrderRecord) -> None:
        """Make a box office order the active one; former ones stay as history."""
        self.box_office_orders = (
            *(old.closed() for old in self.box_office_orders if old.id != record.id),
            record,
        )

    def detach(self) -> None:
        """The active box office order is gone or given up."""
        self.box_office_orders = tuple(record.closed() for record in self.box_office_orders)

    def choose(self, lines: tuple[OrderLine, ...], expires_at: datetime) -> None:
        """Take over what the box office holds; its expiry shortens ours, never lengthens it."""
        self.lines = lines
        self.expires_at = min(self.expires_at, expires_at)

    def become(self, status: OrderStatus, now: datetime, reason: str = "") -> None:
        """Move along the transition table. Raises `IllegalTransition`."""
        if status not in TRANSITIONS[self.status]:
            raise IllegalTransition(f"an order does not go from {self.status} to {status}")
        self.status = status
        self.closed_reason = reason
        if status is OrderStatus.CONFIRMED:
            self.confirmed_at = now
        self.note(f"order-{status.value.lower()}", now, **({"reason": reason} if reason else {}))
