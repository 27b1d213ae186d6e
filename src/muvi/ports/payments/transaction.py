"""What an atomic phase of payments can reach."""

from __future__ import annotations

from typing import Protocol

from muvi.ports.ledger import Ledger
from muvi.ports.orders.checkouts import CheckoutSignals
from muvi.ports.orders.orders import Orders
from muvi.ports.payments.attempts import PaymentAttempts
from muvi.ports.payments.refunds import Refunds
from muvi.ports.payments.webhooks import WebhookEvents


class PaymentsTx(Protocol):
    """Rows are locked in this order, always: the order, attempt, refund, checkout."""

    @property
    def orders(self) -> Orders:
        """Orders, for their history."""
        ...

    @property
    def attempts(self) -> PaymentAttempts:
        """Payment attempts."""
        ...

    @property
    def refunds(self) -> Refunds:
        """Money on its way back."""
        ...

    @property
    def webhooks(self) -> WebhookEvents:
        """Messages of gateways."""
        ...

    @property
    def checkouts(self) -> CheckoutSignals:
        """The doorbells of the checkout processes."""
        ...

    @property
    def ledger(self) -> Ledger:
        """The ledger."""
        ...
