"""Choose the seats of an order: claim them, let the box office hold them, take over its prices.

Choosing again replaces the choice. A refused replacement leaves the former one standing in both systems:
the claims of both stand until it is known which of the two the box office holds.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import UUID

from muvi.application.orders.follow import adopt, drop_selection
from muvi.application.orders.lines import LineWriter
from muvi.application.orders.operations import Lease, Operations
from muvi.application.orders.ownership import owned
from muvi.application.orders.transaction import PurchaseTx
from muvi.domain.orders.box_office_order import BoxOfficeOrderRecord
from muvi.domain.orders.checkout import CheckoutState
from muvi.domain.orders.errors import (
    OrderBusy,
    OrderChanged,
    OtherShowtime,
    PaymentInProgress,
    ShowtimeClosed,
)
from muvi.domain.orders.order import Operation, OperationKind, Order
from muvi.domain.seating.seat_plan import Seat, SeatKey, SeatPlan
from muvi.domain.seating.selection import ChosenTicket, SeatsTaken, TicketWish, choose, lost_seats
from muvi.domain.shared.actor import Actor
from muvi.ports.clock import Clock
from muvi.ports.errors import OutcomeUnknown, PortError, Refused, Unavailable
from muvi.ports.orders.rules import OrderPolicy
from muvi.ports.seating.box_office import (
    BoxOffice,
    BoxOfficeOrder,
    OrderRef,
    SeatsUnavailable,
    ShowtimeNotSold,
    TicketChoice,
)
from muvi.ports.showtimes.for_sale import ShowtimeForSale, ShowtimesForSale
from muvi.ports.transaction import UnitOfWork

CLAIM_SAFETY_S = 900
"""A claim outlives its order by this, since only a known cancel or the box office's own expiry frees a
seat.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class ChooseSeatsCommand:
    """The whole choice. `showtime_id` must be the order's own."""

    actor: Actor
    order_id: UUID
    showtime_id: UUID
    tickets: tuple[TicketWish, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Intent:
    """What phase one committed."""

    operation: Operation
    order: Order
    showtime: ShowtimeForSale
    tickets: tuple[ChosenTicket, ...]
    plan: SeatPlan

    @property
    def wanted(self) -> tuple[SeatKey, ...]:
        return tuple(seat.key for ticket in self.tickets for seat in ticket.seats)


@dataclass(frozen=True, slots=True)
class ChooseSeats:
    """For the order's owner.

    Raises `OrderNotFound`, `OrderExpired`, `OrderNotOpen`, `OrderBusy`, `PaymentInProgress`,
    `OtherShowtime`, `ShowtimeClosed`, what `choose` raises, `SeatsTaken` naming the seats lost,
    `OrderChanged` when the box office gave the order up; `Unavailable` when nothing was changed,
    `OutcomeUnknown` when that is not known yet.
    """

    begin: UnitOfWork[PurchaseTx]
    showtimes: ShowtimesForSale
    box_office: BoxOffice
    policy: OrderPolicy
    lines: LineWriter
    operations: Operations
    clock: Clock

    async def __call__(self, command: ChooseSeatsCommand) -> None:
        """Replace the choice of seats."""
        now = self.clock.now()
        async with self.begin.alone() as tx:
            seen = owned(await tx.orders.get(command.order_id), command.actor)
            wanted = [seat for wish in command.tickets for seat in wish.seats]
            taken = await tx.claims.taken(command.showtime_id, wanted, order_id=seen.id, now=now)
        seen.require_open(now)
        if seen.showtime_id != command.showtime_id:
            raise OtherShowtime
        showtime = await self.showtimes.find(seen.showtime_id)
        if showtime is None or not showtime.open_at(now):
            raise ShowtimeClosed
        try:
            plan = await self.lines.plans.plan(showtime.ref, seen.platform)
            types = await self.lines.plans.ticket_types(showtime.ref, seen.platform)
        except ShowtimeNotSold as error:
            raise ShowtimeClosed from error
        rules = await self.policy.rules()
        tickets = choose(plan, types, command.tickets, max_seats=rules.max_seats)
        if taken:  # a look: losers of a race need not queue for the winner's locks
            raise SeatsTaken.naming(_named(plan, taken))
        now = self.clock.now()  # the plan may have been long in coming
        intent = await self._claim(command, showtime, tickets, plan, now)
        async with self.operations.kept(intent.order.id, intent.operation) as lease:
            await self._carry_out(intent, lease, now)

    async def _carry_out(self, intent: _Intent, lease: Lease, now: datetime) -> None:
        ref = await self._box_order(intent, now)
        lease.require()
        try:
            held = await self.box_office.set_tickets(ref, intent.showtime.ref, _choices(intent.tickets))
        except Unavailable:
            await self._settle(intent, None, now, keep_former=True)
            raise
        except (Refused, OutcomeUnknown) as error:
            await self._follow(intent, ref, error, now)
            return
        await self._settle(intent, held, now)

    async def _claim(
        self,
        command: ChooseSeatsCommand,
        showtime: ShowtimeForSale,
        tickets: tuple[ChosenTicket, ...],
        plan: SeatPlan,
        now: datetime,
    ) -> _Intent:
        wanted = {seat.key: seat for ticket in tickets for seat in ticket.seats}
        async with self.begin() as tx:
            order = owned(await tx.orders.get(command.order_id, for_update=True), command.actor)
            order.require_open(now)
            attempts = await tx.attempts.of_order(order.id)
            if any(attempt.is_open or attempt.holds_money for attempt in attempts):
                raise PaymentInProgress
            operation = self.operations.start(order, OperationKind.SEATS, now)
            checkout = await tx.checkouts.get(order.id)
            if checkout.state is not CheckoutState.OPEN:
                raise OrderBusy(retry_after_s=2)
            both = {*wanted, *map(SeatKey, order.seats)}
            until = order.expires_at + timedelta(seconds=CLAIM_SAFETY_S)
            await tx.orders.save(order)
            checkout.next_at = min(operation.deadline, order.expires_at)
            await tx.checkouts.save(checkout)
            lost = await tx.claims.claim(order.showtime_id, both, order_id=order.id, until=until, now=now)
            if lost:
                raise SeatsTaken.naming(_named(plan, lost))
        return _Intent(operation=operation, order=order, showtime=showtime, tickets=tickets, plan=plan)

    async def _box_order(self, intent: _Intent, now: datetime) -> OrderRef:
        record = intent.order.box_office_order
        if record is not None:
            return OrderRef(id=record.ref, cinema=record.cinema, platform=record.platform)
        ref = intent.showtime.ref
        try:
            opened = await self.box_office.open_order(ref.cinema, intent.order.platform)
        except PortError as error:  # an order whose reply was lost is empty and expires by itself
            await self._settle(intent, None, now, keep_former=True)
            raise Unavailable("no order could be opened", system="box-office") from error
        async with self.begin() as tx:
            order = await self._mine(tx, intent)
            order.attach(
                BoxOfficeOrderRecord(
                    id=self.lines.ids.new(),
                    ref=opened.ref.id,
                    cinema=ref.cinema,
                    showtime=ref.showtime,
                    platform=order.platform,
                    expires_at=opened.expires_at,
                )
            )
            await tx.orders.save(order)
        return opened.ref

    async def _follow(
        self, intent: _Intent, ref: OrderRef, error: Refused | OutcomeUnknown, now: datetime
    ) -> None:
        """Not taken, or not known: whatever the box office holds now is the choice."""
        try:
            held = await self.box_office.read_order(ref)
        except PortError as silence:
            await self._leave_to_checkout(intent, now)
            raise OutcomeUnknown("the box office does not answer", system="box-office") from silence
        taken = held is not None and held.seats == frozenset(intent.wanted)
        if taken and not isinstance(error, Refused):
            await self._settle(intent, held, now)
            return
        lost = await self._lost(intent, held) if isinstance(error, SeatsUnavailable) else ()
        await self._settle(intent, held, now, keep_former=held is not None)
        if held is None:
            raise OrderChanged
        if isinstance(error, SeatsUnavailable):
            raise SeatsTaken.naming(lost)
        if isinstance(error, Refused):
            raise error
        raise Unavailable("the box office did not take the choice", system="box-office", retry_after_s=1)

    async def _leave_to_checkout(self, intent: _Intent, now: datetime) -> None:
        """The operation lapses at once, so that the checkout asks as soon as the box office answers again."""
        async with self.begin() as tx:
            order = await self._mine(tx, intent)
            if order.operation is not None:
                order.operation = replace(order.operation, deadline=now)
            await tx.orders.save(order)
            await tx.checkouts.wake(order.id, now)

    async def _lost(self, intent: _Intent, held: BoxOfficeOrder | None) -> tuple[Seat, ...]:
        own = held.seats if held else frozenset()
        try:
            plan = await self.lines.plans.plan(intent.showtime.ref, intent.order.platform, max_age_s=0)
        except PortError:
            plan = intent.plan
        return lost_seats(plan, intent.wanted, own & frozenset(map(SeatKey, intent.order.seats)))

    async def _settle(
        self, intent: _Intent, held: BoxOfficeOrder | None, now: datetime, *, keep_former: bool = False
    ) -> None:
        """Record what the box office holds and free everything else."""
        fresh = None
        if held is not None and not keep_former:
            fresh = await self.lines.write(held, intent.showtime.ref)
        async with self.begin() as tx:
            order = await self._mine(tx, intent)
            if keep_former:
                await tx.claims.release(
                    order.showtime_id, order_id=order.id, now=now, keep=map(SeatKey, order.seats)
                )
            elif held is None or fresh is None:
                await drop_selection(tx, order, now)
            else:
                await adopt(tx, order, held, fresh, now)
            checkout = await tx.checkouts.get(order.id)
            checkout.rest_until(order.expires_at, operation=order.operation)
            order.finish()
            await tx.orders.save(order)
            await tx.checkouts.save(checkout)

    async def _mine(self, tx: PurchaseTx, intent: _Intent) -> Order:
        """The order, if our operation is still the one in flight: a late reply changes nothing."""
        order = await tx.orders.get(intent.order.id, for_update=True)
        if order is None or not order.owns(intent.operation.id):
            raise OrderBusy(retry_after_s=2)
        return order


def _choices(tickets: tuple[ChosenTicket, ...]) -> tuple[TicketChoice, ...]:
    return tuple(
        TicketChoice(ticket_type_id=ticket.ticket_type.id, seats=tuple(seat.key for seat in ticket.seats))
        for ticket in tickets
    )


def _named(plan: SeatPlan, keys: tuple[SeatKey, ...]) -> list[Seat]:
    asked = set(keys)
    return [seat for seat in plan.seats if seat.key in asked]
