"""Whether an order can be cancelled: what the buyer is told beforehand and what happens then are one rule."""

from __future__ import annotations

from muvi.domain.orders.checkout import Checkout, CheckoutState
from muvi.domain.orders.errors import CancellationNotAllowed, OrderBusy, OrderExpired
from muvi.domain.orders.order import Order, OrderStatus
from muvi.domain.shared.errors import DomainError

OVER = (OrderStatus.CONFIRMED, OrderStatus.COMPLETED, OrderStatus.CANCELLED)


def refusal_to_cancel(order: Order, checkout: Checkout, *, paid: bool) -> DomainError | None:
    """Why it cannot be cancelled now, None when it can. `paid`: money is there that no refund has claimed, or
    a card is being charged.
    """
    if order.status in OVER:
        return CancellationNotAllowed()
    if order.status is OrderStatus.EXPIRED:
        return OrderExpired()
    if paid or order.operation is not None or checkout.state is not CheckoutState.OPEN:
        return OrderBusy(retry_after_s=2)
    return None
