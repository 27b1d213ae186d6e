"""Whose order it is. What belongs to somebody else does not exist."""

from __future__ import annotations

from muvi.domain.orders.errors import OrderNotFound
from muvi.domain.orders.order import Order
from muvi.domain.shared.actor import Actor
from muvi.ports.orders.cases import LockedCase


def owned(order: Order | None, actor: Actor) -> Order:
    """The order of this actor. Raises `OrderNotFound`."""
    if order is None or not actor.is_buyer or order.owner_id != actor.id:
        raise OrderNotFound
    return order


def owned_case(case: LockedCase | None, actor: Actor) -> LockedCase:
    """The case of this actor's order. Raises `OrderNotFound`."""
    if case is None or owned(case.order, actor) is not case.order:
        raise OrderNotFound
    return case
