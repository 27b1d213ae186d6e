"""Payments in memory: rows, a gateway with its pitfalls, use cases, and processes that die."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from datetime import datetime
from uuid import UUID

from tests.builders_payments import NOW, PRICE, an_attempt

from muvi.adapters.kit.gateways import FixedGateways
from muvi.adapters.memory.clock import CountingIds, FakeClock
from muvi.adapters.memory.database import MemoryDatabase
from muvi.adapters.memory.gateway import MemoryGateway
from muvi.adapters.memory.payments import MemoryPaymentViews
from muvi.adapters.memory.unit_of_work import MemoryTransaction, MemoryUnitOfWork
from muvi.application.payments.check_payment import CheckPayment, CheckPaymentCommand
from muvi.application.payments.due_work import ClaimDueAttempts, ClaimDueRefunds
from muvi.application.payments.note_return import NoteReturn
from muvi.application.payments.receive_webhook import ReceiveWebhook, ReceiveWebhookCommand, WebhookFate
from muvi.application.payments.send_refund import SendRefund, SendRefundCommand
from muvi.application.payments.show_payment_page import ShowPaymentPage
from muvi.domain.ledger.journal import Journal
from muvi.domain.payments.attempt import PaymentAttempt
from muvi.domain.payments.refund import Refund
from muvi.domain.payments.watch import payable_until
from muvi.domain.shared.ids import to_wire
from muvi.domain.shared.money import Money
from muvi.domain.shared.text import Language
from muvi.ports.ledger import Ledger
from muvi.ports.orders.checkouts import CheckoutSignals
from muvi.ports.payments.gateway import CheckoutRequest
from muvi.ports.transaction import UnitOfWork


class Killed(BaseException):
    """The process ends here; nothing after this line runs."""


class Doorbells(CheckoutSignals):
    """Remembers which orders were woken."""

    def __init__(self, woken: dict[UUID, datetime]) -> None:
        self._woken = woken

    async def wake(self, order_id: UUID, at: datetime) -> None:
        self._woken[order_id] = at


class Journals(Ledger):
    """Remembers journals, each kind and source once."""

    def __init__(self, journals: dict[tuple[str, str], Journal]) -> None:
        self._journals = journals

    async def post(self, journal: Journal) -> bool:
        return self._journals.setdefault((journal.kind, journal.source), journal) is journal


class Tx(MemoryTransaction):
    """A phase with the neighbours that payments speaks to."""

    @property
    def checkouts(self) -> Doorbells:
        return Doorbells(self._database.table("woken"))

    @property
    def ledger(self) -> Journals:
        return Journals(self._database.table("journals"))


class Phases(UnitOfWork[Tx]):
    """Atomic phases; `die_at` phases from now the process is killed, before or after its commit."""

    def __init__(self, database: MemoryDatabase) -> None:
        self._database = database
        self._begin = MemoryUnitOfWork(database)
        self.die_at: int | None = None
        self.after_commit = False

    def __call__(self) -> AbstractAsyncContextManager[Tx]:
        return self._phase(self._begin())

    def alone(self) -> AbstractAsyncContextManager[Tx]:
        return self._phase(self._begin.alone())

    @asynccontextmanager
    async def _phase(self, inner: AbstractAsyncContextManager[object]) -> AsyncGenerator[Tx]:
        dies = self.die_at == 0
        self.die_at = None if self.die_at is None or dies else self.die_at - 1
        async with inner:
            yield Tx(self._database)
            if dies and not self.after_commit:
                raise Killed
        if dies:
            raise Killed


class PaymentsWorld:
    """Everything of payments around one memory gateway."""

    def __init__(self) -> None:
        self.clock = FakeClock(NOW)
        self.ids = CountingIds(self.clock)
        self.gateway = MemoryGateway(self.clock)
        self.database = MemoryDatabase()
        self.begin = Phases(self.database)
        gateways = FixedGateways(self.gateway)
        self.receive = ReceiveWebhook(self.begin, gateways, self.clock, self.ids)
        self.note_return = NoteReturn(self.begin, gateways, self.clock)
        self.check = CheckPayment(self.begin, gateways, self.clock)
        self.send_refund = SendRefund(self.begin, gateways, self.clock)
        self._due_attempts = ClaimDueAttempts(self.begin, self.clock)
        self._due_refunds = ClaimDueRefunds(self.begin, self.clock)
        self.page = ShowPaymentPage(MemoryPaymentViews(self.database), self.clock)

    async def opened(
        self, number: int = 1, *, order_id: UUID | None = None, gateway: str = "memory"
    ) -> PaymentAttempt:
        """An attempt with an open checkout, as `pay` leaves it."""
        attempt = an_attempt(number, order_id=order_id, now=self.clock.now(), gateway=gateway)
        request = CheckoutRequest(reference=to_wire(attempt.id), amount=PRICE, language=Language.EN)
        checkout = await self.gateway.open(request)
        now = self.clock.now()
        attempt.opened(
            checkout_id=checkout.id,
            entity=checkout.entity,
            now=now,
            pay_by=payable_until(now.replace(year=now.year + 1), now),
            front=checkout.front,
        )
        async with self.begin() as tx:
            await tx.attempts.add(attempt)
        return attempt

    async def attempt(self, attempt_id: UUID) -> PaymentAttempt:
        """It as it stands in the tables."""
        async with self.begin() as tx:
            found = await tx.attempts.get(attempt_id)
        assert found is not None
        return found

    async def hear(self, checkout_id: str, payment_id: str = "", kind: str = "PAYMENT") -> WebhookFate:
        """A genuine message arrives."""
        headers, body = self.gateway.webhook(checkout_id, payment_id=payment_id, kind=kind)
        return await self.receive(ReceiveWebhookCommand(gateway="memory", headers=headers, body=body))

    async def refund(
        self, attempt_id: UUID, amount: Money | None = None, *, transaction: str | None = None
    ) -> Refund:
        """Ask for a refund, as the checkout does."""
        async with self.begin() as tx:
            attempt = await tx.attempts.get(attempt_id, for_update=True)
            assert attempt is not None
            capture = attempt.captured[0]
            refund = Refund.requested(
                attempt,
                id=self.ids.new(),
                payment_id=transaction or capture.transaction_id,
                amount=amount or capture.amount,
                reason="test",
                now=self.clock.now(),
            )
            await tx.refunds.add(refund)
            await tx.attempts.save(attempt)
        return refund

    async def kept_refund(self, refund_id: UUID) -> Refund:
        """It as it stands in the tables."""
        async with self.begin() as tx:
            found = await tx.refunds.get(refund_id)
        assert found is not None
        return found

    async def due_attempts(self) -> tuple[UUID, ...]:
        """Lease what must be asked about."""
        return await self._due_attempts(10)

    async def due_refunds(self) -> tuple[UUID, ...]:
        """Lease the refunds that must move."""
        return await self._due_refunds(10)

    async def work(self) -> None:
        """One round of the worker."""
        for attempt_id in await self.due_attempts():
            await self.check(CheckPaymentCommand(attempt_id=attempt_id, leased=True))
        for refund_id in await self.due_refunds():
            await self.send_refund(SendRefundCommand(refund_id=refund_id, leased=True))

    async def later(self, seconds: float, *, step: float = 5.0) -> None:
        """Time passes while the worker works."""
        passed = 0.0
        while passed < seconds:
            self.clock.advance(seconds=step)
            passed += step
            await self.work()

    def table(self, name: str) -> dict[object, object]:
        """Rows."""
        return self.database.table(name)
