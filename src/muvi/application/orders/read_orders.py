"""Orders for their owners. Reading never asks a gateway or the box office anything."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from muvi.application.orders.ownership import owned
from muvi.domain.shared.actor import Actor
from muvi.domain.shared.errors import Unauthenticated
from muvi.ports.listing import Slice, Window
from muvi.ports.orders.views import OrderView, OrderViews


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadOrderCommand:
    """Who looks at which order."""

    actor: Actor
    order_id: UUID


@dataclass(frozen=True, slots=True)
class ReadOrder:
    """For the order's owner, whatever its status. Raises `OrderNotFound`."""

    views: OrderViews

    async def __call__(self, command: ReadOrderCommand) -> OrderView:
        """The order as it stands."""
        view = await self.views.find(command.order_id)
        owned(view.order if view else None, command.actor)
        if view is None:
            raise LookupError("an owned order exists")
        return view


@dataclass(frozen=True, slots=True, kw_only=True)
class ListOrdersCommand:
    """Whose orders, which page."""

    actor: Actor
    window: Window


@dataclass(frozen=True, slots=True)
class ListOrders:
    """For guests and customers: their own, newest first. Raises `Unauthenticated`."""

    views: OrderViews

    async def __call__(self, command: ListOrdersCommand) -> Slice[OrderView]:
        """One page."""
        if not command.actor.is_buyer or command.actor.id is None:
            raise Unauthenticated
        return await self.views.of_owner(command.actor.id, command.window)
