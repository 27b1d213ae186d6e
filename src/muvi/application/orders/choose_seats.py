"""Choose the seats of an order: claim them, let the box office hold them, take over its prices.

Choosing again replaces the choice. The claims of the former and of the new one stand until it is known what
the box office holds; whatever it answered, that is what counts.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from muvi.application.orders.follow import adopt, claimed_until, drop_selection
from muvi.application.orders.lines import LineWriter
from muvi.application.orders.operations import Lease, Operations, end_operation
from muvi.application.orders.ownership import owned, owned_case
from muvi.application.orders.seat_choice import SeatChoice
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
from muvi.domain.orders.order import OperationKind, Order
from muvi.domain.seating.seat_plan import Seat, SeatKey, SeatPlan
from muvi.domain.seating.selection import ChosenTicket, SeatsTaken, TicketWish, choose, lost_seats
from muvi.domain.shared.actor import Actor
from muvi.ports.clock import Clock
from muvi.ports.errors import OutcomeUnknown, PortError, Refused, Unavailable
from muvi.ports.orders.cases import LockedCase
from muvi.ports.orders.rules import OrderPolicy
from muvi.ports.seating.box_office import (
    BoxOffice,
    BoxOfficeOrder,
    OrderRef,
    SeatsUnavailable,
    ShowtimeNotSold,
)
from muvi.ports.showtimes.for_sale import ShowtimeForSale, ShowtimesForSale
from muvi.ports.transaction import UnitOfWork


@dataclass(frozen=True, slots=True, kw_only=True)
class ChooseSeatsCommand:
    """The whole choice. `showtime_id` must be the order's own."""

    actor: Actor
    order_id: UUID
    showtime_id: UUID
    tickets: tuple[TicketWish, ...]


