"""Orders with what is decided together with them, in memory: phases run one after another, none is locked."""

from __future__ import annotations

from uuid import UUID

from typing_extensions import override

from muvi.adapters.memory.database import MemoryDatabase
from muvi.adapters.memory.orders import MemoryCheckouts, MemoryOrders
from muvi.adapters.memory.payments import MemoryPaymentAttempts
from muvi.adapters.memory.seating import MemorySeatClaims
from muvi.ports.orders.cases import LockedCase, OrderCases


class MemoryOrderCases(OrderCases):
    """Reads each from its own table."""

    def __init__(self, database: MemoryDatabase) -> None:
        self._database = database

    @override
    async def lock(self, order_id: UUID) -> LockedCase | None:
        order = await MemoryOrders(self._database).get(order_id)
        if order is None:
            return None
        return LockedCase(
            order=order,
            attempts=await MemoryPaymentAttempts(self._database).of_order(order_id),
            checkout=await MemoryCheckouts(self._database).get(order_id),
            held=await MemorySeatClaims(self._database).held(order.showtime_id, order_id=order_id),
        )
