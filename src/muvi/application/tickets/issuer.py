"""Make the tickets of a confirmed order: a code and a signed token per seat."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from muvi.domain.orders.order import Order
from muvi.domain.tickets.ticket import Ticket
from muvi.domain.tickets.token import Admission
from muvi.ports.clock import Ids
from muvi.ports.showtimes.for_sale import ShowtimesForSale
from muvi.ports.tickets import TicketCodes, TicketSigner


@dataclass(frozen=True, slots=True)
class TicketIssuer:
    """Computes; keeping them is the confirming phase's work, so that a ticket exists if and only if it
    commits.
    """

    showtimes: ShowtimesForSale
    codes: TicketCodes
    signer: TicketSigner
    ids: Ids

    async def issue(self, order: Order, now: datetime) -> tuple[Ticket, ...]:
        """One ticket per seat line. Raises `LookupError` when the showtime does not exist, which is a
        defect.
        """
        showtime = await self.showtimes.find(order.showtime_id)
        if showtime is None:
            raise LookupError(f"order {order.id} is for no showtime")
        issued = []
        for line in order.lines:
            if line.seat is None:
                continue
            code = self.codes.new()
            admission = Admission(
                order_id=order.id,
                code=code,
                showtime_id=showtime.id,
                starts_at=showtime.starts_at,
                seat=line.seat.label,
            )
            issued.append(
                Ticket(
                    id=self.ids.new(),
                    order_id=order.id,
                    line_id=line.id,
                    code=code,
                    seat_label=line.seat.label,
                    token=self.signer.sign(admission),
                    issued_at=now,
                )
            )
        return tuple(issued)
