"""A whole purchase in memory: buyers, workers, a box office, a gateway and a clock that moves when told."""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from tests.builders_orders import GUEST, SHOWTIME, a_showtime_for_sale
from tests.builders_seating import ADULT, a_plan, ticket_types
from tests.killing import Killer, Mortal, MortalUnitOfWork

from muvi.adapters.kit.gateways import FixedGateways
from muvi.adapters.memory.box_office import MemoryBoxOffice
from muvi.adapters.memory.clock import CountingIds, FakeClock
from muvi.adapters.memory.content import MemoryContent
from muvi.adapters.memory.database import MemoryDatabase
from muvi.adapters.memory.gateway import MemoryGateway
from muvi.adapters.memory.orders import MemoryOrderPolicy, MemoryOrderViews
from muvi.adapters.memory.seating import Claim, ClaimState, MemorySeatPlans
from muvi.adapters.memory.showtimes import MemoryShowtimesForSale
from muvi.adapters.memory.tickets import CountingTicketCodes, MemoryTicketSigner
from muvi.adapters.memory.unit_of_work import MemoryUnitOfWork
from muvi.application.orders.advance_checkout import AdvanceCheckout
from muvi.application.orders.box_office_steps import BoxOfficeSteps
from muvi.application.orders.cancel_order import (
    CancelOrder,
    CancelOrderCommand,
    CheckCancel,
    CheckCancelCommand,
)
from muvi.application.orders.charge_token import TokenCharging
from muvi.application.orders.choose_seats import ChooseSeats, ChooseSeatsCommand
from muvi.application.orders.due_checkouts import ClaimDueCheckouts
from muvi.application.orders.lines import LineWriter
from muvi.application.orders.operations import Operations
from muvi.application.orders.place_order import PlaceOrder, PlaceOrderCommand
from muvi.application.orders.start_payment import PaymentStarted, StartPayment, StartPaymentCommand
from muvi.application.payments.check_payment import CheckPayment, CheckPaymentCommand
from muvi.application.payments.due_work import ClaimDueAttempts, ClaimDueRefunds
from muvi.application.payments.send_refund import SendRefund, SendRefundCommand
from muvi.application.tickets.issuer import TicketIssuer
from muvi.domain.ledger.journal import DEPOSITS, Journal
from muvi.domain.orders.checkout import Checkout, CheckoutState
from muvi.domain.orders.order import Order, OrderStatus
from muvi.domain.payments.attempt import PaymentAttempt
from muvi.domain.payments.refund import Refund
from muvi.domain.seating.seat_plan import SeatKey
from muvi.domain.seating.selection import TicketWish
from muvi.domain.shared.actor import Actor
from muvi.domain.shared.ids import to_wire
from muvi.domain.shared.text import Language
from muvi.ports.payments.tokens import CardToken

A, B, C, D = (SeatKey(f"1-0-{column}") for column in range(4))
ROUNDS = 400


