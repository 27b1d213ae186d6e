"""The steps of a checkout that speak to the box office: ask, then record what was learned."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from muvi.application.orders.checkout_facts import Case
from muvi.application.orders.checkout_steps import confirm, return_money
from muvi.application.orders.follow import adopt, drop_selection
from muvi.application.orders.learned import (
    Record,
    abandon_box_order,
    back_to_completing,
    detached,
    forget_selection,
    later,
    ready_again,
    still_unknown,
)
from muvi.application.orders.lines import LineWriter
from muvi.application.orders.transaction import PurchaseTx
from muvi.application.tickets.issuer import TicketIssuer
from muvi.domain.orders.box_office_order import BoxOfficeOrderRecord
from muvi.domain.orders.checkout import (
    BOOKING_GRACE_S,
    CaptureFact,
    Step,
    without_booking,
)
from muvi.domain.orders.order import Order
from muvi.domain.seating.seat_plan import SeatKey
from muvi.ports.clock import Clock
from muvi.ports.errors import OutcomeUnknown, PortError, Refused, Unavailable
from muvi.ports.seating.box_office import (
    Booking,
    BoxOffice,
    Buyer,
    OrderRef,
    PaidBy,
    ShowtimeRef,
    TicketChoice,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """A foreign step that was committed as an intent, with what was known then."""

    step: Step
    case: Case
    version: int

    @property
    def kept(self) -> CaptureFact | None:
        """The money that pays."""
        return self.case.kept

    @property
    def order(self) -> Order:
        """The order as it was."""
        return self.case.order

    @property
    def record(self) -> BoxOfficeOrderRecord | None:
        """Its active box office order."""
        return self.order.box_office_order

    @property
    def ref(self) -> OrderRef:
        """The active box office order's address. Raises `LookupError` when there is none."""
        record = self.record
        if record is None:
            raise LookupError(f"order {self.order.id} has no box office order")
        return OrderRef(id=record.ref, cinema=record.cinema, platform=record.platform)