@dataclass(frozen=True, slots=True)
class ChooseSeats:
    """For the order's owner.

    Raises `OrderNotFound`, `OrderExpired`, `OrderNotOpen`, `OrderBusy`, `PaymentInProgress`,
    `OtherShowtime`, `ShowtimeClosed`, what `choose` raises, `SeatsTaken` naming the seats lost,
    `OrderChanged` when the box office gave the order up or holds neither the former nor the new choice;
    `Refused` or `Unavailable` when nothing was changed, `OutcomeUnknown` when that is not known yet.
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
        choice = await self._claim(command, showtime, tickets, plan, now)
        async with self.operations.kept(choice.order.id, choice.operation) as lease:
            await self._carry_out(choice, lease, now)

    async def _carry_out(self, choice: SeatChoice, lease: Lease, now: datetime) -> None:
        ref = await self._box_order(choice, now)
        lease.require()
        try:
            held = await self.box_office.set_tickets(ref, choice.showtime.ref, choice.asked)
        except Unavailable:
            await self._settle_as_before(choice, now)
            raise
        except (Refused, OutcomeUnknown) as error:
            await self._follow(choice, ref, error, now)
            return
        await self._settle(choice, held, now)

    async def _claim(
        self,
        command: ChooseSeatsCommand,
        showtime: ShowtimeForSale,
        tickets: tuple[ChosenTicket, ...],
        plan: SeatPlan,
        now: datetime,
    ) -> SeatChoice:
        wanted = {seat.key: seat for ticket in tickets for seat in ticket.seats}
        async with self.begin() as tx:
            case = owned_case(await tx.cases.lock(command.order_id), command.actor)
            order, checkout = case.order, case.checkout
            order.require_open(now)
            if any(attempt.is_open or attempt.holds_money for attempt in case.attempts):
                raise PaymentInProgress
            operation = self.operations.start(order, OperationKind.SEATS, now)
            if checkout.state is not CheckoutState.OPEN:
                raise OrderBusy(retry_after_s=2)
            former = _held_before(case)
            both = {*wanted, *former}
            until = claimed_until(order)
            lost = await tx.claims.claim(order.showtime_id, both, order_id=order.id, until=until, now=now)
            if lost:
                raise SeatsTaken.naming(_named(plan, lost))
            await tx.orders.save(order)
            checkout.next_at = min(operation.deadline, order.expires_at)
            await tx.checkouts.save(checkout)
        return SeatChoice(
            operation=operation, order=order, showtime=showtime, tickets=tickets, plan=plan, former=former
        )

    async def _box_order(self, choice: SeatChoice, now: datetime) -> OrderRef:
        record = choice.order.box_office_order
        if record is not None:
            return OrderRef(id=record.ref, cinema=record.cinema, platform=record.platform)
        ref = choice.showtime.ref
        try:
            opened = await self.box_office.open_order(ref.cinema, choice.order.platform)
        except PortError as error:  # an order whose reply was lost is empty and expires by itself
            await self._settle_as_before(choice, now)
            raise Unavailable("no order could be opened", system="box-office") from error
        async with self.begin() as tx:
            order = _ours(await tx.orders.get(choice.order.id, for_update=True), choice)
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
        self, choice: SeatChoice, ref: OrderRef, error: Refused | OutcomeUnknown, now: datetime
    ) -> None:
        """No answer of the call proves anything: what the box office holds now decides.

        The choice: taken after all. The former one: that stands, and the buyer hears why. Anything else: the
        buyer must choose again, and until then the claims stand for what the box office holds.
        """
        try:
            held = await self.box_office.read_order(ref)
        except PortError as silence:
            await self._leave_to_checkout(choice, now)
            raise OutcomeUnknown("the box office does not answer", system="box-office") from silence
        if held is not None and choice.taken_by(held):
            await self._settle(choice, held, now)
            return
        if held is None or not choice.untouched_by(held):
            seats = held.seats if held else frozenset[SeatKey]()
            await self._settle_as_changed(choice, seats, now)
            raise OrderChanged(seats)
        lost = await self._lost(choice) if isinstance(error, SeatsUnavailable) else ()
        await self._settle_as_before(choice, now)
        if isinstance(error, SeatsUnavailable):
            raise SeatsTaken.naming(lost)
        if isinstance(error, Refused):
            raise error
        raise Unavailable("the box office did not take the choice", system="box-office", retry_after_s=1)

    async def _leave_to_checkout(self, choice: SeatChoice, now: datetime) -> None:
        """The operation lapses at once, so that the checkout asks as soon as the box office answers again."""
        async with self.begin() as tx:
            order = _ours(await tx.orders.get(choice.order.id, for_update=True), choice)
            if order.operation is not None:
                order.operation = replace(order.operation, deadline=now)
            await tx.orders.save(order)
            await tx.checkouts.wake(order.id, now)

    async def _lost(self, choice: SeatChoice) -> tuple[Seat, ...]:
        try:
            plan = await self.lines.plans.plan(choice.showtime.ref, choice.order.platform, max_age_s=0)
        except PortError:
            plan = choice.plan
        return lost_seats(plan, choice.wanted, choice.former)

    async def _settle(self, choice: SeatChoice, held: BoxOfficeOrder, now: datetime) -> None:
        """The box office holds the choice: record it and free everything else."""
        fresh = await self.lines.write(held, choice.showtime.ref)
        async with self.begin() as tx:
            case = await self._mine(tx, choice)
            order = case.order
            await adopt(tx, order, held, fresh, now)
            await end_operation(tx, case, now)

    async def _settle_as_before(self, choice: SeatChoice, now: datetime) -> None:
        """Nothing was changed: only what was claimed for the choice is free again."""
        async with self.begin() as tx:
            case = await self._mine(tx, choice)
            order = case.order
            await tx.claims.release(order.showtime_id, order_id=order.id, now=now, keep=choice.former)
            await end_operation(tx, case, now)

    async def _settle_as_changed(self, choice: SeatChoice, held: frozenset[SeatKey], now: datetime) -> None:
        """Nothing is chosen any more; what the box office holds all the same stays claimed."""
        async with self.begin() as tx:
            case = await self._mine(tx, choice)
            await drop_selection(tx, case.order, now, held=held)
            await end_operation(tx, case, now)

    async def _mine(self, tx: PurchaseTx, choice: SeatChoice) -> LockedCase:
        """The order with what ends together with it, if our operation is still the one in flight."""
        case = await tx.cases.lock(choice.order.id)
        if case is None:
            raise OrderBusy(retry_after_s=2)
        _ours(case.order, choice)
        return case


def _ours(order: Order | None, choice: SeatChoice) -> Order:
    """The order, if our operation is still the one in flight: a late reply changes nothing."""
    if order is None or not order.owns(choice.operation.id):
        raise OrderBusy(retry_after_s=2)
    return order


def _held_before(case: LockedCase) -> frozenset[SeatKey]:
    """The seats of the lines; those dropped, whatever stays claimed because the box office has it."""
    if case.order.seats or case.order.box_office_order is None:
        return frozenset(map(SeatKey, case.order.seats))
    return case.held


def _named(plan: SeatPlan, keys: tuple[SeatKey, ...]) -> list[Seat]:
    asked = set(keys)
    return [seat for seat in plan.seats if seat.key in asked]
