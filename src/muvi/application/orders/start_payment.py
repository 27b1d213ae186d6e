"""Begin to pay an order: make sure that the box office still holds what the buyer saw, then open a checkout.

The order of the calls: read, extend when short, mark as being paid, read again, and open the gateway's
checkout last, since a checkout cannot be taken back.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from muvi.application.orders.follow import drop_selection
from muvi.application.orders.operations import Lease, Operations
from muvi.application.orders.ownership import owned
from muvi.application.orders.transaction import PurchaseTx
from muvi.domain.orders.checkout import CheckoutState
from muvi.domain.orders.errors import (
    NothingChosen,
    OrderBusy,
    OrderChanged,
    OrderExpiring,
    TooManyAttempts,
)
from muvi.domain.orders.order import MOST_ATTEMPTS, BuyerDetails, OperationKind, Order
from muvi.domain.payments.attempt import PaymentAttempt
from muvi.domain.payments.attempt_status import AttemptStatus
from muvi.domain.payments.watch import payable_until
from muvi.domain.seating.seat_plan import SeatKey
from muvi.domain.shared.actor import Actor
from muvi.domain.shared.errors import DomainError, Invalid
from muvi.domain.shared.ids import to_wire
from muvi.domain.shared.money import Money
from muvi.domain.shared.text import Language
from muvi.ports.clock import Clock
from muvi.ports.errors import OutcomeUnknown, PortError, Refused, Unavailable
from muvi.ports.payments.gateway import CheckoutRequest, GatewayCheckout, PaymentGateway, PaymentGateways
from muvi.ports.seating.box_office import BoxOffice, BoxOfficeOrder, OrderRef
from muvi.ports.transaction import UnitOfWork

EXTEND_BELOW_S = 300
REFUSE_BELOW_S = 180
PAY_TAIL_S = 60
"""What is left of the box office's order when our page stops taking cards."""


NOBODY = BuyerDetails()


class UnknownGateway(Invalid):
    """The buyer asks for a gateway that is not offered."""

    code = "unknown-gateway"
    title = "This way to pay is not offered"
    title_ar = "طريقة الدفع هذه غير متاحة"


@dataclass(frozen=True, slots=True, kw_only=True)
class StartPaymentCommand:
    """Addresses were checked against the allowed origins; empty ones show our own page. `ip` is the
    buyer's.
    """

    actor: Actor
    order_id: UUID
    language: Language
    gateway: str = ""
    success_url: str = ""
    failed_url: str = ""
    buyer: BuyerDetails = NOBODY
    ip: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PaymentStarted:
    """The attempt that the buyer now pays, new or the one still open."""

    order: Order
    attempt: PaymentAttempt