@dataclass(frozen=True, slots=True)
class BoxOfficeSteps:
    """Carries out one foreign step and says how to record what it learned."""

    box_office: BoxOffice
    issuer: TicketIssuer
    lines: LineWriter
    clock: Clock

    async def ask(self, work: Work) -> Record:
        """Ask the box office. Whatever it does, the answer is something to record."""
        match work.step:
            case Step.FOLLOW:
                record = await self._follow(work)
            case Step.COMPLETE:
                record = await self._complete(work)
            case Step.ASK_BOOKING:
                record = await self._ask_booking(work)
            case Step.REORDER:
                record = await self._reorder(work)
            case _:
                record = await self._cancel(work)
        return record

    async def _follow(self, work: Work) -> Record:
        """An operation lapsed: what the box office holds of its claims is the buyer's choice."""
        if work.record is None:
            return forget_selection
        try:
            held = await self.box_office.read_order(work.ref)
            showtime = ShowtimeRef(work.record.cinema, work.record.showtime)
            lines = await self.lines.write(held, showtime) if held else ()
        except PortError:
            return later(cap_s=10)
        if held is None:
            return forget_selection
        view = held

        async def take_over(tx: PurchaseTx, case: Case, now: datetime) -> None:
            case.order.finish()
            if case.has_claimed(view.seats):
                await adopt(tx, case.order, view, lines, now)
            else:  # a seat that no choice of the buyer's asked for: they choose again
                await drop_selection(tx, case.order, now, held=view.seats)
            case.checkout.next_at = now

        return take_over

    async def _complete(self, work: Work) -> Record:
        if work.kept is None:
            raise LookupError(f"order {work.order.id} is completed without money")
        capture = next(
            c for c in work.case.attempt_of(work.kept).captured if c.transaction_id == work.kept.transaction
        )
        tender = PaidBy(
            amount_minor=work.kept.amount_minor,
            reference=work.kept.transaction,
            card_masked=capture.card_masked,
            card_brand=capture.brand,
        )
        changed = await self._changed_meanwhile(work)
        if changed is not None:
            return changed
        details = work.order.buyer
        buyer = Buyer(name=details.name, email=details.email, phone=details.phone)
        try:
            booking = await self.box_office.complete(work.ref, (tender,), buyer)
        except Unavailable:
            return back_to_completing
        except (OutcomeUnknown, Refused):
            return still_unknown()
        return await self._confirmed(work, booking)

    async def _changed_meanwhile(self, work: Work) -> Record | None:
        """What to do when the box office no longer holds what was paid for, None when it does.

        A choice whose answer was lost may land late, after the buyer has gone on with the former one: such
        an order is given up, and the seats that were paid for are bought under a new one.
        """
        try:
            held = await self.box_office.read_order(work.ref)
            if held is None:
                return later()
            wanted = frozenset(map(SeatKey, work.order.seats))
            if held.seats == wanted and held.total_minor == work.order.total_minor:
                return None
            await self.box_office.cancel(work.ref)
        except PortError:
            return back_to_completing
        return abandon_box_order

    async def _ask_booking(self, work: Work) -> Record:
        try:
            booking = await self.box_office.find_booking(work.ref)
            alive = booking is None and await self.box_office.read_order(work.ref) is not None
        except PortError:
            return still_unknown(cap_s=30)
        if booking is not None:
            return await self._confirmed(work, booking)
        record = work.record
        expiry = record.expires_at if record else None
        match without_booking(alive=alive, box_order_expires_at=expiry, now=self.clock.now()):
            case Step.COMPLETE:
                return back_to_completing
            case Step.WAIT:
                return still_unknown(cap_s=15)
            case _:
                return abandon_box_order

    async def _confirmed(self, work: Work, booking: Booking) -> Record:
        tickets = await self.issuer.issue(work.order, self.clock.now())

        async def confirmed(tx: PurchaseTx, case: Case, now: datetime) -> None:
            await confirm(tx, case, booking, tickets, now, self.issuer.ids)

        return confirmed

    async def _reorder(self, work: Work) -> Record:
        """Late money: the same seats and tickets under a new box office order, for the same total."""
        try:
            if work.record is None:
                return await self._open_again(work)
            held = await self.box_office.read_order(work.ref)
            if held is None:
                return abandon_box_order
            wanted = frozenset(map(SeatKey, work.order.seats))
            if held.seats != wanted:
                showtime = ShowtimeRef(work.record.cinema, work.record.showtime)
                held = await self.box_office.set_tickets(work.ref, showtime, _choices(work.order))
        except Refused:
            return self._refund(work)
        except PortError:
            return later(cap_s=30)
        if held.total_minor != work.order.total_minor:
            return self._refund(work)
        return ready_again(held)

    async def _open_again(self, work: Work) -> Record:
        last = work.order.box_office_orders[-1]
        opened = await self.box_office.open_order(last.cinema, work.order.platform)
        record = BoxOfficeOrderRecord(
            id=self.issuer.ids.new(),
            ref=opened.ref.id,
            cinema=last.cinema,
            showtime=last.showtime,
            platform=work.order.platform,
            expires_at=opened.expires_at,
        )

        async def attached(_: PurchaseTx, case: Case, now: datetime) -> None:
            case.order.attach(record)
            case.checkout.next_at = now

        return attached

    def _refund(self, work: Work) -> Record:
        async def given_back(tx: PurchaseTx, case: Case, now: datetime) -> None:
            await return_money(tx, case, work.kept, now, self.issuer.ids)

        return given_back

    async def _cancel(self, work: Work) -> Record:
        try:
            await self.box_office.cancel(work.ref)
        except PortError:
            record = work.record
            grace = timedelta(seconds=BOOKING_GRACE_S)
            if record is not None and self.clock.now() < record.expires_at + grace:
                return later(cap_s=15)
        return detached


def _choices(order: Order) -> tuple[TicketChoice, ...]:
    tickets: dict[int, list[SeatKey]] = {}
    types: dict[int, str] = {}
    for line in order.lines:
        if line.seat is not None:
            tickets.setdefault(line.ticket_index, []).append(SeatKey(line.seat.key))
            types[line.ticket_index] = line.ticket_type_id
    return tuple(
        TicketChoice(ticket_type_id=types[index], seats=tuple(seats)) for index, seats in tickets.items()
    )
