"""Start an order for a showtime. Nothing is claimed yet and no third party is asked."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from muvi.application.orders.transaction import PurchaseTx
from muvi.domain.orders.checkout import Checkout, CheckoutState
from muvi.domain.orders.errors import ShowtimeClosed
from muvi.domain.orders.order import Order
from muvi.domain.shared.actor import Actor
from muvi.domain.shared.errors import Invalid, Unauthenticated
from muvi.domain.shared.text import Language
from muvi.ports.clock import Clock, Ids
from muvi.ports.orders.rules import OrderPolicy
from muvi.ports.showtimes.for_sale import ShowtimesForSale
from muvi.ports.transaction import UnitOfWork


class UnknownShowtime(Invalid):
    """The order asks for a showtime that does not exist."""

    code = "unknown-showtime"
    title = "There is no such showtime"
    title_ar = "العرض غير موجود"


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaceOrderCommand:
    """Who wants which showtime; the language is that of the ticket and the messages."""

    actor: Actor
    showtime_id: UUID
    language: Language


@dataclass(frozen=True, slots=True)
class PlaceOrder:
    """For guests and customers. Raises `Unauthenticated`, `UnknownShowtime`, `ShowtimeClosed`."""

    begin: UnitOfWork[PurchaseTx]
    showtimes: ShowtimesForSale
    policy: OrderPolicy
    clock: Clock
    ids: Ids

    async def __call__(self, command: PlaceOrderCommand) -> Order:
        """Place the order and start its checkout."""
        owner = command.actor.id
        if not command.actor.is_buyer or owner is None:
            raise Unauthenticated
        showtime = await self.showtimes.find(command.showtime_id)
        now = self.clock.now()
        if showtime is None:
            raise UnknownShowtime(field="sessionId")
        if not showtime.open_at(now):
            raise ShowtimeClosed
        rules = await self.policy.rules()
        order = Order(
            id=self.ids.new(),
            owner_id=owner,
            showtime_id=showtime.id,
            cinema_id=showtime.cinema_id,
            platform=command.actor.platform,
            currency=showtime.currency,
            language=command.language,
            created_at=now,
            expires_at=now + timedelta(seconds=rules.lifetime_s),
        )
        order.note("order-placed", now)
        checkout = Checkout(order_id=order.id, state=CheckoutState.OPEN, since=now, next_at=order.expires_at)
        async with self.begin() as tx:
            await tx.orders.add(order)
            await tx.checkouts.add(checkout)
        return order
