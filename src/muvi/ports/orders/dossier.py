"""Everything that is kept about one order, for whoever has to explain it."""

from __future__ import annotations

from abc import abstractmethod
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from uuid import UUID

from muvi.domain.ledger.journal import Journal
from muvi.domain.orders.checkout import Checkout
from muvi.domain.orders.order import Order, TimelineEntry
from muvi.domain.payments.attempt import PaymentAttempt
from muvi.domain.payments.refund import Refund
from muvi.domain.payments.report import ReportedTransaction
from muvi.ports.orders.views import IssuedTicket, ShowOfOrder

MOST_FOUND = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimNow:
    """A seat's claim as it stands: HELD, PAYING, SOLD or RELEASED. `expires_at` only while HELD."""

    seat: str
    state: str
    expires_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimChange:
    """One line of a seat's history that this order caused."""

    at: datetime
    seat: str
    state: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SeenTransaction:
    """One transaction of a gateway as it was last reported. `seen_at`: when it was first heard of."""

    attempt_id: UUID
    seen_at: datetime
    transaction: ReportedTransaction


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptWebhook:
    """A verified message of a gateway about one of the payments. `payment_id`: the transaction, if named."""

    kind: str
    received_at: datetime
    payment_id: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptMessage:
    """A fact in the outbox. Neither done nor dead: it waits for `available_at`."""

    type: str
    occurred_at: datetime
    available_at: datetime
    attempts: int
    last_error: str
    done_at: datetime | None
    dead_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptNotice:
    """What was said to the buyer, and how it went: sending, sent, skipped or failed."""

    kind: str
    channel: str
    state: str
    tries: int
    reason: str
    finished_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Dossier:
    """One order with everything that belongs to it, each list oldest first. Messages that were acted on
    are forgotten after a while, and so missing here.
    """

    order: Order
    show: ShowOfOrder
    tickets: tuple[IssuedTicket, ...]
    timeline: tuple[TimelineEntry, ...]
    checkout: Checkout
    attempts: tuple[PaymentAttempt, ...] = ()
    transactions: tuple[SeenTransaction, ...] = ()
    refunds: tuple[Refund, ...] = ()
    claims: tuple[ClaimNow, ...] = ()
    claim_changes: tuple[ClaimChange, ...] = ()
    webhooks: tuple[KeptWebhook, ...] = ()
    messages: tuple[KeptMessage, ...] = ()
    notices: tuple[KeptNotice, ...] = ()
    journals: tuple[Journal, ...] = ()


class Dossiers(Protocol):
    """Reads for support staff, on the primary, without any lock. Raises `Unavailable`."""

    @abstractmethod
    async def find(self, clue: str, *, phone: str = "") -> tuple[UUID, ...]:
        """Ids of orders that a clue may mean, newest first, at most `MOST_FOUND`.

        A clue is an id of an order, of one of its payments or refunds; a booking's reference or number; a
        ticket's code; a gateway's id of a checkout or a transaction; the box office's id of an order; the id
        of the last request that left work for a checkout or a payment. Letters of references and codes, and
        of the box office's ids, may be of either case. `phone`: the clue as a number in E.164, if it is one;
        its owner's orders are meant as well.
        """
        raise NotImplementedError

    @abstractmethod
    async def of(self, order_id: UUID) -> Dossier | None:
        """One order, everything as of one moment."""
        raise NotImplementedError