@dataclass(frozen=True, slots=True)
class StartPayment:
    """For the order's owner.

    Raises `OrderNotFound`, `OrderExpired`, `OrderNotOpen`, `OrderBusy`, `NothingChosen`, `OrderChanged`,
    `OrderExpiring`, `TooManyAttempts`, `UnknownGateway`; `Unavailable` when box office or gateway cannot be
    reached.
    """

    begin: UnitOfWork[PurchaseTx]
    box_office: BoxOffice
    gateways: PaymentGateways
    operations: Operations
    clock: Clock

    async def __call__(self, command: StartPaymentCommand) -> PaymentStarted:
        """Open a checkout, or give back the one that is open."""
        gateway = self.gateways.of(command.gateway or self.gateways.default)
        if gateway is None:
            raise UnknownGateway(field="gateway")
        started, is_new = await self._intend(command, gateway)
        operation = started.order.operation
        if not is_new or operation is None:
            return started
        async with self.operations.kept(started.order.id, operation) as lease:
            try:
                expires_at = await self._ready_to_pay(started.order, lease)
                lease.require()
                checkout = await self._open(gateway, started, command)
            except (DomainError, PortError) as error:
                await self._give_up(started, error)
                raise
            return await self._opened(started, checkout, expires_at)

    async def _intend(
        self, command: StartPaymentCommand, gateway: PaymentGateway
    ) -> tuple[PaymentStarted, bool]:
        now = self.clock.now()
        async with self.begin() as tx:
            order = owned(await tx.orders.get(command.order_id, for_update=True), command.actor)
            order.require_open(now)
            if not order.lines:
                raise NothingChosen
            amount = Money(order.total_minor, order.currency)
            attempts = await tx.attempts.of_order(order.id)
            for known in attempts:
                if known.gateway == gateway.name and known.usable(now, amount):
                    attempt = await _met_again(tx, order, known, command)
                    return PaymentStarted(order=order, attempt=attempt), False
            if any(attempt.holds_money for attempt in attempts):
                raise OrderBusy(retry_after_s=2)
            if len(attempts) >= MOST_ATTEMPTS:
                raise TooManyAttempts(max_attempts=MOST_ATTEMPTS)
            checkout = await tx.checkouts.get(order.id)
            if checkout.state is not CheckoutState.OPEN:
                raise OrderBusy(retry_after_s=2)
            operation = self.operations.start(order, OperationKind.PAY, now)
            order.buyer = command.buyer.over(order.buyer).over(await tx.buyers.of(order.owner_id))
            order.language = command.language
            attempt = self._attempt(command, order, gateway, amount, now)
            await tx.attempts.add(attempt)
            await tx.orders.save(order)
            checkout.next_at = operation.deadline
            await tx.checkouts.save(checkout)
            await tx.claims.pin(order.showtime_id, order_id=order.id, now=now)
        return PaymentStarted(order=order, attempt=attempt), True

    def _attempt(
        self,
        command: StartPaymentCommand,
        order: Order,
        gateway: PaymentGateway,
        amount: Money,
        now: datetime,
    ) -> PaymentAttempt:
        return PaymentAttempt.initiated(
            id=self.operations.ids.new(),
            order_id=order.id,
            gateway=gateway.name,
            amount=amount,
            now=now,
            success_url=command.success_url,
            failed_url=command.failed_url,
            language=command.language,
        )

    async def _ready_to_pay(self, order: Order, lease: Lease) -> datetime:
        """The box office's expiry once it knows that the order is being paid. Raises `OrderChanged`,
        `OrderExpiring`.
        """
        record = order.box_office_order
        if record is None:
            raise OrderChanged(gone=True)
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

    async def _open(
        self, gateway: PaymentGateway, started: PaymentStarted, command: StartPaymentCommand
    ) -> GatewayCheckout:
        buyer = started.order.buyer
        given, _, surname = buyer.name.partition(" ")
        request = CheckoutRequest(
            reference=to_wire(started.attempt.id),
            amount=started.attempt.amount,
            language=command.language,
            email=buyer.email,
            given_name=given,
            surname=surname,
            phone=buyer.phone,
            ip=command.ip,
        )
        try:
            return await gateway.open(request)
        except OutcomeUnknown as error:
            # a checkout nobody knows of cannot be paid: the buyer simply tries again
            raise Unavailable("the payment page could not be opened", system="gateway") from error

    async def _opened(
        self, started: PaymentStarted, checkout: GatewayCheckout, expires_at: datetime
    ) -> PaymentStarted:
        now = self.clock.now()
        async with self.begin() as tx:
            order = await tx.orders.get(started.order.id, for_update=True)
            attempt = await tx.attempts.get(started.attempt.id, for_update=True)
            if order is None or attempt is None or not _still(order, attempt, started):
                raise OrderBusy(retry_after_s=2)
            attempt.opened(
                checkout_id=checkout.id,
                entity=checkout.entity,
                now=now,
                pay_by=payable_until(min(expires_at, order.latest_end), now),
                script_url=checkout.script_url,
                integrity=checkout.integrity,
                brands=checkout.brands,
            )
            await tx.attempts.save(attempt)
            record = order.box_office_order
            if record is not None:
                order.attach(record.read(expires_at=expires_at, total_minor=record.total_minor))
            order.expires_at = attempt.pay_by + timedelta(seconds=PAY_TAIL_S)
            order.note("payment-started", now, attempt=to_wire(attempt.id), gateway=attempt.gateway)
            await self._end(tx, order, now)
        return PaymentStarted(order=order, attempt=attempt)

    async def _give_up(self, started: PaymentStarted, error: Exception) -> None:
        now = self.clock.now()
        async with self.begin() as tx:
            order = await tx.orders.get(started.order.id, for_update=True)
            attempt = await tx.attempts.get(started.attempt.id, for_update=True)
            if order is None or attempt is None or not _still(order, attempt, started):
                return
            attempt.not_opened(now, type(error).__name__)
            await tx.attempts.save(attempt)
            if isinstance(error, OrderChanged):
                await drop_selection(tx, order, now, gone=bool(error.facts))
            order.note("payment-not-started", now, cause=type(error).__name__)
            await self._end(tx, order, now)

    async def _end(self, tx: PurchaseTx, order: Order, now: datetime) -> None:
        checkout = await tx.checkouts.get(order.id)
        checkout.rest_until(max(order.expires_at, now), operation=order.operation)
        order.finish()
        await tx.orders.save(order)
        await tx.checkouts.save(checkout)


async def _met_again(
    tx: PurchaseTx, order: Order, known: PaymentAttempt, command: StartPaymentCommand
) -> PaymentAttempt:
    """The same checkout once more, perhaps from another tab: what the buyer says now is what counts."""
    buyer = command.buyer.over(order.buyer)
    if (buyer, command.language) != (order.buyer, order.language):
        order.buyer, order.language = buyer, command.language
        await tx.orders.save(order)
    attempt = await tx.attempts.get(known.id, for_update=True) or known
    if attempt.lead_back(command.success_url, command.failed_url, command.language):
        await tx.attempts.save(attempt)
    return attempt


def _still(order: Order, attempt: PaymentAttempt, started: PaymentStarted) -> bool:
    operation = started.order.operation
    waits = attempt.status is AttemptStatus.INITIATED
    return waits and operation is not None and order.owns(operation.id)


def _same(held: BoxOfficeOrder | None, order: Order) -> BoxOfficeOrder:
    """What the box office holds, if it is what the buyer saw. Raises `OrderChanged`."""
    if held is None:
        raise OrderChanged(gone=True)
    if held.total_minor != order.total_minor or held.seats != set(map(SeatKey, order.seats)):
        raise OrderChanged
    return held
