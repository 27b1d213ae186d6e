"""Whether an order may be paid now: the box office still holds what the buyer saw, for long enough.

The order of the calls: read, extend when short, mark as being paid, read again.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from muvi.application.orders.operations import Lease
from muvi.domain.orders.errors import OrderChanged, OrderExpiring
from muvi.domain.orders.order import Order
from muvi.domain.seating.seat_plan import SeatKey
from muvi.ports.clock import Clock
from muvi.ports.errors import OutcomeUnknown, Refused, Unavailable
from muvi.ports.seating.box_office import BoxOffice, BoxOfficeOrder, OrderRef

EXTEND_BELOW_S = 300
REFUSE_BELOW_S = 180


@dataclass(frozen=True, slots=True)
class Readiness:
    """Asks the box office."""

    box_office: BoxOffice
    clock: Clock

    async def __call__(self, order: Order, lease: Lease) -> datetime:
        """The box office's expiry once it knows that the order is being paid. Raises `OrderChanged`,
        `OrderExpiring`.
        """
        record = order.box_office_order
        if record is None:
            raise OrderChanged
        ref = OrderRef(id=record.ref, cinema=record.cinema, platform=record.platform)
        held = _same(await self.box_office.read_order(ref), order)
        self._require_time(order.latest_end)
        if held.expires_at - self.clock.now() < timedelta(seconds=EXTEND_BELOW_S):
            await self._tolerant(self.box_office.extend, ref, lease)
        await self._tolerant(self.box_office.begin_payment, ref, lease)
        held = _same(await self.box_office.read_order(ref), order)
        self._require_time(min(held.expires_at, order.latest_end))
        return held.expires_at

    def _require_time(self, expires_at: datetime) -> None:
        if expires_at - self.clock.now() < timedelta(seconds=REFUSE_BELOW_S):
            raise OrderExpiring

    async def _tolerant(
        self, call: Callable[[OrderRef], Awaitable[None]], ref: OrderRef, lease: Lease
    ) -> None:
        """Neither call has to succeed: what counts is the expiry that is read afterwards."""
        lease.require()
        try:
            await call(ref)
        except (Refused, OutcomeUnknown, Unavailable):
            return


def _same(held: BoxOfficeOrder | None, order: Order) -> BoxOfficeOrder:
    """What the box office holds, if it is what the buyer saw. Raises `OrderChanged`."""
    if held is None:
        raise OrderChanged
    if held.total_minor != order.total_minor or held.seats != set(map(SeatKey, order.seats)):
        raise OrderChanged(held.seats)
    return held
