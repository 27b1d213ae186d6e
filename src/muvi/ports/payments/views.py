"""What a buyer's browser is shown of a payment: nothing that only its owner may know."""

from __future__ import annotations

from abc import abstractmethod
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from uuid import UUID

from muvi.domain.orders.order import OrderStatus
from muvi.domain.payments.attempt_status import AttemptStatus
from muvi.domain.payments.front_end import FrontEnd
from muvi.domain.payments.report import Verdict
from muvi.domain.shared.money import Money
from muvi.domain.shared.text import Language, LocalizedText


@dataclass(frozen=True, slots=True, kw_only=True)
class ShowPaidFor:
    """What the money is for. `zone` is the cinema's IANA name; `seats` are labels."""

    film: LocalizedText
    cinema: LocalizedText
    screen: LocalizedText
    starts_at: datetime
    zone: str
    seats: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PaymentPageView:
    """One attempt as its page shows it. Whoever knows the id, 80 random bits of it, may see this.

    `order` is where its order stands. `another_card`: the order waits for this amount still, and no newer
    attempt was begun, so that a second card on the same checkout pays what is wanted. `was_heard_of`: a
    message or a return visit said that a card was sent. `goes_back`: all money of it is reserved for refunds,
    sent or not, or left to a person.
    """

    attempt_id: UUID
    order_id: UUID
    gateway: str
    status: AttemptStatus
    amount: Money
    pay_by: datetime
    front: FrontEnd | None
    success_url: str
    failed_url: str
    language: Language
    last_verdict: Verdict | None
    next_check_at: datetime | None
    order: OrderStatus | None
    another_card: bool
    was_heard_of: bool
    goes_back: bool
    show: ShowPaidFor | None

    @property
    def is_unclear(self) -> bool:
        """Whether the gateway knows of a card and not of its end, or gave no clear answer."""
        return self.last_verdict in (Verdict.UNKNOWN, Verdict.PENDING)

    def is_due(self, now: datetime) -> bool:
        """Whether the gateway is about to be asked."""
        return self.next_check_at is not None and self.next_check_at <= now

    def awaits_news(self, now: datetime) -> bool:
        """Whether more is to come of an attempt that was told of: "nobody has paid" is no word of a card."""
        return self.is_due(now) or self.is_unclear or self.last_verdict is Verdict.UNPAID


class PaymentViews(Protocol):
    """Reads without a transaction. Raises `Unavailable`."""

    @abstractmethod
    async def of(self, attempt_id: UUID) -> PaymentPageView | None:
        """The page of an attempt."""
        raise NotImplementedError
