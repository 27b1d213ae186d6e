"""What an atomic phase of a purchase can reach."""

from __future__ import annotations

from typing import Protocol

from muvi.ports.ledger import Ledger
from muvi.ports.messaging.outbox import Outbox
from muvi.ports.orders.buyers import Buyers
from muvi.ports.orders.cases import OrderCases
from muvi.ports.orders.checkouts import Checkouts
from muvi.ports.orders.orders import Orders
from muvi.ports.payments.attempts import PaymentAttempts
from muvi.ports.payments.refunds import Refunds
from muvi.ports.seating.seat_claims import SeatClaims
from muvi.ports.tickets.issued import IssuedTickets


class PurchaseTx(Protocol):
    """Rows are locked in this order, always: the order, its payment attempts, its checkout, its claims."""

    @property
    def orders(self) -> Orders:
        """Orders."""
        ...

    @property
    def cases(self) -> OrderCases:
        """Orders with all that is decided together with them."""
        ...

    @property
    def buyers(self) -> Buyers:
        """What is known of buyers."""
        ...

    @property
    def attempts(self) -> PaymentAttempts:
        """Payment attempts."""
        ...

    @property
    def refunds(self) -> Refunds:
        """Refunds."""
        ...

    @property
    def checkouts(self) -> Checkouts:
        """The checkout processes."""
        ...

    @property
    def claims(self) -> SeatClaims:
        """Seat claims."""
        ...

    @property
    def ledger(self) -> Ledger:
        """The ledger."""
        ...

    @property
    def tickets(self) -> IssuedTickets:
        """Issued tickets."""
        ...

    @property
    def outbox(self) -> Outbox:
        """Facts for others."""
        ...