class Shop:
    """One chain with one showtime. Every use case runs on ports that may kill it."""

    def __init__(self, **gateway: Any) -> None:  # noqa: ANN401  (knobs of the gateway)
        self.clock = FakeClock()
        self.killer = Killer()
        self.database = MemoryDatabase()
        self.office = MemoryBoxOffice(self.clock)
        self.gateway = MemoryGateway(self.clock, **gateway)
        self.showtime = a_showtime_for_sale()
        self.office.add_showtime(self.showtime.ref, a_plan(), ticket_types())
        self.showtimes = MemoryShowtimesForSale(self.database)
        self.showtimes.put(self.showtime)
        self.policy = MemoryOrderPolicy()
        self.ids = CountingIds(self.clock)
        self.immortal = MemoryUnitOfWork(self.database)
        self.begin: Any = MortalUnitOfWork(self.immortal, self.killer)
        self.box_office: Any = Mortal(self.office, self.killer)
        mortal: Any = Mortal(self.gateway, self.killer)
        self.gateways = FixedGateways(mortal, charges=[mortal])
        self.views = MemoryOrderViews(self.database)
        self._wire()

    def _wire(self) -> None:
        begin, clock, ids = self.begin, self.clock, self.ids
        lines = LineWriter(MemorySeatPlans(self.box_office, clock), ids)
        issuer = TicketIssuer(self.showtimes, CountingTicketCodes(), MemoryTicketSigner(), ids)
        self.steps = BoxOfficeSteps(self.box_office, issuer, lines, clock)
        self.place_order = PlaceOrder(begin, self.showtimes, self.policy, clock, ids)
        operations = Operations(begin, clock, clock, ids)
        self.choose_seats = ChooseSeats(
            begin, self.showtimes, self.box_office, self.policy, lines, operations, clock
        )
        charging = TokenCharging(begin, self.gateways, clock)
        self.start_payment = StartPayment(begin, self.box_office, self.gateways, operations, charging)
        self.cancel_order = CancelOrder(begin, self.box_office, clock, MemoryContent(self.database))
        self.check_cancel = CheckCancel(begin)
        self.advance = AdvanceCheckout(begin, self.steps, clock, ids)
        self.check_payment = CheckPayment(begin, self.gateways, clock)
        self.send_refund = SendRefund(begin, self.gateways, clock)

    async def place(self, actor: Actor = GUEST) -> UUID:
        order = await self.place_order(
            PlaceOrderCommand(actor=actor, showtime_id=SHOWTIME, language=Language.EN)
        )
        return order.id

    async def choose(
        self, order_id: UUID, *seats: SeatKey, actor: Actor = GUEST, ticket: str = ADULT
    ) -> None:
        wishes = tuple(TicketWish(ticket_type_id=ticket, seats=(seat,)) for seat in seats or (A, B))
        await self.choose_seats(
            ChooseSeatsCommand(actor=actor, order_id=order_id, showtime_id=SHOWTIME, tickets=wishes)
        )

    async def pay(self, order_id: UUID, actor: Actor = GUEST, token: str = "") -> PaymentStarted:
        command = StartPaymentCommand(
            actor=actor,
            order_id=order_id,
            language=Language.EN,
            token=CardToken(token) if token else None,
        )
        return await self.start_payment(command)

    async def cancel(self, order_id: UUID, actor: Actor = GUEST) -> Order:
        return await self.cancel_order(CancelOrderCommand(actor=actor, order_id=order_id))

    async def can_cancel(self, order_id: UUID, actor: Actor = GUEST) -> bool:
        """What the buyer is told beforehand."""
        return (await self.check_cancel(CheckCancelCommand(actor=actor, order_id=order_id))).allowed

    async def with_seats(self, *seats: SeatKey, actor: Actor = GUEST) -> UUID:
        """An order with seats."""
        order_id = await self.place(actor)
        await self.choose(order_id, *seats, actor=actor)
        return order_id

    async def at_the_gateway(self, *seats: SeatKey, actor: Actor = GUEST) -> tuple[UUID, PaymentAttempt]:
        """An order whose buyer sees the card form."""
        order_id = await self.with_seats(*seats, actor=actor)
        return order_id, (await self.pay(order_id, actor)).attempt

    async def signal(self, attempt: PaymentAttempt) -> None:
        """A webhook, or a browser that comes back: a check is wanted."""
        async with self.immortal() as tx:
            found = await tx.attempts.get(attempt.id)
            assert found is not None
            found.signal(self.clock.now())
            await tx.attempts.save(found)

    async def paid(self, attempt: PaymentAttempt) -> str:
        """The buyer's card is charged, and the gateway says so."""
        transaction = self.gateway.pay(attempt.checkout_id)
        await self.signal(attempt)
        return transaction

    def order(self, order_id: UUID) -> Order:
        found: Order = self.database.table("orders")[order_id]
        return found

    def checkout(self, order_id: UUID) -> Checkout:
        found: Checkout = self.database.table("checkouts")[order_id]
        return found

    def attempts(self, order_id: UUID) -> list[PaymentAttempt]:
        rows: dict[UUID, PaymentAttempt] = self.database.table("payment_attempts")
        return [rows[key] for key in sorted(rows) if rows[key].order_id == order_id]

    def refunds(self, order_id: UUID) -> list[Refund]:
        rows: dict[UUID, Refund] = self.database.table("refunds")
        return [rows[key] for key in sorted(rows) if rows[key].order_id == order_id]

    def seats_of(self, order_id: UUID, *states: ClaimState) -> set[SeatKey]:
        """Seats claimed for an order, by default in any state but released."""
        wanted = states or (ClaimState.HELD, ClaimState.PAYING, ClaimState.SOLD)
        rows: dict[tuple[UUID, SeatKey], Claim] = self.database.table("seat_claims")
        return {
            seat for (_, seat), claim in rows.items() if claim.order_id == order_id and claim.state in wanted
        }

    def taken_at_the_box_office(self) -> set[SeatKey]:
        """Seats that the box office would not sell to a stranger now."""
        self.office._sweep()
        return set(self.office._showtimes[self.showtime.ref].holders)

    def bookings(self, order_id: UUID) -> int:
        """How many bookings the box office made of an order: more than one is a disaster."""
        return sum(record.ref in self.office.bookings for record in self.order(order_id).box_office_orders)

    def kept_minor(self, order_id: UUID) -> int:
        """The buyer's money that stays with us: taken and not given back, as the gateway knows it."""
        taken = sum(self.gateway.captured_minor(to_wire(one.id)) for one in self.attempts(order_id))
        returned = sum(
            self.gateway.refunded_minor(capture.transaction_id)
            for one in self.attempts(order_id)
            for capture in one.captured
        )
        return taken - returned

    def balance(self, account: str = "") -> int:
        journals: list[Journal] = list(self.database.table("ledger_journals").values())
        return sum(
            entry.minor
            for journal in journals
            for entry in journal.entries
            if not account or entry.account == account
        )

    def codes(self, order_id: UUID) -> Counter[str]:
        """The history of an order."""
        return Counter(entry.code for entry in self.database.table("order_timeline")[order_id])

    def events(self, kind: str = "order_confirmed.v1") -> int:
        rows = self.database.table("outbox").values()
        return sum(row.event.type == kind for row in rows)

    async def work(self) -> None:
        """Take everything that is due now, as the workers do.

        Who dies while taking work has not begun it; that death is the same as one at the work's first moment.
        """
        for _ in range(ROUNDS):
            orders = await ClaimDueCheckouts(self.immortal, self.clock)(5)
            for order_id in orders:
                await self.advance(order_id)
            attempts = await ClaimDueAttempts(self.immortal, self.clock)(5)
            for attempt_id in attempts:
                await self.check_payment(CheckPaymentCommand(attempt_id=attempt_id, leased=True))
            refunds = await ClaimDueRefunds(self.immortal, self.clock)(5)
            for refund_id in refunds:
                await self.send_refund(SendRefundCommand(refund_id=refund_id, leased=True))
            if not (orders or attempts or refunds):
                return
        raise AssertionError("the workers never come to rest")

    def next_due(self) -> datetime | None:
        """When something becomes due next, leases of the dead included."""
        due = []
        for table, field in (
            ("checkouts", "next_at"),
            ("payment_attempts", "next_check_at"),
            ("refunds", "next_at"),
        ):
            for row in self.database.table(table).values():
                at = getattr(row, field)
                if at is not None:
                    due.append(max(at, row.lease_until or at))
        return min(due, default=None)

    async def settle(self, *, hours: float = 48) -> None:
        """Let time pass, from one due moment to the next, until nothing is left to do."""
        end = self.clock.now() + timedelta(hours=hours)
        await self.work()
        for _ in range(ROUNDS):
            due = self.next_due()
            if due is None or due > end:
                return
            self.clock.advance(seconds=max(0.001, (due - self.clock.now()).total_seconds()))
            await self.work()
        raise AssertionError("the purchase never comes to rest")

    async def live(self, seconds: int) -> None:
        """Let time pass for a process in the middle of its work: what it does in the background it does."""
        for _ in range(seconds):
            self.clock.advance(seconds=1)
            await others()
            await self.work()

    async def until(self, seconds: float) -> None:
        """Let some time pass with the workers running."""
        end = self.clock.now() + timedelta(seconds=seconds)
        await self.work()
        while (due := self.next_due()) is not None and due <= end:
            self.clock.advance(seconds=max(0.001, (due - self.clock.now()).total_seconds()))
            await self.work()
        self.clock.advance(seconds=max(0, (end - self.clock.now()).total_seconds()))

    def must_be_whole(self, order_id: UUID, *, manual: bool = False) -> OrderStatus:
        """The purchase has ended, one way or the other, and never between. Returns how."""
        order, checkout = self.order(order_id), self.checkout(order_id)
        assert checkout.state is (CheckoutState.MANUAL if manual else CheckoutState.IDLE)
        assert order.operation is None
        assert self.balance() == 0
        confirmed = order.status is OrderStatus.CONFIRMED
        assert self.bookings(order_id) == int(confirmed)
        assert self.kept_minor(order_id) == (order.total_minor if confirmed else 0)
        assert self.seats_of(order_id) == (set(map(SeatKey, order.seats)) if confirmed else set())
        assert self.seats_of(order_id, ClaimState.HELD, ClaimState.PAYING) == set()
        assert self.tickets_of(order_id) == (len(order.seats) if confirmed else 0)
        assert order.status in (OrderStatus.CONFIRMED, OrderStatus.EXPIRED, OrderStatus.CANCELLED)
        assert order.box_office_order is None
        went_back = sum(refund.is_done for refund in self.refunds(order_id))
        codes = self.codes(order_id)
        assert codes["refunded"] + codes["refund-paid-out"] == went_back, "each is told once"
        if len(self.database.table("orders")) == 1:
            self._nothing_else(order)
        return order.status

    def _nothing_else(self, order: Order) -> None:
        confirmed = order.status is OrderStatus.CONFIRMED
        assert self.events() == int(confirmed)
        assert len(self.office.bookings) == int(confirmed)
        assert self.balance(DEPOSITS) == 0
        assert self.balance("receivable:memory") == self.kept_minor(order.id)
        ours = set(map(SeatKey, order.seats)) if confirmed else set()
        counter = {seat for seat, who in self._holders().items() if who == "counter"}
        assert self.taken_at_the_box_office() - counter == ours

    def _holders(self) -> dict[SeatKey, str]:
        return self.office._showtimes[self.showtime.ref].holders

    def tickets_of(self, order_id: UUID) -> int:
        """How many were issued for an order."""
        return sum(ticket.order_id == order_id for ticket in self.database.table("tickets").values())


async def others() -> None:
    """Let the other tasks go on until they wait for something."""
    for _ in range(10):
        await asyncio.sleep(0)


Story = Callable[[Shop], Awaitable[UUID]]
